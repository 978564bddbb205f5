import type { Clock } from '../../lib/clock/index.ts'
import type { HostSpec } from '../../lib/contract/index.ts'
import type { Hop } from './gateway.ts'
import type { Reach } from './probation.ts'

export interface Gateway {
  /** The next router as the host is now. */
  find(spec: HostSpec): Promise<Hop | null>
  reach(hop: Hop | null): Promise<Reach>
}

/** The next router, and how it answered when it was last asked. */
export interface Neighbourhood {
  readonly hop: Hop | null
  readonly reach: Reach
}

/**
 * Knows how the gateway answers before somebody wants to know: asking one that is silent to pings
 * takes seconds, which a VM that has moved must not wait for.
 */
export interface Nearby {
  /** As last seen; asks now when that was never, or too long ago to say anything. */
  known(spec: HostSpec): Promise<Neighbourhood>
  /** Asks again without keeping the caller, if it is time to. Never throws. */
  refresh(spec: HostSpec): void
}

const refreshMs = 30_000
const staleMs = 120_000

export function createNearby(clock: Clock, gateway: Gateway): Nearby {
  let last: (Neighbourhood & { readonly atMs: number }) | null = null
  let asking = false
  const isOlder = (ms: number): boolean =>
    last === null || clock.elapsed() - last.atMs > clock.patience(ms)

  const ask = async (spec: HostSpec): Promise<Neighbourhood> => {
    const hop = await gateway.find(spec)
    const seen = { hop, reach: await gateway.reach(hop) }
    last = { ...seen, atMs: clock.elapsed() }
    return seen
  }

  return {
    known: async (spec) => (last === null || isOlder(staleMs) ? ask(spec) : last),
    refresh(spec) {
      if (asking || !isOlder(refreshMs)) return
      asking = true
      const done = () => {
        asking = false
      }
      // What could not be asked is asked by whoever needs to know.
      ask(spec).then(done, done)
    },
  }
}
