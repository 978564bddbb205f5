import { type Clock, poll } from '../../lib/clock/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Placing } from './address-works.ts'
import { fleetFault } from './faults.ts'

/** `accepted`: the cloud works on it, and has for 30 s. */
export type Attached = 'attached' | 'accepted'

/** The host's part, then what the cloud may take to heed the request. */
const heededMs = 80_000
/** A VM's start hangs on it, and one of oned's few driver threads. */
const acceptedMs = 30_000

/**
 * Waits for an address as long as a driver may be kept: what the cloud works on for longer goes on
 * without. Throws what the work throws, and EDGE_ELASTIC_NOT_READY.
 */
export async function inTime(
  { attached, acceptedAt, trouble }: Placing,
  clock: Clock,
): Promise<Attached> {
  const stop = new AbortController()
  const since = clock.elapsed()
  const waited = (from: number) => clock.elapsed() - from
  const limit = poll(
    clock,
    { what: 'the cloud', everyMs: 500, withinMs: Number.MAX_SAFE_INTEGER, signal: stop.signal },
    (): Attached | undefined => {
      const accepted = acceptedAt()
      if (accepted !== undefined) {
        return waited(accepted) > clock.patience(acceptedMs) ? 'accepted' : undefined
      }
      if (waited(since) <= clock.patience(heededMs)) return undefined
      const answer = trouble() === undefined ? '' : sentenceOf(trouble())
      throw fleetFault('EDGE_ELASTIC_NOT_READY', 'The cloud does not heed the request', { answer })
    },
  )
  try {
    return await Promise.race([attached.then(() => 'attached' as const), limit])
  } finally {
    stop.abort()
    limit.catch(() => undefined)
  }
}
