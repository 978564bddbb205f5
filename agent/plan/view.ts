import type { Observed, Stack } from '../host/index.ts'
import type { Doomed } from './removal.ts'
import type { NetworkStep } from './step.ts'
import type { Wanted } from './wanted.ts'

/** What a plan is made of. */
export interface Ground {
  readonly wanted: Wanted
  readonly observed: Observed
  readonly gone: Doomed
  /** The host without what this plan deletes. */
  readonly host: Stack
}

/** What each phase of a plan looks at. */
export interface View extends Ground {
  /** What differs inside each router namespace. */
  readonly insides: ReadonlyMap<string, readonly NetworkStep[]>
}
