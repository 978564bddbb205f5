import { allPages } from '../../lib/scaleway/index.ts'
import { findFlexibleIps } from './flexible-ips.ts'
import { findTagged, type Site } from './site.ts'
import { findSshKeys } from './ssh-key.ts'

/** One object at Scaleway that carries the provision's tags. */
export interface CloudObject {
  readonly kind:
    | 'flexible-ip'
    | 'server'
    | 'gateway'
    | 'gateway-ip'
    | 'private-network'
    | 'vpc'
    | 'ssh-key'
  readonly id: string
  readonly name: string
}

/** Everything at Scaleway with the provision's tags; empty means that nothing costs money any more. */
export async function inventory(site: Site): Promise<CloudObject[]> {
  const { baremetal, gateway, vpc } = site.scaleway
  type Request = { projectId: string; tags: string[] }
  const [addresses, servers, gateways, ips, networks, vpcs, keys] = await Promise.all([
    findFlexibleIps(site),
    findTagged(site, (request: Request) => allPages(baremetal.listServers, request)),
    findTagged(site, (request: Request) => allPages(gateway.listGateways, request)),
    findTagged(site, (request: Request) => allPages(gateway.listIPs, request)),
    findTagged(site, (request: Request) => allPages(vpc.listPrivateNetworks, request)),
    findTagged(site, (request: Request) => allPages(vpc.listVPCs, request)),
    findSshKeys(site),
  ])
  return [
    ...addresses.map(
      ({ id, ipAddress }) => ({ kind: 'flexible-ip', id, name: ipAddress }) as const,
    ),
    ...servers.map(({ id, name }) => ({ kind: 'server', id, name }) as const),
    ...gateways.map(({ id, name }) => ({ kind: 'gateway', id, name }) as const),
    ...ips.map(({ id, address }) => ({ kind: 'gateway-ip', id, name: address }) as const),
    ...networks.map(({ id, name }) => ({ kind: 'private-network', id, name }) as const),
    ...vpcs.map(({ id, name }) => ({ kind: 'vpc', id, name }) as const),
    ...keys.map(({ id, name }) => ({ kind: 'ssh-key', id, name }) as const),
  ]
}
