import t from 'tap'
import { type Schema, withDatastore } from '../../../controller/scaleway/datastore-partition.ts'

const partition = (label: string, number: number, size: number) => ({
  label,
  number,
  size,
  useAllAvailableSpace: false,
})

/** The layout that Scaleway answered for EM-I215E-NVME with Ubuntu 22.04. */
const recorded = {
  disks: [
    {
      device: '/dev/nvme0n1',
      partitions: [
        partition('uefi', 1, 536870912),
        partition('swap', 2, 4294967296),
        partition('boot', 3, 536870912),
        partition('root', 4, 1915003863040),
      ],
    },
    {
      device: '/dev/nvme1n1',
      partitions: [
        partition('swap', 1, 4294967296),
        partition('boot', 2, 536870912),
        partition('root', 3, 1915003863040),
      ],
    },
  ],
  filesystems: [
    { device: '/dev/nvme0n1p1', format: 'fat32', mountpoint: '/boot/efi' },
    { device: '/dev/md0', format: 'ext4', mountpoint: '/boot' },
    { device: '/dev/md1', format: 'ext4', mountpoint: '/' },
  ],
  raids: [
    { name: '/dev/md0', level: 'raid_level_1', devices: ['/dev/nvme0n1p3', '/dev/nvme1n1p2'] },
    { name: '/dev/md1', level: 'raid_level_1', devices: ['/dev/nvme0n1p4', '/dev/nvme1n1p3'] },
  ],
  zfs: { pools: [] },
} as unknown as Schema

const sizes = (schema: Schema | undefined) =>
  schema?.disks.map(({ partitions }) => partitions.reduce((sum, { size }) => sum + size, 0))

t.test('the datastores’ partition is mirrored like the root and taken from it', async (t) => {
  const parted = withDatastore(recorded, 500)
  t.match(parted?.disks[0]?.partitions.at(-1), { label: 'data', number: 5 })
  t.match(parted?.disks[1]?.partitions.at(-1), { label: 'data', number: 4 })
  t.same(parted?.raids.at(-1), {
    name: '/dev/md2',
    level: 'raid_level_1',
    devices: ['/dev/nvme0n1p5', '/dev/nvme1n1p4'],
  })
  t.same(parted?.filesystems.at(-1), {
    device: '/dev/md2',
    format: 'ext4',
    mountpoint: '/var/lib/one/datastores',
  })
  t.same(sizes(parted), sizes(recorded), 'the disks are as full as before')
  const size = parted?.disks[0]?.partitions.at(-1)?.size ?? 0
  t.ok(size >= 500e9 && size < 500e9 + 2 ** 20)
  t.equal(size % 2 ** 20, 0)
})

t.test(
  'a size that leaves no room for the system is refused, with the largest that does',
  async (t) => {
    t.ok(withDatastore(recorded, 1890))
    t.throws(() => withDatastore(recorded, 1900), {
      code: 'EDGE_OFFER_UNSUITABLE',
      message: 'The disks have room for 1895 GB of datastores',
    })
  },
)

t.test('striped and parity arrays give each disk its share', async (t) => {
  const of = (level: string, disks: number) => {
    const names = Array.from({ length: disks }, (_, n) => `/dev/sd${'abcd'[n]}`)
    return withDatastore(
      {
        disks: names.map((device) => ({ device, partitions: [partition('root', 1, 1e12)] })),
        raids: [{ name: '/dev/md0', level, devices: names.map((name) => `${name}1`) }],
        filesystems: [{ device: '/dev/md0', format: 'ext4', mountpoint: '/' }],
      } as unknown as Schema,
      600,
    )
  }
  const share = (schema: Schema | undefined) =>
    Math.round((schema?.disks[0]?.partitions.at(-1)?.size ?? 0) / 1e9)
  t.equal(share(of('raid_level_0', 2)), 300)
  t.equal(share(of('raid_level_5', 4)), 200)
  t.equal(share(of('raid_level_6', 4)), 300)
  t.equal(share(of('raid_level_10', 4)), 300)
  t.same(of('raid_level_5', 3)?.raids.at(-1)?.devices, ['/dev/sda2', '/dev/sdb2', '/dev/sdc2'])
  t.equal(of('raid_level_77', 2), undefined)
})

t.test('one disk without an array has the partition on itself', async (t) => {
  const single = {
    disks: [{ device: '/dev/sda', partitions: [partition('root', 1, 1e12)] }],
    raids: [],
    filesystems: [{ device: '/dev/sda1', format: 'ext4', mountpoint: '/' }],
  } as unknown as Schema
  t.equal(withDatastore(single, 100)?.filesystems.at(-1)?.device, '/dev/sda2')
  t.equal(withDatastore({ ...single, filesystems: [] }, 100), undefined, 'no root to take it from')
  const lost = { ...single, filesystems: [{ ...single.filesystems[0], device: '/dev/sdb1' }] }
  t.equal(withDatastore(lost as Schema, 100), undefined, 'a root that is nowhere')
})
