import type { Clock } from '../../lib/clock/index.ts'
import type { Suspicion } from './view.ts'

/** How long something must be known to nobody, seen at two looks at least, before it is told as a leak. */
export const graceMs = 30 * 60_000

export interface Aged {
  /** Wall time of the first sight, in milliseconds since 1970. */
  readonly sinceMs: number
  /** Whether it counts as a leak by now. */
  readonly ripe: boolean
}

export interface Memory {
  /** Notes what is suspected at this look, and forgets what is not any more. */
  age(suspicions: readonly Suspicion[]): ReadonlyMap<string, Aged>
}

/**
 * Remembers since when each object is suspected. Nothing of it is stored: after a restart the time
 * begins anew, which costs half an hour of patience and never a thing that somebody needs.
 */
export function createMemory(clock: Pick<Clock, 'now' | 'elapsed' | 'patience'>): Memory {
  let known = new Map<string, { readonly at: number; readonly sinceMs: number }>()
  return {
    age(suspicions) {
      const now = { at: clock.elapsed(), sinceMs: clock.now() }
      known = new Map(suspicions.map(({ id }) => [id, known.get(id) ?? now]))
      return new Map(
        suspicions.map(({ id, certain }) => {
          const { at, sinceMs } = known.get(id) ?? now
          const ripe = certain || now.at - at >= clock.patience(graceMs)
          return [id, { sinceMs, ripe }]
        }),
      )
    },
  }
}
