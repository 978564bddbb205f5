import { allPages, carries, type Role, tagsFor, wantedTags } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import { findTagged, type Site, type Watch, watch } from './site.ts'

/** An object that others made, and what it becomes of the provision. */
export interface Claim {
  readonly role: Role
  readonly key: string
  readonly id: string
  /** Of a flexible IP: ids of those go round in a pool, and only with its address is it meant. */
  readonly address?: string
}

interface Tagged {
  readonly id: string
  readonly tags: string[]
  readonly ipAddress?: string
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
 * from then on `ensure…` and `release…` know it. Answers false when it is not there, which only a listing
 * proves. Throws EDGE_CLAIM_TAKEN for one with the tags of another provision.
 */
export async function takeOver(site: Site, claim: Claim, tell: Watch): Promise<boolean> {
  const { role, key, id } = claim
  const { list, put } = roomOf(site, role)
  const { projectId } = site.scaleway.connection
  const object = (await list({ projectId })).find((one) => one.id === id)
  if (object === undefined || (claim.address ?? object.ipAddress) !== object.ipAddress) return false
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

/** A second tag of a name that ours have would make the owner unclear; addresses keep none of their own. */
function mergedTags({ identity }: Site, { role, key }: Claim, tags: readonly string[]): string[] {
  const ours = tagsFor(identity, role, key)
  const names = new Set(ours.map(nameOf))
  const others = role === 'flexible-ip' ? [] : tags.filter((tag) => !names.has(nameOf(tag)))
  return [...ours, ...others]
}

const nameOf = (tag: string) => tag.split('=')[0] ?? tag

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
      list: (request) => allPages(baremetal.listServers, request),
      put: (serverId, tags) => baremetal.updateServer({ serverId, tags }),
    },
    'flexible-ip': {
      list: (request) => allPages(flexibleIp.listFlexibleIPs, request),
      put: (fipId, tags) => flexibleIp.updateFlexibleIP({ fipId, tags }),
    },
  }
  return rooms[role]
}
