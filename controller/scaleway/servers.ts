import { allPages, gone, isGone, mayHaveBeenDone, tagValue } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import { ensureTagged, findTagged, nameOf, type Site, type Watch, watch } from './site.ts'

export interface ServerOrder {
  /** "host-0". */
  readonly key: string
  readonly offerId: string
  readonly osId: string
  readonly sshKeyId: string
  /** The private-network option, without which no private network can be attached. */
  readonly optionIds: readonly string[]
  /** cloud-config in clear; it is sent in base64, which the SDK leaves to its caller. */
  readonly userData: string
}

export interface Server {
  readonly id: string
  readonly key: string
  readonly status: string
  /** Status of the operating system's installation; undefined before it is asked for. */
  readonly install: string | undefined
  /** Public IPv4; undefined before delivery. */
  readonly address: string | undefined
}

type ApiServer = Awaited<ReturnType<Site['scaleway']['baremetal']['getServer']>>

const deliveredWithinMs = 60 * 60_000
const installedWithinMs = 90 * 60_000
const deletedWithinMs = 60 * 60_000
/** Two creates of one offer at the same moment make the API answer 500 (terraform-provider #3354). */
const betweenCreatesMs = 2_000
/** A server just ordered may answer 404 for a moment; so many looks in a row are believed. */
const believedAbsences = 6

const hopeless: ReadonlySet<string> = new Set(['out_of_stock', 'error'])
const undelivered: ReadonlySet<string> = new Set(['ordered', 'delivering'])

/** The server of that key, ordered if it is not there; one that was never delivered is replaced. */
export async function ensureServer(site: Site, order: ServerOrder, tell: Watch): Promise<string> {
  await dismissHopeless(site, order.key, tell)
  const server = await ensureTagged(
    site,
    'server',
    order.key,
    async (request) => (await list(site, request)).filter(({ status }) => status !== 'deleting'),
    (tags) =>
      site.turns(`${site.scaleway.connection.projectId} ${order.offerId}`, async () => {
        tell(`ordering ${order.key}`)
        const created = await site.scaleway.baremetal.createServer(request(site, order, tags))
        await site.clock.sleep(betweenCreatesMs)
        return created
      }),
  )
  if (server.install?.status === 'error') await reinstall(site, server, order)
  return server.id
}

/** The public IPv4 once the server is delivered. Throws EDGE_SERVER_FAILED, EDGE_SERVER_VANISHED. */
export function waitDelivered(site: Site, id: string, key: string, tell: Watch): Promise<string> {
  return follow(
    site,
    id,
    { what: `${key} to be delivered`, withinMs: deliveredWithinMs },
    (server) => {
      tell(`${key}: ${server.status}`)
      return server.status === 'ready' ? publicAddress(server) : undefined
    },
  )
}

/**
 * Until the operating system is on it: `ready` alone comes minutes earlier, and ping answers from
 * the installer already. Throws EDGE_INSTALL_FAILED, EDGE_SERVER_FAILED, EDGE_SERVER_VANISHED.
 */
export async function waitInstalled(
  site: Site,
  id: string,
  key: string,
  tell: Watch,
): Promise<void> {
  await follow(
    site,
    id,
    { what: `${key} to be installed`, withinMs: installedWithinMs },
    (server) => {
      const install = server.install?.status ?? 'not asked for'
      tell(`${key}: ${install === 'to_install' ? 'waiting for its installation' : install}`)
      if (install === 'error')
        throw fault('EDGE_INSTALL_FAILED', `The installation of ${key} failed`, { object: id })
      return install === 'completed' && server.status === 'ready' ? true : undefined
    },
  )
}

/** Removes the user data, which holds the host's key, once the host has it. */
export async function clearUserData({ scaleway }: Site, id: string): Promise<void> {
  const server = await scaleway.baremetal.getServer({ serverId: id })
  if (server.userData) await scaleway.baremetal.updateServer({ serverId: id, userData: '' })
}

/** All servers of the provision that are not being deleted, by key. */
export async function findServers(site: Site): Promise<Server[]> {
  const found = await findTagged(site, (request) => list(site, request))
  return found
    .filter(({ status }) => status !== 'deleting')
    .map(described)
    .sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }))
}

