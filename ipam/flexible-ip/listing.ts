import { sentenceOf } from '../../lib/fault/index.ts'
import { allPages, carries, wantedTags } from '../../lib/scaleway/index.ts'
import { type CloudAddress, isOurs } from './address-tags.ts'
import type { FlexibleIpPorts, ProvisionCloud } from './flexible-ips.ts'

/** All flexible IPs with a provision's tags; Scaleway's own tag filter matches any of the tags. */
export async function provisionAddresses(cloud: ProvisionCloud): Promise<CloudAddress[]> {
  const { identity } = cloud
  const some = wantedTags(identity).filter((tag) => tag.startsWith('provision='))
  return (await listed(cloud, some)).filter((fip) => isOurs(fip, identity))
}

/**
 * All flexible IPs of this cloud in every project and zone it uses. One that cannot be read is
 * passed over with a warning: its addresses are in oned's ranges too, and a provider with an expired
 * key must not keep every other from getting addresses.
 */
export async function allAddresses(ports: FlexibleIpPorts): Promise<CloudAddress[]> {
  const places = new Map<string, ProvisionCloud>()
  for (const cloud of await ports.provisions()) {
    const { projectId, zone } = cloud.scaleway.connection
    places.set(`${projectId}/${zone}`, cloud)
  }
  const perPlace = await Promise.all(
    [...places].map(async ([place, cloud]) => {
      try {
        const ours = [`cloud=${cloud.identity.cloud}`]
        return (await listed(cloud, ours)).filter(({ tags }) => carries(tags, ours))
      } catch (error) {
        ports.logger.warn('flexible IPs of a project cannot be listed', {
          place,
          cause: sentenceOf(error),
        })
        return []
      }
    }),
  )
  return perPlace.flat()
}

async function listed({ scaleway }: ProvisionCloud, tags: string[]): Promise<CloudAddress[]> {
  const { flexibleIp, connection } = scaleway
  return await allPages((request) => flexibleIp.listFlexibleIPs(request), {
    projectId: connection.projectId,
    tags,
  })
}
