import { Fault } from '../../lib/fault/index.ts'
import type { Scaleway } from '../../lib/scaleway/index.ts'
import { type Schema, withDatastore } from './datastore-partition.ts'
import { fault } from './faults.ts'
import type { Offer } from './offers.ts'
import type { Os } from './operating-systems.ts'

/** What is asked for unless somebody asks for something else; only then must it be a partition. */
export const standardDiskGb = 128

export interface DiskRequest {
  readonly offer: Offer
  readonly os: Os
  readonly diskGb: number
}

export interface ChosenPartitioning {
  /** Undefined: the offer's own layout, the datastores on its root file system. */
  readonly schema: Schema | undefined
  /** Where the datastores will lie: "datastores on a partition of 128 GB". */
  readonly place: string
  /** Why it is not as somebody might expect. */
  readonly notes: readonly string[]
}

/**
 * How the disks are parted so that datastores have the size asked for: by a partition of their own where
 * offer and operating system take one. Where they do not, the standard size is left to the root file
 * system, and another is refused. Throws EDGE_OFFER_UNSUITABLE, EDGE_PARTITION_IMPOSSIBLE.
 */
export async function choosePartitioning(
  scaleway: Scaleway,
  { offer, os, diskGb }: DiskRequest,
): Promise<ChosenPartitioning> {
  checkDisks(offer, diskGb)
  const { schema, answer } = await partitionOf(scaleway, { offer, os, diskGb })
  if (schema !== undefined)
    return { schema, place: `datastores on a partition of ${diskGb} GB`, notes: [] }
  const cannot = `${offer.name} with ${os.name} ${os.version} takes no partitions of our own`
  if (diskGb !== standardDiskGb)
    throw fault('EDGE_PARTITION_IMPOSSIBLE', cannot, answer === undefined ? {} : { answer })
  const place = 'datastores on the root file system'
  return { schema: undefined, place, notes: [`${cannot}: ${place}`] }
}

interface Parted {
  /** Accepted by Scaleway; undefined where none of our own is possible. */
  readonly schema?: Schema
  /** What Scaleway said instead. */
  readonly answer?: string | undefined
}

async function partitionOf(
  { baremetal }: Scaleway,
  { offer, os, diskGb }: DiskRequest,
): Promise<Parted> {
  if (!os.customPartitioningSupported) return {}
  const ids = { offerId: offer.id, osId: os.id }
  try {
    const schema = withDatastore(await baremetal.getDefaultPartitioningSchema(ids), diskGb)
    if (schema === undefined) return {}
    await baremetal.validatePartitioningSchema({ ...ids, partitioningSchema: schema })
    return { schema }
  } catch (error) {
    if (error instanceof Fault && unsupported.has(error.code))
      return { answer: error.details.answer }
    throw error
  }
}

/** The offer takes none, or not this one. */
const unsupported: ReadonlySet<string> = new Set([
  'EDGE_CLOUD_UNSUPPORTED',
  'EDGE_CLOUD_REQUEST_INVALID',
  'EDGE_CLOUD_GONE',
])

/** Disks are mirrored, so one of them must have it all. */
function checkDisks(offer: Offer, diskGb: number): void {
  const largest = Math.max(0, ...offer.disks.map(({ capacity }) => capacity)) / 1e9
  if (offer.disks.length === 0 || largest >= diskGb) return
  throw fault(
    'EDGE_OFFER_UNSUITABLE',
    `${offer.name} has disks of ${Math.floor(largest)} GB, not ${diskGb}`,
  )
}
