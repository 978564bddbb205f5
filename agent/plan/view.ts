import type { Observed, Stack } from '../host/index.ts'
import type { Doomed } from './removal.ts'
import type { Wanted } from './wanted.ts'

/** What each phase of a plan looks at. */
export interface View {
  readonly wanted: Wanted
  readonly observed: Observed
  readonly gone: Doomed
  /** The host without what this plan deletes. */
  readonly host: Stack
}
