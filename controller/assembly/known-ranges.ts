import type { KnownRanges } from '../../ipam/flexible-ip/index.ts'
import { vectorOf } from '../../lib/opennebula/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'

/** VNET state of a network whose drivers have not answered yet. */
const lockCreate = 'LOCK_CREATE'

/** Every address range of every network in oned, as the address pool must know them. */
export async function knownRanges(one: Pick<OpenNebula, 'networks'>): Promise<KnownRanges> {
  const networks = await one.networks.list()
  const creating = networks
    .filter(({ state }) => state === lockCreate)
    .map(({ template }) => Number(vectorOf(template, 'ONEFORM')?.['PROVISION_ID']))
    .filter(Number.isInteger)
  return {
    creating: new Set(creating),
    ranges: networks.flatMap(({ ranges }) =>
      ranges.map(({ ip, size, attributes }) => ({
        ip,
        size,
        external: attributes['EXTERNAL_IP'],
        flexibleIpId: attributes['SCALEWAY_IP_ID'],
        edgeKey: attributes['EDGE_KEY'],
      })),
    ),
  }
}
