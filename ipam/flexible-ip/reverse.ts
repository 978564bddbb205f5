import { addressFault } from './faults.ts'
import type { FlexibleIpPorts, ReverseRequest } from './flexible-ips.ts'
import { provisionAddresses } from './listing.ts'

/** Somebody waits for the answer. */
const patienceMs = 20_000

/**
 * Scaleway takes a name only when it resolves to the address already; its refusal is passed on. An
 * empty name gives its own back.
 */
export async function setReverse(
  ports: FlexibleIpPorts,
  { provisionId, external, name }: ReverseRequest,
): Promise<string> {
  const known = await ports.provision(provisionId)
  const cloud = { ...known, scaleway: known.scaleway.within({ patienceMs }) }
  const fip = (await provisionAddresses(cloud)).find(({ ipAddress }) => ipAddress === external)
  if (!fip) {
    throw addressFault('EDGE_IP_UNKNOWN', `Provision ${provisionId} has no flexible IP ${external}`)
  }
  const reverse = name ?? ''
  const changed = await cloud.scaleway.flexibleIp.updateFlexibleIP({ fipId: fip.id, reverse })
  ports.logger.info('reverse DNS is set', { provision: provisionId, external, reverse })
  return changed.reverse
}
