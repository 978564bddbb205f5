import type { FlexibleIps } from '../../ipam/flexible-ip/index.ts'
import { type Clock, coalesced } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Hub } from '../hub/index.ts'
import { createAddressWorks } from './address-works.ts'
import { createElastic, type Elastic } from './elastic.ts'
import type { Fleet } from './fleet.ts'
import { lookAhead } from './look-ahead.ts'
import { createTruthCheck, type TruthCheck, type TruthCheckOptions } from './truth-check.ts'

export interface ElasticsOptions {
  readonly fleet: Fleet
  readonly flexibleIps: Pick<FlexibleIps, 'attach' | 'detach' | 'survey'>
  readonly hub: Pick<Hub, 'session'>
  readonly epoch: number
  /** Whether this controller may still act; throws when oned does not say. */
  readonly holds: () => Promise<boolean>
  readonly tell: TruthCheckOptions['tell']
  readonly clock: Clock
  readonly logger: Logger
}

/** All who have to do with where elastic addresses are, around the one who does the work. */
export interface Elastics {
  /** For drivers; they may ask from the first moment on. */
  readonly elastic: Elastic
  readonly truth: TruthCheck
  /** Looks ahead at VMs that are coming, and checks the truth each minute. */
  start(): void
  /** Stops where it is; the next start goes on from there. */
  close(): Promise<void>
}

const appliedWithinMs = 20_000

export function createElastics(options: ElasticsOptions): Elastics {
  const { fleet, flexibleIps, clock, logger } = options
  const works = createAddressWorks({
    flexibleIps,
    clock,
    settle: ({ provisionId, server }, signal) =>
      fleet.waitSettled(provisionId, { withinMs: appliedWithinMs, servers: [server], signal }),
  })
  const holds = coalesced(options.holds)
  const truth = createTruthCheck({ ...options, works, holds })
  let stopLooking: (() => void) | undefined
  return {
    elastic: createElastic({ fleet, works, clock, logger }),
    truth,
    start() {
      stopLooking = lookAhead({ fleet, works, holds, logger })
      truth.start()
    },
    async close() {
      stopLooking?.()
      works.close()
      await truth.close()
    },
  }
}
