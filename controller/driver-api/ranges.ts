import type { FlexibleIps, ReleaseRequest } from '../../ipam/flexible-ip/index.ts'
import type { Vector } from '../../lib/opennebula/index.ts'
import { driverApiFault } from './faults.ts'

/** Attributes of an AR that oned makes itself; repeating them would break the range. */
const oneds = new Set([
  'AR_ID',
  'MAC',
  'MAC_END',
  'IP',
  'IP_END',
  'IP6',
  'IP6_END',
  'IP6_GLOBAL',
  'IP6_GLOBAL_END',
  'IP6_ULA',
  'IP6_ULA_END',
  'NEXT_INDEX',
  'SHARED',
  'USED_LEASES',
  'ALLOCATED',
  'LEASES',
  'PARENT_NETWORK_AR_ID',
])

/**
 * Registers a range and answers it whole: what the driver prints replaces the AR, so the user's own
 * attributes are repeated and IPAM_MAD above all.
 */
export async function registered(flexibleIps: FlexibleIps, range: Vector): Promise<Vector> {
  const provision = range['PROVISION_ID'] ?? ''
  if (!/^\d+$/.test(provision)) {
    throw driverApiFault('EDGE_RANGE_PROVISION', 'The address range has no PROVISION_ID')
  }
  const edgeKey = range['EDGE_KEY']
  const address = await flexibleIps.register({
    provisionId: Number(provision),
    ...(edgeKey ? { edgeKey } : {}),
  })
  const users = Object.entries(range).filter(([name]) => !oneds.has(name.toUpperCase()))
  return {
    ...Object.fromEntries(users),
    TYPE: 'IP4',
    IP: address.ip,
    SIZE: '1',
    IPAM_MAD: range['IPAM_MAD'] ?? 'scaleway',
    GATEWAY: address.gateway,
    NETWORK_MASK: '255.255.255.254',
    EXTERNAL_IP: address.external,
    SCALEWAY_IP_ID: address.id,
    PROVISION_ID: provision,
    EDGE_KEY: address.edgeKey,
  }
}

/** What an AR still says of its address; `onevnet updatear` may have dropped all but IP. */
export function releaseOf(range: Vector): ReleaseRequest {
  const provision = range['PROVISION_ID'] ?? ''
  const { IP: ip, EXTERNAL_IP: external } = range
  if (!ip && !external) {
    throw driverApiFault('EDGE_RANGE_NAMELESS', 'The address range has neither IP nor EXTERNAL_IP')
  }
  return {
    ...(/^\d+$/.test(provision) ? { provisionId: Number(provision) } : {}),
    ...(ip ? { ip } : {}),
    ...(external ? { external } : {}),
  }
}
