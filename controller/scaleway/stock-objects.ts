import { Fault } from '../../lib/fault/index.ts'
import { formatCidr, parseCidr } from '../../lib/net/index.ts'
import { allPages, type Scaleway } from '../../lib/scaleway/index.ts'
import { listOffers, type Offer } from './offers.ts'
import { type Price, priceOf } from './prices.ts'
import { findPrivateNetworkOption } from './private-network-option.ts'
import { type ApiServer, publicAddress } from './servers.ts'

/** What the stock driver made for one provision, and how we know it: by ids, and by the names it gives. */
export interface StockQuery {
  readonly provisionId: number
  readonly servers: ReadonlySet<string>
  /** Ids of flexible IPs, and the addresses they must have: ids go round in a pool. */
  readonly addresses: ReadonlyMap<string, string>
}

export type StockObjects = Awaited<ReturnType<typeof findStockObjects>>

/**
 * The servers and addresses by their ids; VPC, private network and gateway by name. The driver ends the
 * names of one run with the same random word, which the servers' SSH key has too: where that key is
 * there, another provision of the same number in the project is never mistaken for this one.
 */
export async function findStockObjects(scaleway: Scaleway, query: StockQuery) {
  const { baremetal, baremetalPn, flexibleIp, gateway, vpc, iam, connection } = scaleway
  const { projectId } = connection
  const [servers, keys, vpcs, networks, gateways, addresses, offers] = await Promise.all([
    allPages(baremetal.listServers, { projectId }),
    allPages(iam.listSSHKeys, { projectId }),
    allPages(vpc.listVPCs, { projectId }),
    allPages(vpc.listPrivateNetworks, { projectId }),
    allPages(gateway.listGateways, { projectId }),
    allPages(flexibleIp.listFlexibleIPs, { projectId }),
    listOffers(scaleway),
  ])
  const own = servers.filter(({ id }) => query.servers.has(id))
  const installedWith = new Set(own.flatMap(({ install }) => install?.sshKeyIds ?? []))
  const words = wordsOf(
    query.provisionId,
    keys.filter(({ id }) => installedWith.has(id)),
  )
  const isNamed = namer(query.provisionId, [...words.values()])
  const sold = await offersWithOption(scaleway, own)
  const isStray = ({ id, install }: ApiServer) =>
    !query.servers.has(id) && (install?.sshKeyIds ?? []).some((key) => words.has(key))
  return {
    zone: connection.zone,
    keys: keys.filter(({ id }) => words.has(id)).map(({ id, name }) => ({ id, name })),
    servers: await Promise.all(
      own.map(async (server) => ({
        ...serverFacts(server, offers),
        optionable: isOptioned(server) || sold.has(server.offerId),
        privateNetworks: (
          await allPages(baremetalPn.listServerPrivateNetworks, { serverId: server.id })
        ).map(({ privateNetworkId }) => privateNetworkId),
      })),
    ),
    strays: servers.filter(isStray).map(({ id, name }) => ({ id, name })),
    vpcs: vpcs
      .filter(({ name }) => isNamed(name, 'vpc'))
      .map(({ id, name, tags }) => ({ id, name, tags })),
    networks: networks
      .filter(({ name }) => isNamed(name, 'private_network'))
      .map(({ id, name, tags, vpcId, subnets }) => ({
        ...{ id, name, tags, vpc: vpcId, cidr: ipv4Of(subnets) },
      })),
    gateways: gateways
      .filter(({ name }) => isNamed(name, 'internet_gateway'))
      .map(({ id, name, tags, type, status, ipv4, gatewayNetworks, bastionAllowedIps }) => ({
        ...{ id, name, tags, type, status, bastion: bastionAllowedIps },
        address: ipv4 && { id: ipv4.id, address: ipv4.address },
        privateNetworks: gatewayNetworks.map(({ privateNetworkId }) => privateNetworkId),
      })),
    addresses: addresses
      .filter(({ id, ipAddress }) => query.addresses.get(id) === ipAddress)
      .map(({ id, ipAddress, status, serverId, tags }) => ({
        ...{ id, external: ipAddress, status, server: serverId ?? null, tags },
      })),
  }
}

/** Ids of offers that sell the private-network option, of servers that are without. */
async function offersWithOption(
  scaleway: Scaleway,
  servers: readonly ApiServer[],
): Promise<ReadonlySet<string>> {
  const without = servers.filter((server) => !isOptioned(server))
  const ids = [...new Set(without.map(({ offerId }) => offerId))]
  const sold = await Promise.all(ids.map((offerId) => sellsOption(scaleway, offerId)))
  return new Set(ids.filter((_, index) => sold[index]))
}

async function sellsOption(scaleway: Scaleway, offerId: string): Promise<boolean> {
  try {
    await findPrivateNetworkOption(scaleway, await scaleway.baremetal.getOffer({ offerId }))
    return true
  } catch (error) {
    if (error instanceof Fault && error.code === 'EDGE_OFFER_UNSUITABLE') return false
    throw error
  }
}

/** The random word at the end of the driver's own SSH keys, by their ids. */
function wordsOf(
  provisionId: number,
  keys: readonly { readonly id: string; readonly name: string }[],
): ReadonlyMap<string, string> {
  const form = new RegExp(`^provision_${provisionId}_key_([0-9a-f]+)$`)
  return new Map(
    keys.flatMap(({ id, name }) => {
      const word = form.exec(name)?.[1]
      return word === undefined ? [] : [[id, word] as const]
    }),
  )
}

/** `provision_5_vpc_0a1b2c3d4e5f`; without a key that tells the word, of any run. */
function namer(provisionId: number, words: readonly string[]) {
  return (name: string, what: string) => {
    const start = `provision_${provisionId}_${what}_`
    if (words.length > 0) return words.some((word) => name === `${start}${word}`)
    return name.startsWith(start) && /^[0-9a-f]+$/.test(name.slice(start.length))
  }
}

const isPrivateNetwork = ({ name }: { name: string }) => name.toLowerCase() === 'private network'
const isOptioned = ({ options }: ApiServer) => options.some(isPrivateNetwork)

function serverFacts(server: ApiServer, offers: readonly Offer[]) {
  const { id, name, offerName: offer, status, install, tags } = server
  const optioned = isOptioned(server)
  return {
    ...{ id, name, offer, status, tags, optioned },
    address: publicAddress(server),
    install: install?.status,
    optionPrice: optioned ? undefined : optionPrice(server, offers),
  }
}

/** What the option adds to the server's price, by its offer. */
function optionPrice({ offerId, options }: ApiServer, offers: readonly Offer[]): Price | undefined {
  const option = offers.find(({ id }) => id === offerId)?.options.find(isPrivateNetwork)
  if (option === undefined) return undefined
  const has = options.map(({ id }) => id)
  const now = priceOf({ kind: 'server', offerId, optionIds: has }, offers)
  const then = priceOf({ kind: 'server', offerId, optionIds: [...has, option.id] }, offers)
  if (now === undefined || then === undefined) return undefined
  const more = (part: 'perHour' | 'perMonth') => Math.round((then[part] - now[part]) * 1e6) / 1e6
  return { ...then, perHour: more('perHour'), perMonth: more('perMonth'), once: 0 }
}

function ipv4Of(subnets: readonly { readonly subnet: string }[]): string {
  const ipv4 = subnets.find(({ subnet }) => !subnet.includes(':'))
  return ipv4 ? formatCidr(parseCidr(ipv4.subnet)) : ''
}
