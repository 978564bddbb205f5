import { addressOf } from '../../lib/net/index.ts'
import { allPages, gone, isGone } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import {
  ensureOne,
  ensureTagged,
  findTagged,
  nameOf,
  type Site,
  type Watch,
  watch,
} from './site.ts'

const withinMs = 10 * 60_000
/** A `failed` that passes by itself was recorded just after a change; so many looks in a row are believed. */
const believedFailures = 6

/** The gateway's public IPv4, created by itself so that it carries our tags. Answers its id. */
export async function ensureGatewayIp(site: Site): Promise<{ id: string; address: string }> {
  const { gateway } = site.scaleway
  const ip = await ensureTagged(
    site,
    'gateway-ip',
    'gateway-ip',
    (request) => allPages(gateway.listIPs, request),
    (tags) => gateway.createIP({ tags }),
  )
  return { id: ip.id, address: ip.address }
}

/**
 * The public gateway with that IP, running; one that stays failed is replaced. Answers its id.
 * Throws EDGE_GATEWAY_FAILED.
 */
export async function ensureGateway(
  site: Site,
  type: string,
  ipId: string,
  tell: Watch,
): Promise<string> {
  await dismissFailed(site, tell)
  const gateway = await ensureTagged(site, 'gateway', 'gateway', lister(site), (tags) =>
    site.scaleway.gateway.createGateway({
      name: nameOf(site, 'gateway'),
      tags,
      type,
      ipId,
      enableSmtp: false,
      enableBastion: false,
    }),
  )
  await waitRunning(site, gateway.id, tell)
  return gateway.id
}

/**
 * The gateway on the private network, masquerading what leaves. Answers its address there. The
 * default route is not pushed: hosts keep theirs and are told this address instead.
 */
export async function ensureGatewayNetwork(
  site: Site,
  gatewayId: string,
  privateNetworkId: string,
  tell: Watch,
): Promise<string> {
  const { gateway } = site.scaleway
  await ensureOne(
    site,
    'gateway network',
    () => networksOf(site, gatewayId, privateNetworkId),
    () =>
      gateway.createGatewayNetwork({
        gatewayId,
        privateNetworkId,
        enableMasquerade: true,
        pushDefaultRoute: false,
      }),
  )
  const ready = await watch(
    site,
    { what: 'the gateway on the private network', withinMs },
    async () => {
      const [network] = await networksOf(site, gatewayId, privateNetworkId)
      tell(`gateway network ${network?.status ?? 'not listed yet'}`)
      return network?.status === 'ready' ? network : undefined
    },
  )
  await waitRunning(site, gatewayId, tell)
  return gatewayAddress(site, ready.ipamIpId)
}

/** The gateway's address on a private network; undefined while it has none. */
export async function findGatewayAddress(
  site: Site,
  privateNetworkId: string,
): Promise<string | undefined> {
  for (const { id } of await findTagged(site, lister(site))) {
    const [network] = await networksOf(site, id, privateNetworkId)
    if (network?.status === 'ready') return await gatewayAddress(site, network.ipamIpId)
  }
  return undefined
}

/** The networks of the provision's gateways; waits until the networks are gone. */
export async function releaseGatewayNetworks(site: Site, tell: Watch): Promise<void> {
  const { gateway } = site.scaleway
  for (const { id } of await findTagged(site, lister(site))) {
    for (const network of await networksOf(site, id)) {
      if (network.status !== 'detaching')
        await gone(gateway.deleteGatewayNetwork({ gatewayNetworkId: network.id }))
    }
    await watch(site, { what: `gateway ${id} to leave its networks`, withinMs }, async () => {
      const [left] = await networksOf(site, id)
      if (left) tell(`gateway network ${left.status}`)
      return left === undefined ? true : undefined
    })
  }
}

/** Gateways with their addresses; waits until they are gone. Their networks must be released. */
export async function releaseGateways(site: Site, tell: Watch): Promise<void> {
  for (const { id } of await findTagged(site, lister(site))) {
    await release(site, id, { deleteIp: true }, tell)
  }
}

/** Addresses that no gateway took with it. */
export async function releaseGatewayIps(site: Site): Promise<void> {
  const { gateway } = site.scaleway
  const ips = await findTagged(site, (request) => allPages(gateway.listIPs, request))
  for (const { id } of ips) await gone(gateway.deleteIP({ ipId: id }))
}

async function release(
  site: Site,
  id: string,
  { deleteIp }: { readonly deleteIp: boolean },
  tell: Watch,
): Promise<void> {
  await gone(site.scaleway.gateway.deleteGateway({ gatewayId: id, deleteIp }))
  await watch(site, { what: `gateway ${id} to be gone`, withinMs }, async () => {
    tell('gateway being deleted')
    return (await statusOf(site, id)) === undefined ? true : undefined
  })
}

/** One that never came up, found by another run of the work; its address is kept for its successor. */
async function dismissFailed(site: Site, tell: Watch): Promise<void> {
  const found = await findTagged(site, lister(site), 'gateway', 'gateway')
  for (const { id, status } of found.filter((gateway) => gateway.status === 'failed')) {
    if ((await networksOf(site, id)).length > 0 || !(await staysFailed(site, id))) continue
    site.logger.info('a public gateway that stays failed is replaced', { gateway: id, status })
    await release(site, id, { deleteIp: false }, tell)
  }
}

async function staysFailed(site: Site, id: string): Promise<boolean> {
  let failures = 0
  return await watch(site, { what: `gateway ${id} to stay failed`, withinMs }, async () => {
    if ((await statusOf(site, id)) !== 'failed') return false
    return ++failures >= believedFailures ? true : undefined
  })
}

/** Throws EDGE_GATEWAY_FAILED for one that stays failed. */
export async function waitRunning(site: Site, gatewayId: string, tell: Watch): Promise<void> {
  let failures = 0
  await watch(site, { what: `gateway ${gatewayId} to run`, withinMs }, async () => {
    const status = await statusOf(site, gatewayId)
    tell(`gateway ${status ?? 'gone'}`)
    failures = status === 'failed' || status === undefined ? failures + 1 : 0
    if (status === 'locked' || failures >= believedFailures) {
      throw fault('EDGE_GATEWAY_FAILED', `Public gateway ${gatewayId} is ${status ?? 'gone'}`, {
        answer: `${status ?? 'not found'} at ${failures} looks in a row`,
      })
    }
    return status === 'running' ? true : undefined
  })
}

async function statusOf({ scaleway }: Site, gatewayId: string): Promise<string | undefined> {
  try {
    return (await scaleway.gateway.getGateway({ gatewayId })).status
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

async function networksOf({ scaleway }: Site, gatewayId: string, privateNetworkId?: string) {
  const found = await allPages(scaleway.gateway.listGatewayNetworks, {
    gatewayIds: [gatewayId],
    ...(privateNetworkId === undefined ? {} : { privateNetworkIds: [privateNetworkId] }),
  })
  return found.filter(
    (network) => privateNetworkId === undefined || network.privateNetworkId === privateNetworkId,
  )
}

async function gatewayAddress({ scaleway }: Site, ipamIpId: string): Promise<string> {
  const ip = await scaleway.ipam.getIP({ ipId: ipamIpId })
  return addressOf(ip.address)
}

function lister({ scaleway }: Site) {
  return (request: { projectId: string; tags: string[] }) =>
    allPages(scaleway.gateway.listGateways, request)
}
