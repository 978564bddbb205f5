import { allPages, isGoneOrDenied, type Scaleway } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'

export interface PlanRequest {
  /** `em_a116x_ssd`. */
  readonly instanceType: string
  /** `ubuntu_2204`. */
  readonly osName: string
  readonly diskGb: number
  readonly hosts: number
  readonly publicIps: number
  /** Servers of this offer that the provision has already. */
  readonly alreadyOrdered: number
}

/** What an order needs to know, looked up, nothing of it created. */
export interface HardwarePlan {
  readonly offer: { readonly id: string; readonly name: string }
  readonly osId: string
  readonly optionIds: readonly string[]
  /** One line for each thing that will be created. */
  readonly lines: readonly string[]
  /** Servers with their options, in `currency`; the API tells no prices of gateways and addresses. */
  readonly pricePerHour: number
  readonly currency: string
}

type Offer = Awaited<ReturnType<Scaleway['baremetal']['getOffer']>>

/**
 * Looks whether the zone can deliver what is asked for: offer, stock, disks, operating system,
 * private-network option, quota. Spends nothing.
 */
export async function planHardware(
  scaleway: Scaleway,
  request: PlanRequest,
): Promise<HardwarePlan> {
  const [offer, organizationId] = await Promise.all([
    findOffer(scaleway, request.instanceType),
    findOrganization(scaleway),
  ])
  checkStock(offer, request)
  checkDisks(offer, request.diskGb)
  const [osId, option] = await Promise.all([
    findOs(scaleway, offer, request.osName),
    findPrivateNetworkOption(scaleway, offer),
    checkQuota(scaleway, offer, request, organizationId),
  ])
  const each = price(offer.pricePerHour) + price(option.price)
  const currency = offer.pricePerHour?.currencyCode ?? 'EUR'
  const pricePerHour = Math.round(each * request.hosts * 1e4) / 1e4
  return {
    offer: { id: offer.id, name: offer.name },
    osId,
    optionIds: [option.id],
    pricePerHour,
    currency,
    lines: [
      '1 VPC with 1 private network',
      '1 public gateway VPC-GW-S with 1 public address',
      `${request.hosts} ${offer.name} with ${request.osName}, ${pricePerHour} ${currency}/h`,
      `${request.publicIps} flexible IPs`,
    ],
  }
}

/**
 * Whether the key works and may read what provisioning needs.
 * Throws EDGE_CLOUD_CREDENTIALS, EDGE_CLOUD_DENIED.
 */
export async function checkAccess(scaleway: Scaleway): Promise<void> {
  const { projectId, accessKey } = scaleway.connection
  const page = { projectId, page: 1, pageSize: 1 }
  try {
    await scaleway.iam.getAPIKey({ accessKey })
  } catch (error) {
    // A key without rights on IAM may not read itself; that it was recognised is enough.
    if (!isGoneOrDenied(error)) throw error
  }
  await Promise.all([
    scaleway.baremetal.listServers(page),
    scaleway.flexibleIp.listFlexibleIPs(page),
    scaleway.vpc.listPrivateNetworks(page),
    scaleway.gateway.listGateways(page),
    scaleway.ipam.listIPs(page),
    scaleway.iam.listSSHKeys(page),
  ])
}

/** `em_a116x_ssd` is sold as `EM-A116X-SSD`; ids differ between zones and periods. */
async function findOffer(
  { baremetal, connection }: Scaleway,
  instanceType: string,
): Promise<Offer> {
  const name = instanceType.toUpperCase().replaceAll('_', '-')
  const offers = await allPages(baremetal.listOffers, { subscriptionPeriod: 'hourly' as const })
  const offer = offers.find((one) => one.name.toUpperCase() === name)
  if (offer) return offer
  const sold = offers.filter((one) => one.enable && one.stock !== 'empty').map((one) => one.name)
  throw fault('EDGE_OFFER_UNKNOWN', `Zone ${connection.zone} sells no ${name}`, {
    hint: `It sells ${sold.join(', ') || 'nothing by the hour just now'}.`,
  })
}

