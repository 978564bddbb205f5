import type { Clock } from '../clock/index.ts'

/** Lets at most so many requests be under way, and so many start per second. */
export interface Gate {
  pass<T>(work: () => Promise<T>): Promise<T>
}

export interface GateLimits {
  readonly inFlight: number
  readonly perSecond: number
}

/** Scaleway's limit is near 100 requests/s per account, undocumented; ten in flight, 50/s keep well below. */
export function createGate(
  clock: Clock,
  { inFlight, perSecond }: GateLimits = { inFlight: 10, perSecond: 50 },
): Gate {
  const queue: (() => void)[] = []
  let running = 0
  let paidUntil = 0

  async function pace(): Promise<void> {
    const now = clock.elapsed()
    paidUntil = Math.max(paidUntil, now) + 1000 / perSecond
    const ahead = paidUntil - now - 1000
    if (ahead > 0) await clock.sleep(ahead)
  }

  return {
    async pass(work) {
      if (running >= inFlight) await new Promise<void>((go) => queue.push(go))
      else running++
      try {
        await pace()
        return await work()
      } finally {
        const next = queue.shift()
        if (next) next()
        else running--
      }
    },
  }
}
