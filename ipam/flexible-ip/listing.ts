import { sentenceOf } from '../../lib/fault/index.ts'
import { allPages, carries, wantedTags } from '../../lib/scaleway/index.ts'
import { addressFrom, type CloudAddress, isOurs } from './address-tags.ts'
import type { FlexibleIpPorts, ProvisionCloud, Survey } from './flexible-ips.ts'

const surveyMs = 20_000

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
  const { clouds } = await ports.provisions()
  const places = Map.groupBy(clouds, ({ scaleway: { connection } }) =>
    [connection.projectId, connection.zone].join('/'),
  )
  const perPlace = await Promise.all(
    [...places].map(([place, keys]) => addressesOf(place, keys, ports)),
  )
  return perPlace.flat()
}

/** All provisions' addresses, and the ids of provisions whose addresses could not be listed. */
export async function survey(ports: FlexibleIpPorts): Promise<Survey> {
  const { clouds, unknown } = await ports.provisions()
  const unlisted = new Set(unknown)
  const found = await Promise.all(
    clouds.map(async (known) => {
      const cloud = { ...known, scaleway: known.scaleway.within({ patienceMs: surveyMs }) }
      const { provisionId } = known.identity
      try {
        const addresses = (await provisionAddresses(cloud)).flatMap((fip) => addressFrom(fip) ?? [])
        return addresses.map((address) => ({ ...address, provisionId }))
      } catch (error) {
        const cause = sentenceOf(error)
        ports.logger.warn('flexible IPs cannot be listed', { provision: provisionId, cause })
        unlisted.add(provisionId)
        return []
      }
    }),
  )
  return { addresses: found.flat(), unlisted }
}

/** With the first key that works: several providers may share a project. */
async function addressesOf(
  place: string,
  keys: readonly ProvisionCloud[],
  { logger }: FlexibleIpPorts,
): Promise<CloudAddress[]> {
  for (const cloud of keys) {
    try {
      const ours = [`cloud=${cloud.identity.cloud}`]
      return (await listed(cloud, ours)).filter(({ tags }) => carries(tags, ours))
    } catch (error) {
      const cause = sentenceOf(error)
      logger.warn('flexible IPs of a project cannot be listed', { place, cause })
    }
  }
  return []
}

async function listed({ scaleway }: ProvisionCloud, tags: string[]): Promise<CloudAddress[]> {
  const { flexibleIp, connection } = scaleway
  return await allPages((request) => flexibleIp.listFlexibleIPs(request), {
    projectId: connection.projectId,
    tags,
  })
}
