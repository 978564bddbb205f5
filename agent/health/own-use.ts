import { readFile } from 'node:fs/promises'
import type { Clock } from '../../lib/clock/index.ts'
import type { HostReport } from '../../lib/contract/index.ts'

type OwnUse = Omit<HostReport['agent'], 'roundMs'>

/** Ticks a second in /proc, the same on every Linux (USER_HZ, time(7)). */
const ticksPerSecond = 100

/** Measures what the agent takes: its memory, and its share of a core since the call before. */
export function createOwnUseMeter(clock: Clock): () => Promise<OwnUse> {
  let before = { ticks: 0, atMs: clock.elapsed() - process.uptime() * 1000 }
  return async () => {
    const now = {
      ticks: ownTicks(await readFile('/proc/self/stat', 'utf8')),
      atMs: clock.elapsed(),
    }
    const seconds = (now.atMs - before.atMs) / 1000
    const cpu = seconds > 0 ? (now.ticks - before.ticks) / ticksPerSecond / seconds : 0
    before = now
    return { memoryBytes: process.memoryUsage.rss(), cpu: Math.max(0, cpu) }
  }
}

/** Fields 14 to 17 of /proc/self/stat (proc(5)): own time and that of children that ended. */
export function ownTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
}
