import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import { allPages, type Role, type Scaleway } from '../../lib/scaleway/index.ts'
import type { CloudObject } from './inventory.ts'
import { type OwnedObject, ownerOf, ownerOfKey, type Seen } from './ownership.ts'
import { publicAddress } from './servers.ts'

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

type Request = { projectId: string; tags: string[] }

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
    (await list).map(see).flatMap((seen) => ownerOf(cloud, role, seen) ?? [])
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
    }).then((keys) => keys.flatMap((key) => ownerOfKey(cloud, key) ?? [])),
  }
}
