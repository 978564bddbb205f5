import type { Schema } from './datastore-partition.ts'
import type { Billing } from './offers.ts'
import { type ApiServer, listServers } from './servers.ts'
import { ensureTagged, nameOf, type Site, type Watch } from './site.ts'

export interface ServerOrder {
  /** "host-0". */
  readonly key: string
  readonly offerId: string
  readonly billing: Billing
  readonly osId: string
  readonly sshKeyId: string
  /** The private-network option, without which no private network can be attached. */
  readonly optionIds: readonly string[]
  /** How its disks are parted; undefined for the offer’s own layout. */
  readonly partitioning?: Schema | undefined
  /** cloud-config in clear; it is sent in base64, which the SDK leaves to its caller. */
  readonly userData: string
}

/**
 * Two creates of one offer at the same moment make the API answer 500 (terraform-provider #3354): one
 * begins when the last is answered, and so long after that one began.
 */
const apartMs = 1_100

/** Servers that are there to stay. */
export function listStaying(site: Site) {
  return async (request: { projectId: string; tags: string[] }) =>
    (await listServers(site, request)).filter(({ status }) => status !== 'deleting')
}

/** The server of that key, ordered if it is not there; with `more` tags than its own then. */
export function ensureOrdered(
  site: Site,
  order: ServerOrder,
  tell: Watch,
  more: readonly string[] = [],
): Promise<ApiServer> {
  return ensureTagged(site, 'server', order.key, listStaying(site), (tags) =>
    site.turns(`${site.scaleway.connection.projectId} ${order.offerId}`, async () => {
      tell(`ordering ${order.key}`)
      const wanted = request(site, order, [...tags, ...more])
      const begun = site.clock.elapsed()
      const created = await site.scaleway.baremetal.createServer(wanted)
      await site.clock.sleep(Math.max(0, apartMs - (site.clock.elapsed() - begun)))
      return created
    }),
  )
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

/** As an installation is asked for it. */
export function partitioned({ partitioning }: ServerOrder) {
  return partitioning === undefined ? {} : { partitioningSchema: partitioning }
}
