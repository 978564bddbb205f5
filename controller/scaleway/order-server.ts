import { mayHaveBeenDone } from '../../lib/scaleway/index.ts'
import type { Schema } from './datastore-partition.ts'
import { releaseServer } from './release-server.ts'
import { type ApiServer, hopeless, listServers } from './servers.ts'
import { ensureTagged, findTagged, nameOf, type Site, type Watch } from './site.ts'

export interface ServerOrder {
  /** "host-0". */
  readonly key: string
  readonly offerId: string
  readonly osId: string
  readonly sshKeyId: string
  /** The private-network option, without which no private network can be attached. */
  readonly optionIds: readonly string[]
  /** How its disks are parted; undefined for the offer’s own layout. */
  readonly partitioning?: Schema | undefined
  /** cloud-config in clear; it is sent in base64, which the SDK leaves to its caller. */
  readonly userData: string
}

/** Two creates of one offer at the same moment make the API answer 500 (terraform-provider #3354). */
const betweenCreatesMs = 2_000

/** The server of that key, ordered if it is not there; one that was never delivered is replaced. */
export async function ensureServer(site: Site, order: ServerOrder, tell: Watch): Promise<string> {
  await dismissHopeless(site, order.key, tell)
  const server = await ensureTagged(
    site,
    'server',
    order.key,
    async (request) =>
      (await listServers(site, request)).filter(({ status }) => status !== 'deleting'),
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

async function dismissHopeless(site: Site, key: string, tell: Watch): Promise<void> {
  const servers = await findTagged(site, (request) => listServers(site, request), 'server', key)
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
      ...partitioned(order),
    },
  }
}

function partitioned({ partitioning }: ServerOrder) {
  return partitioning === undefined ? {} : { partitioningSchema: partitioning }
}

/** On the same server, which keeps its user data; whether a lost request was taken shows in the wait. */
async function reinstall({ scaleway }: Site, server: ApiServer, order: ServerOrder): Promise<void> {
  try {
    await scaleway.baremetal.installServer({
      serverId: server.id,
      osId: order.osId,
      hostname: server.install?.hostname ?? server.name.replaceAll('_', '-'),
      sshKeyIds: [order.sshKeyId],
      ...partitioned(order),
    })
  } catch (error) {
    if (!mayHaveBeenDone(error)) throw error
  }
}
