import { mayHaveBeenDone, tagValue } from '../../lib/scaleway/index.ts'
import { ensureOrdered, listStaying, partitioned, type ServerOrder } from './order-server.ts'
import { releaseKey, releaseServer } from './release-server.ts'
import { type ApiServer, hopeless, listServers } from './servers.ts'
import { findTagged, type Site, type Watch } from './site.ts'

/** How often an installation was asked for is told by the server itself: nothing else remembers it. */
const installsTag = 'edgectl-installs'
const replacement = 'edgectl-replacement=yes'
const installsEach = 2

/**
 * The server of that key, ordered if it is not there. One that was never delivered is replaced, and an
 * installation that has failed is begun anew.
 */
export async function ensureServer(site: Site, order: ServerOrder, tell: Watch): Promise<string> {
  await dismissHopeless(site, order.key, tell)
  const server = await ensureOrdered(site, order, tell)
  if (server.install?.status !== 'error') return server.id
  return await installAgain(site, server, order, tell)
}

/**
 * What follows on a failed installation: it is repeated on the same server, and when that has failed
 * before, another server takes its place. Answers which server to wait for; undefined when there is
 * nothing left to try by ourselves: that was done for this key already, or a month was paid for the
 * server, which is only given away when somebody says so.
 */
export async function mendInstall(
  site: Site,
  order: ServerOrder,
  tell: Watch,
): Promise<string | undefined> {
  const [server] = await findTagged(site, listStaying(site), 'server', order.key)
  if (server?.install?.status !== 'error') return server?.id
  const last = order.billing === 'monthly' || server.tags.includes(replacement)
  const spent = installsOf(server) >= installsEach && last
  return spent ? undefined : await installAgain(site, server, order, tell)
}

function installsOf({ tags }: ApiServer): number {
  return Number(tagValue(tags, installsTag) ?? 1)
}

async function installAgain(
  site: Site,
  server: ApiServer,
  order: ServerOrder,
  tell: Watch,
): Promise<string> {
  const { id, tags } = server
  const { key } = order
  const installs = installsOf(server)
  if (installs < installsEach) {
    site.logger.info('an installation that failed is repeated', { server: id, key })
    tell(`installing ${key} again`)
    await reinstall(site, server, order)
    const others = tags.filter((tag) => !tag.startsWith(`${installsTag}=`))
    const counted = [...others, `${installsTag}=${installs + 1}`]
    await site.scaleway.baremetal.updateServer({ serverId: id, tags: counted })
    return id
  }
  site.logger.info('a server that cannot be installed is replaced', { server: id, key })
  tell(`replacing the server of ${key}`)
  await releaseKey(site, key, tell)
  return (await ensureOrdered(site, order, tell, [replacement])).id
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

/** On the same server, which keeps its user data. A lost answer counts when the failure is over. */
async function reinstall({ scaleway }: Site, server: ApiServer, order: ServerOrder): Promise<void> {
  const { baremetal } = scaleway
  try {
    await baremetal.installServer({
      serverId: server.id,
      osId: order.osId,
      hostname: server.install?.hostname ?? server.name.replaceAll('_', '-'),
      sshKeyIds: [order.sshKeyId],
      ...partitioned(order),
    })
  } catch (error) {
    if (!mayHaveBeenDone(error)) throw error
    const now = await baremetal.getServer({ serverId: server.id })
    if (now.install?.status === 'error') throw error
  }
}
