import type { VmPort } from '../../lib/contract/index.ts'
import { contains, parseCidr } from '../../lib/net/index.ts'
import type { Neighbour } from '../host/index.ts'
import { protocol } from '../host/index.ts'

/**
 * Permanent entries for VM ports, so that a VM that answers ARP for another one's address is not
 * believed. Addresses outside `prefix` are none of this device's; of two ports that claim one
 * address the first has it.
 */
export function permanentNeighbours(
  device: string,
  ports: readonly VmPort[],
  prefix: string | null,
): Neighbour[] {
  const range = prefix === null ? null : parseCidr(prefix)
  const entries = new Map<string, Neighbour>()
  for (const { mac, addresses } of ports) {
    for (const address of addresses) {
      if (entries.has(address) || (range !== null && !contains(range, address))) continue
      entries.set(address, { device, address, mac, protocol })
    }
  }
  return [...entries.values()]
}
