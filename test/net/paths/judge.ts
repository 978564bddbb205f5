import type { Test } from 'tap'
import { holds, type Seen, sentence } from './table.ts'

/** An assertion for each row, and the row for the printed table. */
export function judge(t: Test, table: Seen[], seen: readonly Seen[]): void {
  table.push(...seen)
  for (const one of seen) {
    t.ok(holds(one), sentence(one), { seen: one.seen, expected: one.expected })
  }
}
