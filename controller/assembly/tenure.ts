import type { Clock } from '../../lib/clock/index.ts'
import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { currentEpoch } from '../documents/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { fault } from './faults.ts'

export interface TenureParts {
  readonly one: Pick<OpenNebula, 'isLeader' | 'documents' | 'user'>
  readonly epoch: number
  readonly clock: Clock
  readonly logger: Logger
}

/** The time in which this controller, and no other, may act. */
export interface Tenure {
  /** Asks oned; throws what it throws. */
  holds(): Promise<boolean>
  /** Resolves with why once it is over for good; what oned does not answer is no end. */
  readonly over: Promise<Fault>
  close(): void
}

const lookEveryMs = 10_000

/** Holds while oned leads and the epoch in the controller document is the one this start took. */
export function createTenure({ one, epoch, clock, logger }: TenureParts): Tenure {
  const closing = new AbortController()

  async function end(): Promise<string | undefined> {
    if (!(await one.isLeader())) return 'this OpenNebula is not the Raft leader any more'
    const now = await currentEpoch(one)
    if (now === undefined) return 'the controller document is gone from OpenNebula'
    return now === epoch ? undefined : `another controller took over with epoch ${now}`
  }

  async function watch(): Promise<Fault> {
    while (true) {
      await clock.rest(lookEveryMs, closing.signal)
      const why = await end().catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error
        logger.debug('oned does not say who leads', { why: sentenceOf(error) })
        return undefined
      })
      if (why !== undefined) return fault('EDGE_TENURE_LOST', `The controller stops: ${why}`)
    }
  }

  return {
    holds: async () => (await end()) === undefined,
    over: new Promise((resolve) => {
      // Rejected only by the close, after which nobody waits.
      watch().then(resolve, () => undefined)
    }),
    close: () => closing.abort(),
  }
}
