import { isTransient } from '../../lib/clock/index.ts'
import { isGoneOrDenied } from '../../lib/scaleway/index.ts'
import { addressFrom, type CloudAddress } from './address-tags.ts'
import type { AttachQueue } from './attach-queue.ts'
import { addressFault } from './faults.ts'
import type {
  Attached,
  AttachRequest,
  FlexibleAddress,
  FlexibleIpPorts,
  ProvisionCloud,
} from './flexible-ips.ts'
import { provisionAddresses } from './listing.ts'

const lookMs = 1_000
/** One call's patience; the loop below is the longer one. */
const callMs = 10_000
/** How long an accepted attach is waited for; a VM's start hangs on it. */
const acceptedMs = 30_000
/** How long an address may take to come free for the attach. */
const freeMs = 60_000

/**
 * Looks, acts, looks again until the address is attached to this server: a move is detach, ready,
 * attach. A lost answer is settled by the next look.
 */
export async function attach(
  ports: FlexibleIpPorts,
  queue: AttachQueue,
  request: AttachRequest,
): Promise<Attached> {
  const { clock } = ports
  const known = await ports.provision(request.provisionId)
  const cloud = { ...known, scaleway: known.scaleway.within({ patienceMs: callMs }) }
  const { id } = await find(cloud, request)
  const api = cloud.scaleway.flexibleIp
  const since = clock.elapsed()
  let acceptedAt: number | undefined
  while (true) {
    const fip = await look(cloud, id, request)
    const here = fip.serverId === request.server
    if (fip.status === 'attached' && here) return 'attached'
    const waited = clock.elapsed() - (acceptedAt ?? since)
    if (waited > clock.patience(acceptedAt === undefined ? freeMs : acceptedMs)) {
      if (acceptedAt !== undefined) return 'accepted'
      throw addressFault('EDGE_IP_NOT_READY', `${request.external} is still ${fip.status}`)
    }
    if (fip.status === 'ready') {
      if (await tried(() => queue.join(request.server, id, send))) acceptedAt ??= clock.elapsed()
    } else if (fip.status === 'attached') {
      await tried(() => api.detachFlexibleIP({ fipsIds: [id] }))
    } else if (fip.status !== 'updating' && fip.status !== 'detaching') {
      throw addressFault('EDGE_IP_STATE', `${request.external} is ${fip.status}`)
    }
    await clock.sleep(lookMs)
  }

  async function send(ids: readonly string[]): Promise<void> {
    await api.attachFlexibleIP({ fipsIds: [...ids], serverId: request.server })
  }
}

/** Asks for the detach when the address is attached to this server; anything else is left alone. */
export async function detach(ports: FlexibleIpPorts, request: AttachRequest): Promise<void> {
  const cloud = await ports.provision(request.provisionId)
  const address = (await provisionAddresses(cloud)).find(
    ({ ipAddress }) => ipAddress === request.external,
  )
  if (address?.status !== 'attached' || address.serverId !== request.server) return
  await cloud.scaleway.flexibleIp.detachFlexibleIP({ fipsIds: [address.id] })
}

/** The provision's own address, for the VM address recorded with it. Ids alone prove nothing. */
async function find(cloud: ProvisionCloud, request: AttachRequest): Promise<FlexibleAddress> {
  const fips = await provisionAddresses(cloud)
  const fip = fips.find(({ ipAddress }) => ipAddress === request.external)
  const address = fip && addressFrom(fip)
  if (!address) throw unknown(request)
  if (address.ip === request.ip) return address
  throw addressFault(
    'EDGE_IP_MISMATCH',
    `${request.external} belongs to ${address.ip}, not to ${request.ip}`,
  )
}

async function look(cloud: ProvisionCloud, id: string, request: AttachRequest) {
  try {
    return (await cloud.scaleway.flexibleIp.getFlexibleIP({ fipId: id })) satisfies CloudAddress
  } catch (error) {
    throw isGoneOrDenied(error) ? unknown(request) : error
  }
}

/** False when it may work at the next look: the address was changing, or the answer was lost. */
async function tried(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (isTransient(error)) return false
    throw error
  }
}

function unknown({ external, provisionId }: AttachRequest): Error {
  return addressFault('EDGE_IP_UNKNOWN', `Provision ${provisionId} has no flexible IP ${external}`)
}
