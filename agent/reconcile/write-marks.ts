import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NetworkStep } from '../plan/index.ts'

type Mark = Extract<NetworkStep, { kind: 'mark' }>

/**
 * Writes marks, without a process; `devices` is `/sys/class/net`. Throws what the file system says, also
 * where it shows another namespace's devices.
 */
export async function writeMarks(devices: string, steps: readonly NetworkStep[]): Promise<void> {
  for (const { link, mark } of steps.filter(isMark))
    await writeFile(join(devices, link, 'ifalias'), `${mark}\n`)
}

export const isMark = (step: NetworkStep): step is Mark => step.kind === 'mark'
