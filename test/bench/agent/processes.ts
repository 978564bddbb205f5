import { readdirSync, readFileSync } from 'node:fs'

/** Processes that this one started, and they in turn, that still run. */
export function helpers(pid: number | undefined): readonly number[] {
  const all = readdirSync('/proc').flatMap((name) => {
    const fields = /^\d+$/.test(name) ? statOf(Number(name)) : null
    return fields === null ? [] : [{ pid: Number(name), parent: Number(fields[1]) }]
  })
  const below = (parent: number): number[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each.pid, ...below(each.pid)])
  return pid === undefined ? [] : below(pid)
}

/** Of a process and of those it waited for; 0 when it has ended, its parent then has them. */
export function cpuSecondsOf(pid: number): number {
  // proc(5): utime, stime, cutime and cstime are fields 14 to 17, in ticks of 10 ms.
  const ticks = statOf(pid)?.slice(11, 15) ?? []
  return ticks.reduce((sum, value) => sum + Number(value) / 100, 0)
}

/** A page that two processes have counts half for each. */
export function proportionalBytes(pid: number): number {
  const text = textOf(`/proc/${pid}/smaps_rollup`) ?? ''
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024
}

/** What stands in /proc/PID/stat behind the name: state, parent and so on. */
function statOf(pid: number): readonly string[] | null {
  const stat = textOf(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? null
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
