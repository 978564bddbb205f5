import type { LedgerEntry } from './ledger.ts'

/** The state of a simulated cloud in which nothing is under way; plain data, good for any number of loads. */
export interface Snapshot {
  readonly kinds: Readonly<Record<string, Iterable<unknown>>>
  readonly born: ReadonlyMap<object, number>
  readonly bill: readonly LedgerEntry[]
  /** Where chance stands, so that no id is made twice. */
  readonly chance: number
}
