import { allPages, gone, isGone } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import { ensureOne, type Site, type Watch, watch } from './site.ts'

export interface PrivateNic {
  /** VLAN on the server's one NIC; of this attachment, so never assumed for another server. */
  readonly vlan: number
  /** IPAM address with prefix length: 10.180.0.3/22. */
  readonly address: string
}

const attachedWithinMs = 10 * 60_000

/** The server on the private network, attached. Throws EDGE_NIC_FAILED. */
export async function ensurePrivateNic(
  site: Site,
  serverId: string,
  privateNetworkId: string,
  tell: Watch,
): Promise<PrivateNic> {
  const { baremetalPn } = site.scaleway
  const there = await nicOf(site, serverId, privateNetworkId)
  if (there?.status === 'error') await detach(site, serverId, tell)
  await ensureOne(
    site,
    `attachment of server ${serverId}`,
    async () => {
      const nic = await nicOf(site, serverId, privateNetworkId)
      return nic && nic.status !== 'detaching' ? [nic] : []
    },
    () => baremetalPn.addServerPrivateNetwork({ serverId, privateNetworkId, ipamIpIds: [] }),
  )
  return await watch(
    site,
    { what: `server ${serverId} to be on the private network`, withinMs: attachedWithinMs },
    async () => {
      const nic = await nicOf(site, serverId, privateNetworkId)
      tell(`private network ${nic?.status ?? 'not listed yet'}`)
      if (nic?.status === 'error' || nic?.status === 'locked')
        throw fault('EDGE_NIC_FAILED', `Attachment ${nic.id} is ${nic.status}`, {
          object: `server ${serverId}`,
          answer: `status ${nic.status}`,
        })
      return nic ? await complete(site, nic) : undefined
    },
  )
}

/** How the server is on the private network; undefined while it is not, or not fully. */
export async function findPrivateNic(
  site: Site,
  serverId: string,
  privateNetworkId: string,
): Promise<PrivateNic | undefined> {
  const nic = await nicOf(site, serverId, privateNetworkId)
  return nic && (await complete(site, nic))
}

/** Takes a server off all private networks and waits until none is listed. */
export async function detach(site: Site, serverId: string, tell: Watch): Promise<void> {
  const { baremetalPn } = site.scaleway
  const nics = async () => allPages(baremetalPn.listServerPrivateNetworks, { serverId })
  for (const { privateNetworkId, status } of await nics()) {
    if (status !== 'detaching')
      await gone(baremetalPn.deleteServerPrivateNetwork({ serverId, privateNetworkId }))
  }
  await watch(
    site,
    { what: `server ${serverId} to leave its networks`, withinMs: attachedWithinMs },
    async () => {
      try {
        const left = await nics()
        if (left.length > 0) tell(`private network ${left[0]?.status}`)
        return left.length === 0 ? true : undefined
      } catch (error) {
        if (isGone(error)) return true
        throw error
      }
    },
  )
}

type Nic = NonNullable<Awaited<ReturnType<typeof nicOf>>>

async function nicOf({ scaleway }: Site, serverId: string, privateNetworkId: string) {
  const found = await allPages(scaleway.baremetalPn.listServerPrivateNetworks, {
    serverId,
    privateNetworkId,
  })
  return found.find((nic) => nic.serverId === serverId && nic.privateNetworkId === privateNetworkId)
}

/** IPAM may know the address a little later than the attachment is there. */
async function complete({ scaleway }: Site, nic: Nic): Promise<PrivateNic | undefined> {
  if (nic.status !== 'attached' || !nic.vlan || nic.ipamIpIds.length === 0) return undefined
  const addresses = await allPages(scaleway.ipam.listIPs, { ipIds: nic.ipamIpIds })
  const ipv4 = addresses.find(({ id, isIpv6 }) => nic.ipamIpIds.includes(id) && !isIpv6)
  return ipv4 && { vlan: nic.vlan, address: ipv4.address }
}
