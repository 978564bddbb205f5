import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** What a kept sandbox's state file says. */
export interface Kept {
  readonly name: string
  /** The process whose namespaces are the sandbox's. */
  readonly pid: number
  readonly supervisor: number
  /** Output of the program after its launcher left. */
  readonly log: string
}

/** The kept sandbox a state file speaks of; undefined when there is none any more. */
export async function readKept(stateFile: string): Promise<Kept | undefined> {
  if (!existsSync(stateFile)) return undefined
  const kept: Kept = JSON.parse(await readFile(stateFile, 'utf8'))
  if (await isSandbox(kept)) return kept
  await rm(stateFile, { force: true })
  return undefined
}

/** The argv that runs `argv` inside a kept sandbox: `enterKept(kept, ['bash'])`. */
export function enterKept({ pid }: Kept, argv: readonly string[]): string[] {
  const namespaces = ['mnt', 'net', 'uts', 'ipc'].map((kind) => [
    kind === 'mnt' ? 'mount' : kind,
    kind,
  ])
  return [
    'nsenter',
    ...namespaces.map(([option, kind]) => `--${option}=/proc/${pid}/ns/${kind}`),
    `--pid=/proc/${pid}/ns/pid_for_children`,
    `--root=/proc/${pid}/root`,
    '--',
    ...argv,
  ]
}

/** Ends a kept sandbox: gracefully within `graceMs`, then at once. Resolves when nothing is left. */
export async function stopKept(stateFile: string, graceMs = 60_000): Promise<void> {
  const kept = await readKept(stateFile)
  if (!kept) return
  process.kill(kept.supervisor, 'SIGINT')
  const until = performance.now() + graceMs
  while (await isSandbox(kept)) {
    if (performance.now() > until) process.kill(kept.supervisor, 'SIGKILL')
    await pause(100)
  }
  while (existsSync(`/proc/${kept.supervisor}`) && performance.now() < until + 10_000)
    await pause(50)
  await rm(stateFile, { force: true })
}

/** A pid may be somebody else's by now: the sandbox's name is in its command line. */
async function isSandbox({ pid, name }: Kept): Promise<boolean> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return words.split('\0').includes(name)
}
