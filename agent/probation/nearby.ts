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
  /** As last seen, if that says something still; asks now otherwise. */
  known(spec: HostSpec): Promise<Neighbourhood>
  /** Asks again without keeping the caller, if it is time to. Never throws. */
  refresh(spec: HostSpec): void
}

const refreshMs = 60_000
const staleMs = 150_000

export function createNearby(clock: Clock, gateway: Gateway): Nearby {
  let last: (Neighbourhood & { readonly atMs: number }) | null = null
  let asking = false
  let inquiries = 0
  const isOlder = (ms: number): boolean =>
    last === null || clock.elapsed() - last.atMs > clock.patience(ms)

  const keep = (seen: Neighbourhood): Neighbourhood => {
    last = { ...seen, atMs: clock.elapsed() }
    return seen
  }
  const askAside = async (spec: HostSpec): Promise<void> => {
    const before = inquiries
    const hop = await gateway.find(spec)
    const reach = await gateway.reach(hop)
    // Whoever asked meanwhile has begun to change things: what they made of it is not what was before.
    if (before === inquiries) keep({ hop, reach })
  }

  return {
    async known(spec) {
      inquiries++
      // Silence may have been a short trouble, and is no measure for later.
      if (last !== null && last.reach !== 'silent' && !isOlder(staleMs)) return last
      const hop = await gateway.find(spec)
      return keep({ hop, reach: await gateway.reach(hop) })
    },
    refresh(spec) {
      if (asking || !isOlder(refreshMs)) return
      asking = true
      const done = () => {
        asking = false
      }
      // What could not be asked is asked by whoever needs to know.
      askAside(spec).then(done, done)
    },
  }
}
