import { allPages, carries, type Role, tagsFor, wantedTags } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import { type ApiServer, publicAddress } from './servers.ts'
import { findTagged, type Site, type Watch, watch } from './site.ts'

/** An object that others made, and what it becomes of the provision. */
export interface Claim {
  readonly role: Role
  readonly key: string
  readonly id: string
  /** Of a flexible IP, whose ids go round in a pool, and of a server: only with its address is it meant. */
  readonly address?: string
}

interface Tagged {
  readonly id: string
  readonly tags: string[]
  /** Of those that have one. */
  readonly ipAddress?: string | undefined
}

/** How objects of a role are listed and tagged. */
interface Room {
  list(request: { projectId: string; tags?: string[] }): Promise<Tagged[]>
  put(id: string, tags: string[]): Promise<unknown>
}

const listedWithinMs = 5 * 60_000
const ownTag = 'managed-by=edgectl'

/**
 * Puts the provision's tags on the object, beside its own, and waits until a look-up by them finds it:
 * from then on `ensure…` and `release…` know it. Answers false when neither it nor another with the
 * provision's tags in its place is there, which only a listing proves. Throws EDGE_CLAIM_TAKEN for one
 * with the tags of another provision.
 */
export async function takeOver(site: Site, claim: Claim, tell: Watch): Promise<boolean> {
  const { role, key, id } = claim
  const { list, put } = roomOf(site, role)
  const object = await claimed(site, claim)
  if (object === undefined) return (await findTagged(site, list, role, key)).length > 0
  if (!carries(object.tags, wantedTags(site.identity, role, key))) {
    if (object.tags.includes(ownTag)) throw taken(claim, object.tags)
    tell(`tagging ${role} ${id}`)
    await put(id, mergedTags(site, claim, object.tags))
  }
  const options = { what: `${role} ${id} to be found by its tags`, withinMs: listedWithinMs }
  return await watch(site, options, async () => {
    const found = await findTagged(site, list, role, key)
    return found.some((one) => one.id === id) ? true : undefined
  })
}

/** Whether the object, or another with the provision's tags in its place, is there. Changes nothing. */
export async function isThere(site: Site, claim: Claim): Promise<boolean> {
  if ((await claimed(site, claim)) !== undefined) return true
  const { role, key } = claim
  return (await findTagged(site, roomOf(site, role).list, role, key)).length > 0
}

async function claimed(site: Site, { role, id, address }: Claim): Promise<Tagged | undefined> {
  const { projectId } = site.scaleway.connection
  const object = (await roomOf(site, role).list({ projectId })).find((one) => one.id === id)
  return (address ?? object?.ipAddress) === object?.ipAddress ? object : undefined
}

/** A second tag of a name that ours have would make the owner unclear; addresses keep none of their own. */
function mergedTags({ identity }: Site, { role, key }: Claim, tags: readonly string[]): string[] {
  const ours = tagsFor(identity, role, key)
  const names = new Set(ours.map(nameOf))
  const others = role === 'flexible-ip' ? [] : tags.filter((tag) => !names.has(nameOf(tag)))
  return [...ours, ...others]
}

const nameOf = (tag: string) => tag.split('=')[0] ?? tag

const isStaying = ({ status }: ApiServer) => status !== 'deleting'

function addressed(server: ApiServer): Tagged {
  const { id, tags } = server
  return { id, tags, ipAddress: publicAddress(server) }
}

function taken({ role, id }: Claim, tags: readonly string[]) {
  return fault('EDGE_CLAIM_TAKEN', 'An object has the tags of another provision', {
    object: `${role} ${id}`,
    answer: tags.join(', '),
  })
}

function roomOf({ scaleway }: Site, role: Role): Room {
  const { vpc, gateway, baremetal, flexibleIp } = scaleway
  const rooms: Record<Role, Room> = {
    vpc: {
      list: (request) => allPages(vpc.listVPCs, request),
      put: (vpcId, tags) => vpc.updateVPC({ vpcId, tags }),
    },
    'private-network': {
      list: (request) => allPages(vpc.listPrivateNetworks, request),
      put: (privateNetworkId, tags) => vpc.updatePrivateNetwork({ privateNetworkId, tags }),
    },
    gateway: {
      list: (request) => allPages(gateway.listGateways, request),
      put: (gatewayId, tags) => gateway.updateGateway({ gatewayId, tags }),
    },
    'gateway-ip': {
      list: (request) => allPages(gateway.listIPs, request),
      put: (ipId, tags) => gateway.updateIP({ ipId, tags }),
    },
    server: {
      list: async (request) =>
        (await allPages(baremetal.listServers, request)).filter(isStaying).map(addressed),
      put: (serverId, tags) => baremetal.updateServer({ serverId, tags }),
    },
    'flexible-ip': {
      list: (request) => allPages(flexibleIp.listFlexibleIPs, request),
      put: (fipId, tags) => flexibleIp.updateFlexibleIP({ fipId, tags }),
    },
  }
  return rooms[role]
}
