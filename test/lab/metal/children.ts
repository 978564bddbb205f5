import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * The pid of the first child of a process that `suits`, once there is one: programs that enter a pid
 * namespace fork, and only the child is in it. Throws when the process ends first, or after 10 s.
 */
export async function childOf(
  process: ChildProcess,
  suits: (pid: string) => Promise<boolean>,
): Promise<number> {
  const { pid } = process
  for (let i = 0; i < 1000 && process.exitCode === null && process.signalCode === null; i++) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
    for (const child of children.split(' ').filter(Boolean)) {
      if (await suits(child)) return Number(child)
    }
    await pause(10)
  }
  throw new Error(`${process.spawnfile} did not start what it should`)
}
