import type { Price } from '../scaleway/index.ts'
import type { Suspicion, Unlooked } from './view.ts'

/** Something that is paid for, or stands in OpenNebula, and that nothing knows. */
export interface Leak extends Suspicion {
  /** Wall time of this controller's first sight of it, in milliseconds since 1970. */
  readonly sinceMs: number
  /** Undefined when nobody tells it. */
  readonly price: Price | undefined
}

export interface LeakReport {
  /** Wall time in milliseconds since 1970. */
  readonly atMs: number
  readonly leaks: readonly Leak[]
  /** Suspected, and not for long enough yet. */
  readonly watched: readonly Leak[]
  readonly unlooked: readonly Unlooked[]
}

/** What became of an order to release something. */
export interface Release {
  readonly id: string
  /** Ids of the providers that pay, or paid, for it. */
  readonly providers: readonly number[]
  /** `kept`: looked at again, it was no leak. */
  readonly outcome: 'under way' | 'released' | 'kept' | 'failed'
  /** What it waits for, or why it ended like this. */
  readonly sentence: string
}

/** Finds what nothing knows, and gives it back when told to. */
export interface Leaks {
  /** Looks now; those who ask meanwhile share the next look. Throws when oned cannot be read. */
  look(): Promise<LeakReport>
  /**
   * Begins to release these, each looked at once more before it is touched. What is released already
   * goes on. Answers at once; `releases` tells how it ends.
   */
  release(leaks: readonly Leak[]): void
  /** The orders to release since this controller started, the last of each object. */
  releases(): readonly Release[]
  /** Looks now and then, and logs each new leak once. */
  start(): void
  /** Stops where it is; what was not released is found again. */
  close(): Promise<void>
}
