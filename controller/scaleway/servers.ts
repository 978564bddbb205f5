import { allPages, isGone, tagValue } from '../../lib/scaleway/index.ts'
import { findTagged, type Site } from './site.ts'

export interface Server {
  readonly id: string
  readonly key: string
  readonly status: string
  /** Status of the operating system's installation; undefined before it is asked for. */
  readonly install: string | undefined
  /** Public IPv4; undefined before delivery. */
  readonly address: string | undefined
}

/** A server as Scaleway's API shows it. */
export type ApiServer = Awaited<ReturnType<Site['scaleway']['baremetal']['getServer']>>

/** Scaleway could not deliver or keep it. */
export const hopeless: ReadonlySet<string> = new Set(['out_of_stock', 'error'])

/** Ordered and not there yet; nothing can be asked of it, not even to go. */
export const undelivered: ReadonlySet<string> = new Set(['ordered', 'delivering'])

/** All servers of the provision that are not being deleted, by key. */
export async function findServers(site: Site): Promise<Server[]> {
  const found = await findTagged(site, (request) => listServers(site, request))
  return found
    .filter(({ status }) => status !== 'deleting')
    .map(described)
    .sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }))
}

export function listServers({ scaleway }: Site, request: { projectId: string; tags: string[] }) {
  return allPages(scaleway.baremetal.listServers, request)
}

/** Whether the server of that id answers, whatever its tags say by now. */
export async function isServerThere({ scaleway }: Site, serverId: string): Promise<boolean> {
  try {
    return (await scaleway.baremetal.getServer({ serverId })).status !== 'deleting'
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

export function publicAddress(server: ApiServer): string | undefined {
  return server.ips.find(({ version }) => version === 'IPv4')?.address
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
