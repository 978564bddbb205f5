import { vectorOf } from '../../../lib/opennebula/index.ts'
import type { AdoptedCloudObject, Adopting } from '../../documents/index.ts'
import { fault } from '../faults.ts'
import type { Work } from '../work.ts'

/**
 * Before a server is tagged, which others of its project could be mistaken for: OpenNebula's host must still
 * say whose it is, which administrators alone write. One with the provision's tags has been through this.
 * Throws EDGE_STOCK_UNPROVEN.
 */
export async function mustBeProven(
  { id, ports, hardware }: Work,
  { one }: Adopting,
  claim: AdoptedCloudObject,
): Promise<void> {
  if (claim.role !== 'server') return
  if ((await hardware.findServers()).some(({ key }) => key === claim.key)) return
  const named = one.find(({ kind, key }) => kind === 'host' && key === claim.key)
  const host = (await ports.opennebula.hosts.list()).find((candidate) => candidate.id === named?.id)
  const told = host && vectorOf(host.template, 'ONEFORM')
  const proven =
    told?.['PROVISION_ID'] === String(id) &&
    told['RESOURCE_ID'] === `${hardware.zone}/${claim.id}` &&
    host?.name === (claim.address ?? host?.name)
  if (proven) return
  const message = `OpenNebula’s host ${named?.id ?? '?'} does not say that its server is ${claim.id}`
  throw fault('EDGE_STOCK_UNPROVEN', message, {
    object: `server ${claim.id}`,
    answer: host ? `${host.name}, ${told?.['RESOURCE_ID'] ?? 'no server'}` : 'no such host',
  })
}
