import type { NotLookedAt, PriceAnswer } from './prices.ts'

/** Something that nothing knows and somebody pays for. */
export interface LeakAnswer {
  readonly id: string
  readonly code: string
  readonly kind: string
  readonly name: string
  readonly provision_id: number | null
  readonly provision_uuid: string
  /** Project and zone; empty for what is in OpenNebula. */
  readonly place: string
  readonly evidence: readonly string[]
  /** Seconds since 1970. */
  readonly since: number
  readonly price: PriceAnswer | null
}

export interface LeaksAnswer {
  /** Seconds since 1970. */
  readonly looked_at: number
  readonly leaks: readonly LeakAnswer[]
  /** Suspected, and not for long enough yet. */
  readonly watched: readonly LeakAnswer[]
  readonly not_looked_at: readonly NotLookedAt[]
}

export interface ReleaseAnswer {
  readonly id: string
  readonly outcome: 'under way' | 'released' | 'kept' | 'failed'
  readonly sentence: string
}
