import type { Attempt } from './attempts.ts'
import type { Guard } from './guards.ts'
import type { Site } from './site.ts'

/** One line of the table: what is tried, what must be seen, and why. */
export interface Row {
  /** `tcp 80`, `icmp`, `a forged frame`. */
  readonly probe: string
  /** `from the internet to the elastic address of web`. */
  readonly path: string
  /** `passes` (from whatever source), `source <address>`, `drops`, or a word of the row's own. */
  readonly expected: string
  readonly why: string
  /** What makes it so; with this lifted the same probe must give `lifted`, or it proves nothing. */
  readonly guard?: Guard
  readonly lifted?: string
  /** Rows that change what others look at run one after the other. */
  readonly alone?: boolean
  readonly run: Attempt
}

/** A row once it was tried. */
export interface Seen {
  readonly row: Row
  readonly expected: string
  readonly seen: string
  /** `vxlan first`, `without the host guard`. */
  readonly when: string
}

/** What should pass may take long on a busy machine; nothing is waited for where nothing should come. */
function patienceMs(expected: string): number {
  return expected === 'drops' || expected === 'stays' ? 1300 : 15_000
}

/** Tries all rows, together where they may be, against what is expected or `lifted`. */
export async function tryRows(
  site: Site,
  rows: readonly Row[],
  when: string,
  lifted = false,
): Promise<Seen[]> {
  const tried = async (row: Row): Promise<Seen> => {
    const expected = lifted ? (row.lifted ?? 'passes') : row.expected
    return { row, expected, seen: await row.run(site, patienceMs(expected)), when }
  }
  const together = await Promise.all(rows.filter(({ alone }) => alone !== true).map(tried))
  const apart: Seen[] = []
  for (const row of rows.filter(({ alone }) => alone === true)) apart.push(await tried(row))
  return [...together, ...apart]
}

export function holds({ expected, seen }: Seen): boolean {
  return expected === 'passes' ? /^(passes|source )/.test(seen) : seen === expected
}

/** The title of its assertion. */
export function sentence({ row, expected, when }: Seen): string {
  return `${row.probe} ${row.path} ${verb(expected)} (${when}): ${row.why}`
}

function verb(expected: string): string {
  return expected.startsWith('source ') ? `is seen as ${expected.slice(7)}` : expected
}

/** For a reader: one line per row. */
export function tableText(seen: readonly Seen[]): string {
  const lines = [
    ['path', 'probe', 'when', 'expected', 'seen', ''],
    ...seen.map((one) => [
      ...[one.row.path, one.row.probe, one.when, one.expected, one.seen],
      holds(one) ? '' : '<-- differs',
    ]),
  ]
  const widths = [0, 1, 2, 3, 4].map((at) =>
    Math.max(...lines.map((line) => line[at]?.length ?? 0)),
  )
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
