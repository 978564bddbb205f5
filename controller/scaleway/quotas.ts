import { allPages, isGoneOrDenied, metalZones, type Scaleway } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import type { Offer } from './offers.ts'

/** What an organization may have and has; a quota that the key may not read is not there. */
export interface Quotas {
  /** How many at most, by the quota's name. */
  readonly limits: ReadonlyMap<string, number>
  readonly organizationId: string
}

/** Undefined for a key that may not read quotas, which then learns them when it orders. */
export async function readQuotas(scaleway: Scaleway): Promise<Quotas | undefined> {
  const organizationId = await findOrganization(scaleway)
  if (organizationId === undefined) return undefined
  const all = await readable(allPages(scaleway.iam.listQuota, { organizationId }))
  if (all === undefined) return undefined
  const limits = new Map<string, number>()
  for (const { name, limit, unlimited } of all)
    if (!unlimited && limit !== undefined) limits.set(name, limit)
  return { limits, organizationId }
}

export interface Wanted {
  readonly quota: string
  /** How many will be created. */
  readonly more: number
  /** How many there are; undefined when that cannot be read. */
  count(): Promise<number | undefined>
}

/** Throws EDGE_QUOTA_TOO_SMALL when so many more are not allowed. */
export async function checkQuota(quotas: Quotas | undefined, wanted: Wanted): Promise<void> {
  const limit = quotas?.limits.get(wanted.quota)
  if (limit === undefined || wanted.more <= 0) return
  const used = await wanted.count()
  if (used === undefined || used + wanted.more <= limit) return
  throw fault(
    'EDGE_QUOTA_TOO_SMALL',
    `Quota ${wanted.quota} is ${limit}, ${used} in use, ${wanted.more} more wanted`,
  )
}

/** Quotas of servers are per offer, over all zones of the organization. */
export async function countServers(
  { baremetal }: Scaleway,
  offer: Offer,
  { organizationId }: Quotas,
): Promise<number | undefined> {
  const perZone = await Promise.all(
    metalZones.map((zone) => readable(allPages(baremetal.listServers, { zone, organizationId }))),
  )
  const servers = perZone.flatMap((found) => found ?? [])
  return servers.filter(({ offerName }) => offerName === offer.name).length
}

export async function countFlexibleIps(
  { flexibleIp }: Scaleway,
  { organizationId }: Quotas,
): Promise<number | undefined> {
  const page = { organizationId, page: 1, pageSize: 1 }
  const perZone = await Promise.all(
    metalZones.map((zone) => readable(flexibleIp.listFlexibleIPs({ ...page, zone }))),
  )
  return perZone.reduce((sum, found) => sum + (found?.totalCount ?? 0), 0)
}

/** How many a list has in all, by its smallest page. */
export async function countListed(
  list: (page: {
    organizationId: string
    page: number
    pageSize: number
  }) => Promise<{ readonly totalCount: number }>,
  { organizationId }: Quotas,
): Promise<number | undefined> {
  return (await readable(list({ organizationId, page: 1, pageSize: 1 })))?.totalCount
}

/** Undefined for what this key may not see. */
async function readable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isGoneOrDenied(error)) return undefined
    throw error
  }
}

/** The connection names a project only; whatever the key sees is of its organization. */
async function findOrganization({ iam, vpc, flexibleIp }: Scaleway): Promise<string | undefined> {
  const page = { page: 1, pageSize: 1 }
  const [keys, networks, addresses] = await Promise.all([
    readable(iam.listSSHKeys(page)),
    readable(vpc.listVPCs(page)),
    readable(flexibleIp.listFlexibleIPs(page)),
  ])
  const seen = keys?.sshKeys[0] ?? networks?.vpcs[0] ?? addresses?.flexibleIps[0]
  return seen?.organizationId
}
