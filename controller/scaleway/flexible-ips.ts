import { isTransient } from '../../lib/clock/index.ts'
import { allPages, isGoneOrDenied } from '../../lib/scaleway/index.ts'
import { findTagged, type Site, type Watch, watch } from './site.ts'

const releasedWithinMs = 15 * 60_000
const settled: ReadonlySet<string> = new Set(['ready', 'attached', 'error', 'locked', 'unknown'])

/** The provision's flexible IPs, all pages. */
export function findFlexibleIps(site: Site) {
  return findTagged(site, (request) => allPages(site.scaleway.flexibleIp.listFlexibleIPs, request))
}

/**
 * Releases every flexible IP with the provision's tags: detached, settled, deleted. Ids of flexible
 * IPs are records of a pool and may belong to somebody else a moment later, so only what the list
 * shows with our tags is touched, and only the list says that one is gone.
 */
export async function releaseFlexibleIps(site: Site, tell: Watch): Promise<void> {
  const { flexibleIp } = site.scaleway
  await watch(
    site,
    {
      what: `the flexible IPs of provision ${site.identity.provisionId} to be gone`,
      withinMs: releasedWithinMs,
    },
    async () => {
      const left = await findFlexibleIps(site)
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
