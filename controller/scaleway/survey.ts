import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import { allPages, carries, type Role, type Scaleway, tagValue } from '../../lib/scaleway/index.ts'
import type { CloudObject } from './inventory.ts'
import type { Priced } from './prices.ts'
import { publicAddress } from './servers.ts'

/** One object at Scaleway that says of itself which provision of this cloud it belongs to, and as what. */
export interface OwnedObject extends CloudObject {
  /** The provision's uuid. */
  readonly provision: string
  /** The provision's id as the tags have it, a label only; undefined where somebody took it away. */
  readonly provisionId: number | undefined
  readonly key: string
  /** Scaleway's word; empty for what has none. */
  readonly status: string
  /** Ids of other objects that it holds: a gateway its networks and its address, a server its SSH keys. */
  readonly holds: readonly string[]
  readonly tags: readonly string[]
  /** What decides its price. */
  readonly priced: Priced
}

export interface CloudSurvey {
  readonly objects: readonly OwnedObject[]
  /** Kinds that could not be listed, and why: of these nothing is known. */
  readonly unread: readonly Unread[]
}

export interface Unread {
  /** Undefined for all kinds. */
  readonly kind?: CloudObject['kind']
  readonly why: string
  /** The fault's code: the same for everything that fails for the same reason. */
  readonly code: string
}

type Seen = Omit<OwnedObject, 'kind' | 'provision' | 'provisionId' | 'key'>
type Request = { projectId: string; tags: string[] }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Everything of this cloud in one project and zone, whichever provision it says it is of. What lacks
 * one of the identity's tags, or has one twice, is somebody's doing and not ours to judge.
 */
export async function surveyCloud(scaleway: Scaleway, cloud: string): Promise<CloudSurvey> {
  const { projectId } = scaleway.connection
  const request: Request = { projectId, tags: [`cloud=${cloud}`] }
  const looks = Object.entries(listings(scaleway, request, cloud)) as [
    CloudObject['kind'],
    Promise<OwnedObject[]>,
  ][]
  const done = await Promise.allSettled(looks.map(([, look]) => look))
  return {
    objects: done.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])),
    unread: done.flatMap((one, index) => {
      const kind = looks[index]?.[0]
      if (one.status === 'fulfilled' || kind === undefined) return []
      return [{ kind, ...whyUnread(one.reason) }]
    }),
  }
}

/** Why something could not be listed. */
export function whyUnread(error: unknown): Omit<Unread, 'kind'> {
  return { why: sentenceOf(error), code: error instanceof Fault ? error.code : '' }
}

function listings(
  { baremetal, flexibleIp, gateway, vpc, iam }: Scaleway,
  request: Request,
  cloud: string,
): Record<CloudObject['kind'], Promise<OwnedObject[]>> {
  const tagged = async <T>(role: Role, list: Promise<T[]>, see: (object: T) => Seen) =>
    (await list).map(see).flatMap((seen) => surveyOwner(cloud, role, seen) ?? [])
  return {
    'flexible-ip': tagged(
      'flexible-ip',
      allPages(flexibleIp.listFlexibleIPs, request),
      ({ id, ipAddress, status, tags, serverId }) => ({
        ...{ id, name: ipAddress, status, tags },
        holds: serverId ? [serverId] : [],
        priced: { kind: 'flexible-ip' },
      }),
    ),
    server: tagged('server', allPages(baremetal.listServers, request), (server) => ({
      ...{ id: server.id, status: server.status, tags: server.tags },
      name: [server.name, publicAddress(server)].filter(Boolean).join(' '),
      holds: server.install?.sshKeyIds ?? [],
      priced: {
        kind: 'server',
        offerId: server.offerId,
        optionIds: server.options.map(({ id }) => id),
      },
    })),
    gateway: tagged('gateway', allPages(gateway.listGateways, request), (one) => ({
      ...{ id: one.id, name: one.name, status: one.status, tags: one.tags },
      holds: [
        ...one.gatewayNetworks.map(({ privateNetworkId }) => privateNetworkId),
        ...(one.ipv4 ? [one.ipv4.id] : []),
      ],
      priced: { kind: 'gateway', type: one.type },
    })),
    'gateway-ip': tagged('gateway-ip', allPages(gateway.listIPs, request), (ip) => ({
      ...{ id: ip.id, name: ip.address, status: '', tags: ip.tags },
      holds: [],
      priced: { kind: 'gateway-ip' },
    })),
    'private-network': tagged(
      'private-network',
      allPages(vpc.listPrivateNetworks, request),
      ({ id, name, tags, vpcId }) => ({
        ...{ id, name, status: '', tags },
        holds: [vpcId],
        priced: { kind: 'private-network' },
      }),
    ),
    vpc: tagged('vpc', allPages(vpc.listVPCs, request), ({ id, name, tags }) => ({
      ...{ id, name, status: '', tags, holds: [] },
      priced: { kind: 'vpc' },
    })),
    'ssh-key': allPages(iam.listSSHKeys, {
      projectId: request.projectId,
      name: `edgectl ${cloud}`,
    }).then((keys) => keys.flatMap((key) => ownedKey(cloud, key) ?? [])),
  }
}

/** The object with whose it is; undefined when its tags do not say it in full, and once. */
export function surveyOwner(cloud: string, role: Role, seen: Seen): OwnedObject | undefined {
  const { tags } = seen
  if (!carries(tags, ['managed-by=edgectl', `cloud=${cloud}`, `role=${role}`])) return undefined
  const [provision, key] = [onlyValue(tags, 'provision'), onlyValue(tags, 'key')]
  if (onlyValue(tags, 'cloud') === undefined || onlyValue(tags, 'role') === undefined)
    return undefined
  if (provision === undefined || !uuid.test(provision) || !key) return undefined
  return {
    ...seen,
    kind: role,
    provision,
    key,
    provisionId: labelOf(tagValue(tags, 'provision_id')),
  }
}

/** SSH keys have no tags: their name is all their identity. */
function ownedKey(
  cloud: string,
  { id, name }: { readonly id: string; readonly name: string },
): OwnedObject | undefined {
  const [start, of, provision = '', ...more] = name.split(' ')
  if (start !== 'edgectl' || of !== cloud || !uuid.test(provision) || more.length > 0)
    return undefined
  return {
    ...{ id, name, status: '', holds: [], tags: [] },
    ...{ provision, provisionId: undefined, key: 'ssh-key' },
    kind: 'ssh-key',
    priced: { kind: 'ssh-key' },
  }
}

function onlyValue(tags: readonly string[], name: string): string | undefined {
  const found = tags.filter((tag) => tag.startsWith(`${name}=`))
  return found.length === 1 ? tagValue(found, name) : undefined
}

function labelOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
