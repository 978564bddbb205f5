import { isTransient } from '../../lib/clock/index.ts'
import { allPages, isGoneOrDenied } from '../../lib/scaleway/index.ts'
import { findTagged, type Site, type Watch, watch } from './site.ts'

const releasedWithinMs = 15 * 60_000
const settled: ReadonlySet<string> = new Set(['ready', 'attached', 'error', 'locked', 'unknown'])

/** The provision's flexible IPs, all pages; those of one key if it is given. */
export function findFlexibleIps(site: Site, key?: string) {
  const list = (request: { projectId: string; tags: string[] }) =>
    allPages(site.scaleway.flexibleIp.listFlexibleIPs, request)
  return key === undefined ? findTagged(site, list) : findTagged(site, list, 'flexible-ip', key)
}

/**
 * Takes all the provision's addresses off a server that goes. They live on: virtual machines that went
 * to other hosts have theirs attached there.
 */
export async function detachFlexibleIps(site: Site, server: string, tell: Watch): Promise<void> {
  const { flexibleIp } = site.scaleway
  await watch(
    site,
    { what: 'a server to have no flexible IP', withinMs: releasedWithinMs },
    async () => {
      // One in error or locked is let go of with the server.
      const left = (await findFlexibleIps(site)).filter(
        (ip) => ip.serverId === server && (ip.status === 'attached' || !settled.has(ip.status)),
      )
      if (left.length === 0) return true
      tell(`flexible IPs: ${left.map((ip) => `${ip.ipAddress} ${ip.status}`).join(', ')}`)
      for (const { id, status } of left)
        if (status === 'attached') await attempt(flexibleIp.detachFlexibleIP({ fipsIds: [id] }))
      return undefined
    },
  )
}

/**
 * Releases every flexible IP with the provision's tags, or the one of a key: detached, settled, deleted. Ids of flexible
 * IPs are records of a pool and may belong to somebody else a moment later, so only what the list
 * shows with our tags is touched, and only the list says that one is gone.
 */
export async function releaseFlexibleIps(site: Site, tell: Watch, key?: string): Promise<void> {
  const { flexibleIp } = site.scaleway
  await watch(
    site,
    {
      what: `the flexible IPs of provision ${site.identity.provisionId} to be gone`,
      withinMs: releasedWithinMs,
    },
    async () => {
      const left = await findFlexibleIps(site, key)
      if (left.length === 0) return true
      tell(`flexible IPs: ${left.map((ip) => `${ip.ipAddress} ${ip.status}`).join(', ')}`)
      for (const { id, status } of left.filter((ip) => settled.has(ip.status))) {
        if (status === 'attached') await attempt(flexibleIp.detachFlexibleIP({ fipsIds: [id] }))
        else await attempt(flexibleIp.deleteFlexibleIP({ fipId: id }))
      }
      return undefined
    },
  )
}

/** 403 is also what Scaleway answers for an address that is gone; the next list decides. */
async function attempt(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isGoneOrDenied(error) && !isTransient(error)) throw error
  }
}
