/** One measured thing: ours, the other way's where there is one, and whether the target was met. */
export interface Row {
  /** What was measured, in words. */
  readonly what: string
  /** Ours, with its unit. */
  readonly ours: string
  /** The incumbent's way, measured in the same run; extrapolated where it says so. */
  readonly rival?: string
  /** How many times ours is faster. */
  readonly ratio?: number
  /** What must be reached, in words; without one the row only informs. */
  readonly target?: string
  /** False fails the whole run. */
  readonly met: boolean
}

/** The rows as aligned text, misses marked. */
export function tableText(rows: readonly Row[]): string {
  const cells = [
    ['', 'ours', "incumbent's way", 'ratio', 'target', ''],
    ...rows.map(({ what, ours, rival = '', ratio, target = '', met }) => [
      what,
      ours,
      rival,
      ratio === undefined ? '' : `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} x`,
      target,
      met ? '' : 'MISSED',
    ]),
  ]
  const widths = (cells[0] ?? []).map((_, at) =>
    Math.max(...cells.map((row) => row[at]?.length ?? 0)),
  )
  return cells
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** Milliseconds in words: `0.05 ms`, `12 ms`, `3.4 s`. */
export function duration(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(2)} ms`
}

/** How long some work takes, in milliseconds. */
export async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}
