import { formatCidr, overlaps, parseCidr } from '../../lib/net/index.ts'
import type { Neighbour } from './address-ranges.ts'

/** Where default blocks come from: 256 of the size of the first one. */
const pool = parseCidr('10.180.0.0/14')

/**
 * The first block of the pool that no other provision has, so that provisions made with defaults never
 * share addresses; the standard one when all are taken.
 */
export function freeBlock(standard: string, neighbours: readonly Neighbour[]): string {
  const { first, last, bits } = parseCidr(standard)
  const size = last - first + 1
  const taken = neighbours.map(({ cidr }) => parseCidr(cidr))
  for (let start = first; start + size - 1 <= pool.last; start += size) {
    const block = { first: start, last: start + size - 1, bits }
    if (!taken.some((other) => overlaps(other, block))) return formatCidr(block)
  }
  return standard
}
