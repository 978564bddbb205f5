import { poll } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import { isGoneOrDenied } from '../../lib/scaleway/index.ts'
import { addressFrom, type CloudAddress } from './address-tags.ts'
import { addressFault } from './faults.ts'
import type { FlexibleIpPorts, ProvisionCloud, ReleaseRequest } from './flexible-ips.ts'
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
  const named = await namedCloud(ports, request)
  const found =
    (named && (await findIn(named, request))) ?? (await findElsewhere(ports, request, named))
  if (!found) return 'gone'
  await refuseTwins(ports, request)
  const { id, ipAddress } = found.address
  ports.logger.info('releasing a flexible IP', { id, address: ipAddress })
  await remove(ports, found.cloud, found.address)
  return 'released'
}

/**
 * A user can make a range with any IP and give it our IPAM_MAD afterwards (`onevnet updatear`).
 * Where two ranges have the address, it is not known whose it is.
 */
async function refuseTwins(ports: FlexibleIpPorts, { ip }: ReleaseRequest): Promise<void> {
  if (ip === undefined) return
  const { ranges } = await ports.ranges()
  if (ranges.filter((range) => range.ip === ip).length < 2) return
  throw addressFault('EDGE_IP_TWINS', `Several address ranges of OpenNebula hold ${ip}`)
}

interface Found {
  readonly cloud: ProvisionCloud
  readonly address: CloudAddress
}

/** Undefined when the range names none, or one that does not exist or is not ours. */
async function namedCloud(
  ports: FlexibleIpPorts,
  { provisionId }: ReleaseRequest,
): Promise<ProvisionCloud | undefined> {
  if (provisionId === undefined) return undefined
  return await ports.provision(provisionId).catch((error: unknown) => {
    if (error instanceof Fault && error.kind !== 'transient') return undefined
    throw error
  })
}

async function findIn(known: ProvisionCloud, request: ReleaseRequest): Promise<Found | undefined> {
  const cloud = { ...known, scaleway: known.scaleway.within({ patienceMs }) }
  const address = pick(await provisionAddresses(cloud), request)
  return address && { cloud, address }
}

/**
 * PROVISION_ID is the user's to write, so what its provision does not have may be another's. That none
 * of the others has it must be certain only where no provision was named that we could look at.
 */
async function findElsewhere(
  ports: FlexibleIpPorts,
  request: ReleaseRequest,
  named: ProvisionCloud | undefined,
): Promise<Found | undefined> {
  const { clouds, unknown } = await ports.provisions()
  const others = clouds.filter(({ identity }) => identity.provision !== named?.identity.provision)
  const looks = await Promise.allSettled(others.map((cloud) => findIn(cloud, request)))
  const found = looks.flatMap((look) => (look.status === 'fulfilled' ? (look.value ?? []) : []))
  if (found[0] || named) return found[0]
  for (const look of looks) if (look.status === 'rejected') throw look.reason
  if (unknown.length === 0) return undefined
  const what = request.ip ?? request.external
  throw addressFault(
    'EDGE_IP_UNPROVEN',
    `Whether ${what} is gone is not known: provision ${unknown.join(', ')} cannot be looked at`,
  )
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
