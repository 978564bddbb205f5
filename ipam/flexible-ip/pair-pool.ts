import { type Cidr, formatCidr, ipv4ToNumber, overlaps, parseCidr } from '../../lib/net/index.ts'
import { addressFault } from './faults.ts'
import type { KnownRange } from './flexible-ips.ts'

export interface PairPool {
  /**
   * A free /31 outside everything named, kept from other callers until a listing must show it. The
   * choice itself never waits, so two callers never get the same pair whatever they listed before.
   * Throws EDGE_IP_POOL_FULL.
   */
  take(used: { readonly pairs: readonly string[]; readonly ranges: readonly KnownRange[] }): string
}

/** A listing made longer ago than this is used by nobody. */
const promiseMs = 10 * 60_000

/** Private address pairs of elastic NICs: VM and gateway, unique over all provisions of the cloud. */
export function createPairPool(pool: string, now: () => number): PairPool {
  const whole = parseCidr(pool)
  const promised = new Map<number, number>()
  return {
    take({ pairs, ranges }) {
      for (const [first, until] of promised) if (until < now()) promised.delete(first)
      const inUse = usedPairs(whole, pairs, ranges)
      for (let first = whole.first; first < whole.last; first += 2) {
        if (inUse.has(first) || promised.has(first)) continue
        promised.set(first, now() + promiseMs)
        return formatCidr({ first, last: first + 1, bits: 31 })
      }
      throw addressFault('EDGE_IP_POOL_FULL', `No address pair of ${pool} is free`)
    },
  }
}

/** First addresses of all pairs that anything touches. */
function usedPairs(
  whole: Cidr,
  pairs: readonly string[],
  ranges: readonly KnownRange[],
): ReadonlySet<number> {
  const used = new Set<number>()
  const spans = [...pairs.map(parseCidr), ...ranges.flatMap(spanOf)]
  for (const span of spans.filter((one) => overlaps(one, whole))) {
    const last = Math.min(span.last, whole.last)
    let first = Math.max(span.first, whole.first)
    for (first -= first % 2; first <= last; first += 2) used.add(first)
  }
  return used
}

function spanOf({ ip, size }: KnownRange): Cidr[] {
  try {
    const first = ipv4ToNumber(ip ?? '')
    return [{ first, last: first + Math.max(1, size) - 1, bits: 32 }]
  } catch {
    return []
  }
}