/** Deletes a server and waits until Scaleway has forgotten it. Its private networks must be detached. */
export async function releaseServer(site: Site, id: string, tell: Watch): Promise<void> {
  const { baremetal } = site.scaleway
  const look = async (): Promise<ApiServer | undefined> => {
    try {
      return await baremetal.getServer({ serverId: id })
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }
  // Before delivery the API refuses to delete.
  await watch(site, { what: 'a server to be deletable', withinMs: deliveredWithinMs }, async () => {
    const server = await look()
    if (server && undelivered.has(server.status)) {
      tell(`server ${id} ${server.status}, cannot be deleted yet`)
      return undefined
    }
    if (server && server.status !== 'deleting') await gone(baremetal.deleteServer({ serverId: id }))
    return true
  })
  await watch(site, { what: 'a server to be gone', withinMs: deletedWithinMs }, async () => {
    const server = await look()
    if (server) tell(`server ${id} ${server.status}`)
    return server === undefined ? true : undefined
  })
}

async function dismissHopeless(site: Site, key: string, tell: Watch): Promise<void> {
  const servers = await findTagged(site, (request) => list(site, request), 'server', key)
  for (const server of servers) {
    const neverInstalled = server.install?.status !== 'completed'
    if (hopeless.has(server.status) && neverInstalled) {
      site.logger.info('a server that was never delivered is replaced', { server: server.id, key })
      await releaseServer(site, server.id, tell)
    }
  }
}

function request(site: Site, order: ServerOrder, tags: string[]) {
  const name = nameOf(site, order.key)
  return {
    name,
    description: `edgectl provision ${site.identity.provisionId}`,
    tags,
    offerId: order.offerId,
    optionIds: [...order.optionIds],
    protected: false,
    userData: Buffer.from(order.userData).toString('base64'),
    install: {
      osId: order.osId,
      hostname: name.replaceAll('_', '-'),
      sshKeyIds: [order.sshKeyId],
    },
  }
}

/** On the same server, which keeps its user data; whether a lost request was taken shows in the wait. */
async function reinstall({ scaleway }: Site, server: ApiServer, order: ServerOrder): Promise<void> {
  try {
    await scaleway.baremetal.installServer({
      serverId: server.id,
      osId: order.osId,
      hostname: server.install?.hostname ?? server.name.replaceAll('_', '-'),
      sshKeyIds: [order.sshKeyId],
    })
  } catch (error) {
    if (!mayHaveBeenDone(error)) throw error
  }
}

async function follow<T>(
  site: Site,
  id: string,
  options: { what: string; withinMs: number },
  look: (server: ApiServer) => T | undefined,
): Promise<T> {
  let absences = 0
  return await watch(site, options, async () => {
    try {
      const server = await site.scaleway.baremetal.getServer({ serverId: id })
      absences = 0
      if (hopeless.has(server.status) || server.status === 'locked' || server.status === 'deleting')
        throw failed(server)
      return look(server)
    } catch (error) {
      if (!isGone(error)) throw error
      if (++absences >= believedAbsences)
        throw fault('EDGE_SERVER_VANISHED', `Server ${id} is gone`, { cause: error })
      return undefined
    }
  })
}

function failed(server: ApiServer) {
  const object = `${server.name} (${server.id})`
  return server.status === 'out_of_stock'
    ? fault('EDGE_OFFER_EMPTY', `No ${server.offerName} is left for ${server.name}`, { object })
    : fault('EDGE_SERVER_FAILED', `Server ${server.name} is ${server.status}`, { object })
}

function list({ scaleway }: Site, request: { projectId: string; tags: string[] }) {
  return allPages(scaleway.baremetal.listServers, request)
}

function described(server: ApiServer): Server {
  return {
    id: server.id,
    key: tagValue(server.tags, 'key') ?? server.name,
    status: server.status,
    install: server.install?.status,
    address: publicAddress(server),
  }
}

function publicAddress(server: ApiServer): string | undefined {
  return server.ips.find(({ version }) => version === 'IPv4')?.address
}