function checkStock(offer: Offer, { hosts, alreadyOrdered }: PlanRequest): void {
  if (alreadyOrdered >= hosts || (offer.enable && offer.stock !== 'empty')) return
  throw fault('EDGE_OFFER_EMPTY', `${offer.name} is out of stock in ${offer.zone}`)
}

function checkDisks(offer: Offer, diskGb: number): void {
  const largest = Math.max(0, ...offer.disks.map(({ capacity }) => capacity)) / 1e9
  if (offer.disks.length === 0 || largest >= diskGb) return
  throw fault(
    'EDGE_OFFER_UNSUITABLE',
    `${offer.name} has disks of ${Math.floor(largest)} GB, not ${diskGb}`,
  )
}

async function findOs({ baremetal }: Scaleway, offer: Offer, osName: string): Promise<string> {
  const [, name = '', major = '', minor = ''] = /^([a-z]+)_(\d{2})(\d{2})?$/.exec(osName) ?? []
  const version = minor ? `${major}.${minor}` : major
  const all = await allPages(baremetal.listOS, { offerId: offer.id })
  const found = all.find(
    (os) =>
      os.name.toLowerCase() === name &&
      (os.version === version || os.version.startsWith(`${version} `)) &&
      os.enabled &&
      os.allowed &&
      !os.licenseRequired &&
      os.cloudInitSupported &&
      !offer.incompatibleOsIds.includes(os.id),
  )
  if (found) return found.id
  throw fault('EDGE_OS_UNSUITABLE', `${osName} with cloud-init is not sold for ${offer.name}`)
}

async function findPrivateNetworkOption({ baremetal }: Scaleway, offer: Offer) {
  const named = ({ name }: { name: string }) => name.toLowerCase() === 'private network'
  const included = offer.options.find(named)
  if (included) return included
  const sold = (await allPages(baremetal.listOptions, { offerId: offer.id })).find(named)
  if (sold) return { id: sold.id, price: undefined }
  throw fault('EDGE_OFFER_UNSUITABLE', `${offer.name} cannot be attached to private networks`)
}

/** Quotas are per offer and organization; a key that may not read them learns it when it orders. */
async function checkQuota(
  scaleway: Scaleway,
  offer: Offer,
  request: PlanRequest,
  organizationId: string | undefined,
): Promise<void> {
  if (organizationId === undefined || !offer.quotaName) return
  const [limit, servers] = await Promise.all([
    readable(readQuota(scaleway, offer.quotaName, organizationId)),
    readable(allPages(scaleway.baremetal.listServers, { organizationId })),
  ])
  if (limit === undefined || servers === undefined) return
  const used = servers.filter(({ offerName }) => offerName === offer.name).length
  const more = Math.max(0, request.hosts - request.alreadyOrdered)
  if (used + more <= limit) return
  throw fault(
    'EDGE_QUOTA_TOO_SMALL',
    `Quota ${offer.quotaName} is ${limit}, ${used} in use, ${more} more wanted`,
  )
}

async function readQuota(
  { iam }: Scaleway,
  quotumName: string,
  organizationId: string,
): Promise<number | undefined> {
  const quota = await iam.getQuotum({ quotumName, organizationId })
  return quota.unlimited ? undefined : quota.limit
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

/** The connection names a project only; any object in it says whose it is. */
async function findOrganization(scaleway: Scaleway): Promise<string | undefined> {
  const request = { projectId: scaleway.connection.projectId, page: 1, pageSize: 1 }
  const [keys, networks] = await Promise.all([
    scaleway.iam.listSSHKeys(request),
    scaleway.vpc.listVPCs(request),
  ])
  return keys.sshKeys[0]?.organizationId ?? networks.vpcs[0]?.organizationId
}

function price(money: { units: number; nanos: number } | undefined): number {
  return money ? money.units + money.nanos / 1e9 : 0
}
