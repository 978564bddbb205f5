import { formatCidr, parseCidr } from '../../lib/net/index.ts'
import { allPages, gone } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import { ensureTagged, findTagged, nameOf, type Site } from './site.ts'

export interface PrivateNetwork {
  readonly id: string
  /** Its IPv4 prefix: 10.180.0.0/22. */
  readonly cidr: string
}

/** The provision's VPC, created if it is not there. Answers its id. */
export async function ensureVpc(site: Site): Promise<string> {
  const vpc = await ensureTagged(
    site,
    'vpc',
    'vpc',
    (request) => allPages(site.scaleway.vpc.listVPCs, request),
    (tags) => site.scaleway.vpc.createVPC({ name: nameOf(site, 'vpc'), tags, enableRouting: true }),
  )
  return vpc.id
}

/** The provision's private network with that prefix. Throws EDGE_PRIVATE_NETWORK_DIFFERS. */
export async function ensurePrivateNetwork(
  site: Site,
  vpcId: string,
  cidr: string,
): Promise<PrivateNetwork> {
  const network = await ensureTagged(
    site,
    'private-network',
    'private-network',
    lister(site),
    (tags) =>
      site.scaleway.vpc.createPrivateNetwork({
        name: nameOf(site, 'private_network'),
        tags,
        vpcId,
        subnets: [cidr],
        defaultRoutePropagationEnabled: false,
      }),
  )
  const seen = described(network)
  if (seen.cidr !== cidr) {
    throw fault(
      'EDGE_PRIVATE_NETWORK_DIFFERS',
      `Private network ${network.id} has ${seen.cidr || 'no IPv4 prefix'} instead of ${cidr}`,
    )
  }
  return seen
}

/** The provision's private networks: one, or none before APPLYING. */
export async function findPrivateNetworks(site: Site): Promise<PrivateNetwork[]> {
  return (await findTagged(site, lister(site))).map(described)
}

/** What was attached may count as "in use" for a while; such an answer is retried. */
export async function releasePrivateNetworks(site: Site): Promise<void> {
  for (const { id } of await findTagged(site, lister(site)))
    await gone(site.scaleway.vpc.deletePrivateNetwork({ privateNetworkId: id }))
}

export async function releaseVpcs(site: Site): Promise<void> {
  const { vpc } = site.scaleway
  const vpcs = await findTagged(site, (request) => allPages(vpc.listVPCs, request))
  for (const { id } of vpcs) await gone(vpc.deleteVPC({ vpcId: id }))
}

function lister({ scaleway }: Site) {
  return (request: { projectId: string; tags: string[] }) =>
    allPages(scaleway.vpc.listPrivateNetworks, request)
}

function described(network: {
  readonly id: string
  readonly subnets: readonly { readonly subnet: string }[]
}): PrivateNetwork {
  const ipv4 = network.subnets.find(({ subnet }) => !subnet.includes(':'))
  return { id: network.id, cidr: ipv4 ? formatCidr(parseCidr(ipv4.subnet)) : '' }
}
