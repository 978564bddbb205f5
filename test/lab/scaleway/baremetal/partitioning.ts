import { untyped } from '../transport/errors.ts'
import { systemsOf } from './catalogue.ts'
import { type Hardware, hardware } from './hardware.ts'
import type { Offer, Schema } from './model.ts'
import { partitionDevice } from './partition-device.ts'
import { checkSchema } from './partitioning-rules.ts'

const gigabyte = 1e9
const sizes = { uefi: 536_870_912, swap: 4_294_967_296, boot: 536_870_912 }

/** Answered where offer or operating system take no partitions of the customer's own. */
const unsupported = () => untyped(404, 'Custom Partitioning not supported')

/** The layout a server of that offer gets by itself: everything mirrored over all disks. */
export function defaultSchema(zone: string, offer: Offer, osId: string): Schema {
  return layout(needMachine(zone, offer, osId))
}

/** Throws what is wrong with a customer's layout for that offer. */
export function needSchema(zone: string, offer: Offer, osId: string, schema: unknown): Schema {
  const machine = needMachine(zone, offer, osId)
  const disks = machine.disks.map((size, index) => ({
    device: diskDevice(machine, index),
    bytes: size * gigabyte,
  }))
  return checkSchema(schema, disks)
}

function needMachine(zone: string, offer: Offer, osId: string): Hardware {
  const machine = hardware.find(({ name }) => name === offer.name)
  const os = systemsOf(zone).find(({ id }) => id === osId)
  if (!machine?.partitioning || !os?.['custom_partitioning_supported']) throw unsupported()
  return machine
}

function layout(machine: Hardware): Schema {
  const devices = machine.disks.map((_, index) => diskDevice(machine, index))
  const disks = devices.map((device, index) => {
    const labels = index === 0 ? (['uefi', 'swap', 'boot'] as const) : (['swap', 'boot'] as const)
    const used = labels.reduce((sum, label) => sum + sizes[label], 0)
    const bytes = (machine.disks[index] ?? 0) * gigabyte
    return {
      device,
      partitions: [
        ...labels.map((label, at) => partition(label, at + 1, sizes[label])),
        partition('root', labels.length + 1, bytes - used - 2 * sizes.uefi),
      ],
    }
  })
  const members = (label: string) =>
    disks.flatMap(({ device, partitions }) =>
      partitions
        .filter((one) => one.label === label)
        .map(({ number }) => partitionDevice(device, number)),
    )
  const mirrored = disks.length > 1
  const place = (label: string, array: string) => (mirrored ? array : (members(label)[0] ?? ''))
  return {
    disks,
    raids: mirrored
      ? [
          { name: '/dev/md0', level: 'raid_level_1', devices: members('boot') },
          { name: '/dev/md1', level: 'raid_level_1', devices: members('root') },
        ]
      : [],
    filesystems: [
      { device: members('uefi')[0] ?? '', format: 'fat32', mountpoint: '/boot/efi' },
      { device: place('boot', '/dev/md0'), format: 'ext4', mountpoint: '/boot' },
      { device: place('root', '/dev/md1'), format: 'ext4', mountpoint: '/' },
    ],
    zfs: { pools: [] },
  }
}

const partition = (label: string, number: number, size: number) => ({
  label,
  number,
  size,
  use_all_available_space: false,
})

const diskDevice = ({ disk }: Hardware, index: number) =>
  disk === 'NVMe' ? `/dev/nvme${index}n1` : `/dev/sd${'abcdefgh'[index]}`
