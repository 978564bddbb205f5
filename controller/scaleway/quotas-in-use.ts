import { allPages, isGoneOrDenied, metalZones, type Scaleway } from '../../lib/scaleway/index.ts'
import { listOffers } from './offers.ts'
import { countFlexibleIps, countListed, type Quotas, readQuotas } from './quotas.ts'

/** A quota of the organization that provisions take from. */
export interface QuotaUse {
  readonly quota: string
  readonly limit: number
  readonly used: number
}

/** Undefined for a key that may not read quotas. What it may not count is left out. */
export async function quotasInUse(scaleway: Scaleway): Promise<QuotaUse[] | undefined> {
  const quotas = await readQuotas(scaleway)
  if (quotas === undefined) return undefined
  const { gateway, vpc, iam } = scaleway
  const [servers, ...others] = await Promise.all([
    serversByQuota(scaleway, quotas),
    one('flexible_ips', countFlexibleIps(scaleway, quotas)),
    one('vpc_gateways', countListed(gateway.listGateways, quotas)),
    one('vpc_gateway_ips', countListed(gateway.listIPs, quotas)),
    one('vpc_private_networks', countListed(vpc.listPrivateNetworks, quotas)),
    one('ssh_keys', countListed(iam.listSSHKeys, quotas)),
  ])
  return [...servers, ...others].flatMap(({ quota, used }) => {
    const limit = quotas.limits.get(quota)
    return limit === undefined || used === undefined ? [] : [{ quota, limit, used }]
  })
}

interface Used {
  readonly quota: string
  readonly used: number | undefined
}

async function one(quota: string, used: Promise<number | undefined>): Promise<Used> {
  return { quota, used: await used }
}

/** Each offer has a quota of its own, over all zones of the organization. */
async function serversByQuota(
  scaleway: Scaleway,
  { organizationId }: Quotas,
): Promise<readonly Used[]> {
  const { baremetal } = scaleway
  const [offers, ...zones] = await Promise.all([
    listOffers(scaleway),
    ...metalZones.map((zone) => seen(allPages(baremetal.listServers, { zone, organizationId }))),
  ])
  const names = zones.flat().map(({ offerName }) => offerName)
  const quotaOf = new Map(offers.map(({ name, quotaName }) => [name, quotaName]))
  return [...quotaOf].map(([offer, quota]) => ({
    ...{ quota, used: names.filter((name) => name === offer).length },
  }))
}

/** Nothing of what this key may not see. */
async function seen<T>(listing: Promise<T[]>): Promise<T[]> {
  try {
    return await listing
  } catch (error) {
    if (isGoneOrDenied(error)) return []
    throw error
  }
}
