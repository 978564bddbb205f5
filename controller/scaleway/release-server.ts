import { gone, isGone } from '../../lib/scaleway/index.ts'
import { detach } from './private-nic.ts'
import { type ApiServer, listServers, undelivered } from './servers.ts'
import { findTagged, type Site, type Watch, watch } from './site.ts'

const deliveredWithinMs = 60 * 60_000
const deletedWithinMs = 60 * 60_000
const listedWithinMs = 5 * 60_000

/** Before delivery the API refuses to delete. */
export async function waitDeletable(site: Site, id: string, tell: Watch): Promise<void> {
  const options = { what: `server ${id} to be deletable`, withinMs: deliveredWithinMs }
  await watch(site, options, async () => {
    const server = await look(site, id)
    if (!server || !undelivered.has(server.status)) return true
    tell(`server ${id} ${server.status}, cannot be deleted yet`)
    return undefined
  })
}

async function look({ scaleway }: Site, id: string): Promise<ApiServer | undefined> {
  try {
    return await scaleway.baremetal.getServer({ serverId: id })
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Deletes a server and waits until Scaleway has forgotten it. Its private networks must be detached. */
export async function releaseServer(site: Site, id: string, tell: Watch): Promise<void> {
  const { baremetal } = site.scaleway
  await waitDeletable(site, id, tell)
  const there = await look(site, id)
  if (there && there.status !== 'deleting') await gone(baremetal.deleteServer({ serverId: id }))
  await watch(site, { what: 'a server to be gone', withinMs: deletedWithinMs }, async () => {
    const server = await look(site, id)
    if (server) tell(`server ${id} ${server.status}`)
    return server === undefined ? true : undefined
  })
}

/**
 * Takes the server of that key off its networks and deletes it; one that a controller before us has
 * begun to delete is waited for. Only a listing proves that it is gone.
 */
export async function releaseKey(site: Site, key: string, tell: Watch): Promise<void> {
  const find = () => findTagged(site, (request) => listServers(site, request), 'server', key)
  for (const { id, status } of await find()) {
    if (status !== 'deleting') await detach(site, id, tell)
    await releaseServer(site, id, tell)
  }
  await watch(site, { what: `${key} to be listed no more`, withinMs: listedWithinMs }, async () =>
    (await find()).length === 0 ? true : undefined,
  )
}
