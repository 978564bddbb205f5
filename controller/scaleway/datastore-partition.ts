import type { Scaleway } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'

/** How the disks of a server are parted, as Scaleway's API takes and shows it. */
export type Schema = Awaited<ReturnType<Scaleway['baremetal']['getDefaultPartitioningSchema']>>

/** Where OpenNebula keeps the disks of virtual machines on a host. */
export const datastorePath = '/var/lib/one/datastores'

/** What the system itself keeps, so that it can be installed and updated. */
const rootGb = 20
const mebibyte = 2 ** 20

/**
 * The offer's own layout with a partition of that size for the datastores, taken from the root
 * partition, on the same disks and mirrored the same way. Undefined for a layout without a plain root.
 * Throws EDGE_OFFER_UNSUITABLE when the system would have too little left.
 */
export function withDatastore(schema: Schema, sizeGb: number): Schema | undefined {
  const root = schema.filesystems.find(({ mountpoint }) => mountpoint === '/')
  if (root === undefined) return undefined
  const raid = schema.raids.find(({ name }) => name === root.device)
  const places = (raid?.devices ?? [root.device]).map((device) => placeOf(schema, device))
  const data = dataDisks(raid?.level, places.length)
  if (data === undefined || places.some((place) => place === undefined)) return undefined
  const share = Math.ceil((sizeGb * 1e9) / data / mebibyte) * mebibyte
  const parted = places.flatMap((place) => (place ? [part(place, share, data)] : []))
  const devices = parted.map(({ device }) => device)
  const array = raid && { name: nextArray(schema), level: raid.level, devices }
  const byDevice = new Map(parted.map(({ disk }) => [disk.device, disk]))
  return {
    ...schema,
    disks: schema.disks.map((disk) => byDevice.get(disk.device) ?? disk),
    raids: array ? [...schema.raids, array] : schema.raids,
    filesystems: [
      ...schema.filesystems,
      { device: array?.name ?? devices[0] ?? '', format: 'ext4', mountpoint: datastorePath },
    ],
  }
}

type Disk = Schema['disks'][number]
type Partition = Disk['partitions'][number]

interface Place {
  readonly disk: Disk
  readonly partition: Partition
}

function placeOf({ disks }: Schema, device: string): Place | undefined {
  for (const disk of disks)
    for (const partition of disk.partitions)
      if (deviceOf(disk, partition.number) === device) return { disk, partition }
  return undefined
}

function part({ disk, partition: root }: Place, share: number, data: number) {
  const left = root.size - share
  if (!root.useAllAvailableSpace && left < (rootGb * 1e9) / data) {
    const most = Math.floor((root.size * data) / 1e9) - rootGb
    throw fault('EDGE_OFFER_UNSUITABLE', `The disks have room for ${most} GB of datastores`, {
      hint: `Choose a smaller instance_disk_size, or another instance_type.`,
    })
  }
  const number = Math.max(...disk.partitions.map((one) => one.number)) + 1
  const shrunk = root.useAllAvailableSpace ? root : { ...root, size: left }
  const added: Partition = { label: 'data', number, size: share, useAllAvailableSpace: false }
  const partitions = disk.partitions.map((one) => (one === root ? shrunk : one))
  return { disk: { ...disk, partitions: [...partitions, added] }, device: deviceOf(disk, number) }
}

/** `/dev/sda` has `/dev/sda1`, `/dev/nvme0n1` has `/dev/nvme0n1p1`. */
function deviceOf({ device }: Disk, number: number): string {
  return /\d$/.test(device) ? `${device}p${number}` : `${device}${number}`
}

/** How many disks' worth of room an array of that level has; undefined for one that is unknown. */
function dataDisks(level: string | undefined, disks: number): number | undefined {
  switch (level) {
    case undefined:
    case 'raid_level_1':
      return 1
    case 'raid_level_0':
      return disks
    case 'raid_level_5':
      return disks - 1
    case 'raid_level_6':
      return disks - 2
    case 'raid_level_10':
      return disks / 2
    default:
      return undefined
  }
}

function nextArray({ raids }: Schema): string {
  const numbers = raids.map(({ name }) => Number(/^\/dev\/md(\d+)$/.exec(name)?.[1] ?? -1))
  return `/dev/md${Math.max(-1, ...numbers) + 1}`
}
