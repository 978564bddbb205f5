import { saidIn } from '../../lib/fault/index.ts'
import { isGone } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import { type ApiServer, hopeless, publicAddress } from './servers.ts'
import { type Site, type Watch, watch } from './site.ts'

const deliveredWithinMs = 60 * 60_000
const installedWithinMs = 90 * 60_000
/** A server just ordered may answer 404 for a moment; so many looks in a row are believed. */
const believedAbsences = 6

/** The public IPv4 once the server is delivered. Throws EDGE_SERVER_FAILED, EDGE_SERVER_VANISHED. */
export function waitDelivered(site: Site, id: string, key: string, tell: Watch): Promise<string> {
  return follow(
    site,
    id,
    { what: `${key} (server ${id}) to be delivered`, withinMs: deliveredWithinMs },
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
    { what: `${key} (server ${id}) to be installed`, withinMs: installedWithinMs },
    (server) => {
      const install = server.install?.status ?? 'not asked for'
      tell(`${key}: ${install === 'to_install' ? 'waiting for its installation' : install}`)
      if (install === 'error')
        throw fault('EDGE_INSTALL_FAILED', `The installation of ${key} failed`, {
          object: `server ${server.name} (${id})`,
          answer: `installation ${install}`,
        })
      return install === 'completed' && server.status === 'ready' ? true : undefined
    },
  )
}

/** Removes the user data, which holds the host's key, once the host has it. */
export async function clearUserData({ scaleway }: Site, id: string): Promise<void> {
  const server = await scaleway.baremetal.getServer({ serverId: id })
  if (server.userData) await scaleway.baremetal.updateServer({ serverId: id, userData: '' })
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
        throw fault('EDGE_SERVER_VANISHED', `Server ${id} is gone`, {
          ...saidIn(error),
          cause: error,
        })
      return undefined
    }
  })
}

function failed(server: ApiServer) {
  const details = { object: `${server.name} (${server.id})`, answer: `status ${server.status}` }
  return server.status === 'out_of_stock'
    ? fault('EDGE_OFFER_EMPTY', `No ${server.offerName} is left for ${server.name}`, details)
    : fault('EDGE_SERVER_FAILED', `Server ${server.name} is ${server.status}`, details)
}
