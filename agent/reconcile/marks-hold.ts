import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NetworkStep } from '../plan/index.ts'

/**
 * Whether these steps only marked what had just been read and was right, and the marks stand: then
 * nothing is left that another look could verify. `devices` is `/sys/class/net`.
 */
export async function marksHold(devices: string, steps: readonly NetworkStep[]): Promise<boolean> {
  const stand = steps.map(async (step) => {
    if (step.kind !== 'mark') return false
    const alias = await readFile(join(devices, step.link, 'ifalias'), 'utf8').catch(() => '')
    return alias.trimEnd() === step.mark
  })
  return (await Promise.all(stand)).every(Boolean)
}
