import { readFile, statfs } from 'node:fs/promises'
import type { HostReport } from '../../lib/contract/index.ts'

export type Load = HostReport['load']

/** Reads the host's load from /proc, 0.2 ms a time; CPU is the share since the call before. */
export function createLoadMeter(): () => Promise<Load> {
  let before = { busy: 0, total: 0 }
  return async () => {
    const [stat, meminfo, disk] = await Promise.all([
      readFile('/proc/stat', 'utf8'),
      readFile('/proc/meminfo', 'utf8'),
      statfs('/'),
    ])
    const now = cpuTicks(stat)
    const total = now.total - before.total
    const cpu = total > 0 ? (now.busy - before.busy) / total : 0
    before = now
    return {
      cpu: Math.min(1, Math.max(0, cpu)),
      ...memory(meminfo),
      diskTotalBytes: disk.blocks * disk.bsize,
      diskUsedBytes: (disk.blocks - disk.bfree) * disk.bsize,
    }
  }
}

/** First line of /proc/stat: user nice system idle iowait irq softirq steal, in ticks (proc(5)). */
export function cpuTicks(stat: string): { busy: number; total: number } {
  const ticks = (stat.split('\n')[0] ?? '').trim().split(/\s+/).slice(1, 9).map(Number)
  const total = ticks.reduce((sum, value) => sum + value, 0)
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0)
  return { busy: total - idle, total }
}

function memory(meminfo: string): Pick<Load, 'memoryTotalBytes' | 'memoryUsedBytes'> {
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024
  const memoryTotalBytes = bytes('MemTotal')
  return { memoryTotalBytes, memoryUsedBytes: memoryTotalBytes - bytes('MemAvailable') }
}
