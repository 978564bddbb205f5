import type { Bgp } from '../../lib/contract/index.ts'
import { addressOf } from '../../lib/net/index.ts'
import type { ServerFacts } from './facts.ts'

type Role = Bgp['role']

const reflectorsFrom = 3
const howMany = 2

/**
 * Each server's part in BGP. From three hosts up, the two with the lowest OpenNebula host ids reflect:
 * ids only grow, so a host that joins never changes who reflects, and when one leaves the next
 * takes over. Below three everybody peers with everybody.
 */
export function bgpRoles(
  servers: readonly Pick<ServerFacts, 'server' | 'hostId'>[],
): ReadonlyMap<string, Role> {
  const byAge = servers.toSorted((a, b) => a.hostId - b.hostId)
  const reflecting = servers.length >= reflectorsFrom
  const role = (index: number): Role =>
    !reflecting ? 'mesh' : index < howMany ? 'reflector' : 'client'
  return new Map(byAge.map(({ server }, index) => [server, role(index)]))
}

/** One server's BGP, neighbours in the order of their addresses. */
export function bgpOf(
  self: ServerFacts,
  servers: readonly ServerFacts[],
  asn: number,
  password: string | null,
): Bgp {
  const roles = bgpRoles(servers)
  const role = roles.get(self.server) ?? 'mesh'
  const neighbours = servers
    .filter((other) => other.server !== self.server)
    .map((other) => ({
      address: addressOf(other.underlay.address),
      role: roles.get(other.server) ?? ('mesh' as const),
    }))
    .filter((other) => role !== 'client' || other.role === 'reflector')
    .toSorted((a, b) => a.address.localeCompare(b.address))
  // Each reflector is a cluster of its own (RFC 4456 §7), so that a client with one session left
  // still learns everything through the other reflector.
  const clusterId = role === 'reflector' ? addressOf(self.underlay.address) : null
  return { asn, role, clusterId, neighbours, password }
}
