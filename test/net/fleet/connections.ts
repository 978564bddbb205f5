import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Machine } from './machine.ts'

/** Runs echo.ts on a machine. */
export function start(machine: Machine, ...words: string[]): ChildProcess {
  return machine.start([process.execPath, join(import.meta.dirname, 'echo.ts'), ...words])
}

/** Resolves once the program has printed this line. */
export async function heard({ stdout }: ChildProcess, word: string): Promise<void> {
  if (stdout === null) throw new Error('its output is not ours')
  for (let text = ''; !text.includes(word); )
    for (const chunk of (await once(stdout, 'data')) as Buffer[]) text += String(chunk)
}

/** Ends a caller; what became of its echoes. */
export async function end(
  call: ChildProcess,
): Promise<{ echoed: number; stallMs: number; broken: string | null }> {
  if (call.stdout === null) throw new Error('its output is not ours')
  const lines = createInterface({ input: call.stdout })
  const last = once(lines, 'line')
  call.stdin?.end()
  const [line] = await last
  return JSON.parse(String(line))
}
