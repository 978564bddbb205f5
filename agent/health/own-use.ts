import { readFile } from 'node:fs/promises'
import type { Clock } from '../../lib/clock/index.ts'
import type { HostReport } from '../../lib/contract/index.ts'

type OwnUse = Omit<HostReport['agent'], 'roundMs'>

/** Ticks a second in /proc, the same on every Linux (USER_HZ, time(7)). */
const ticksPerSecond = 100

/**
 * Measures what the agent and the programs it keeps running take: memory, and share of a core since the
 * call before. The time of what has ended is in that of whoever waited for it.
 */
export function createOwnUseMeter(clock: Clock): () => Promise<OwnUse> {
  let before = { ticks: 0, atMs: clock.elapsed() - process.uptime() * 1000 }
  return async () => {
    const own = await Promise.all(['self', ...(await helpers())].map(useOf))
    const now = { ticks: sum(own.map(({ ticks }) => ticks)), atMs: clock.elapsed() }
    const seconds = (now.atMs - before.atMs) / 1000
    const cpu = seconds > 0 ? (now.ticks - before.ticks) / ticksPerSecond / seconds : 0
    before = now
    return { memoryBytes: sum(own.map(({ bytes }) => bytes)), cpu: Math.max(0, cpu) }
  }
}

/** Fields 14 to 17 of /proc/self/stat (proc(5)): own time and that of children that ended. */
export function ownTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
}

/** Process ids of what this one started and still runs; none where the kernel does not tell. */
async function helpers(): Promise<string[]> {
  const path = `/proc/self/task/${process.pid}/children`
  return (await readFile(path, 'utf8').catch(() => '')).split(' ').filter((pid) => pid !== '')
}

/** Nothing of a process that has ended meanwhile. */
async function useOf(pid: string): Promise<{ ticks: number; bytes: number }> {
  const [stat = '', statm = ''] = await Promise.all(
    ['stat', 'statm'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
  )
  return {
    ticks: stat === '' ? 0 : ownTicks(stat),
    bytes: Number(statm.split(' ')[1] ?? 0) * pageBytes,
  }
}

/** Of the processors and kernels that are supported (Debian and Ubuntu on x64 and arm64). */
const pageBytes = 4096
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)
