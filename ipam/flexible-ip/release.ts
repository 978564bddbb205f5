import { poll } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import { isGoneOrDenied } from '../../lib/scaleway/index.ts'
import { addressFrom, type CloudAddress } from './address-tags.ts'
import { addressFault } from './faults.ts'
import type {
  FlexibleIpPorts,
  ProvisionCloud,
  ProvisionClouds,
  ReleaseRequest,
} from './flexible-ips.ts'
import { provisionAddresses } from './listing.ts'

/** Below the driver's 25 s. */
const patienceMs = 10_000
const goneWithinMs = 12_000

/**
 * Deletes the flexible IP of a range. It is found by the range's IP, which survives whatever users do
 * to the range; an address without our tags is never touched, whoever's id it has by now.
 */
export async function release(
  ports: FlexibleIpPorts,
  request: ReleaseRequest,
): Promise<'released' | 'gone'> {
  const { clouds, unknown } = await cloudsOf(ports, request)
  for (const known of clouds) {
    const cloud = { ...known, scaleway: known.scaleway.within({ patienceMs }) }
    const found = pick(await provisionAddresses(cloud), request)
    if (!found) continue
    ports.logger.info('releasing a flexible IP', { id: found.id, address: found.ipAddress })
    await remove(ports, cloud, found)
    return 'released'
  }
  if (unknown.length === 0) return 'gone'
  const what = request.ip ?? request.external
  throw addressFault(
    'EDGE_IP_UNPROVEN',
    `Whether ${what} is gone is not known: provision ${unknown.join(', ')} cannot be looked at`,
  )
}

async function cloudsOf(
  ports: FlexibleIpPorts,
  { provisionId }: ReleaseRequest,
): Promise<ProvisionClouds> {
  if (provisionId === undefined) return await ports.provisions()
  return { clouds: [await ports.provision(provisionId)], unknown: [] }
}

/** By the external address only where no IP is known: users can write EXTERNAL_IP, but not IP. */
function pick(addresses: readonly CloudAddress[], { ip, external }: ReleaseRequest) {
  return addresses.find((fip) =>
    ip === undefined ? fip.ipAddress === external : addressFrom(fip)?.ip === ip,
  )
}

async function remove(
  ports: FlexibleIpPorts,
  cloud: ProvisionCloud,
  { id, ipAddress }: CloudAddress,
): Promise<void> {
  let refused: unknown
  try {
    await cloud.scaleway.flexibleIp.deleteFlexibleIP({ fipId: id })
  } catch (error) {
    // "Gone" and "not allowed" are one answer; the listing below tells which.
    if (!isGoneOrDenied(error)) throw error
    refused = error
  }
  const gone = async () =>
    (await provisionAddresses(cloud)).every((fip) => fip.id !== id) ? true : undefined
  if (refused !== undefined) {
    if (await gone()) return
    throw refused
  }
  const wait = { what: `${ipAddress} to be gone`, everyMs: 1_000, withinMs: goneWithinMs }
  await poll(ports.clock, wait, gone).catch((error: unknown) => {
    if (!(error instanceof Fault) || error.code !== 'EDGE_WAITED_TOO_LONG') throw error
    throw addressFault('EDGE_IP_STILL_THERE', `${ipAddress} is deleted but still listed`, {
      hint: 'Remove the range again in a minute.',
    })
  })
}
