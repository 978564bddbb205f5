import t from 'tap'
import { createCustomer, publicKey } from './customer.ts'
import { simulatedProject } from './index.ts'

const offers = {
  nvme: '206ea234-9097-4ae1-af68-6d2be09f47ed',
  nvmeMonthly: '8852ff25-c867-4d58-a1f8-40b9968119b7',
  /** Recorded: it takes no partitions of one's own. */
  sata: 'a204136d-656b-44b7-9735-88ca2f62cb1f',
}
const ubuntu = '96e5f0f2-d216-4de2-8a15-68730d877885'
const custom = '52a2423a-3fbc-4fc0-8ac6-91735a2aa47d'

t.test('the default layout is the recorded one, and valid', async (t) => {
  const { metal } = await customer(t)
  const schema = await metal.getDefaultPartitioningSchema({ offerId: offers.nvme, osId: ubuntu })
  t.match(schema, {
    disks: [
      {
        device: '/dev/nvme0n1',
        partitions: [
          { label: 'uefi', number: 1, size: 536870912, useAllAvailableSpace: false },
          { label: 'swap', number: 2, size: 4294967296 },
          { label: 'boot', number: 3, size: 536870912 },
          { label: 'root', number: 4 },
        ],
      },
      {
        device: '/dev/nvme1n1',
        partitions: [{ label: 'swap' }, { label: 'boot' }, { label: 'root' }],
      },
    ],
    raids: [
      { name: '/dev/md0', level: 'raid_level_1', devices: ['/dev/nvme0n1p3', '/dev/nvme1n1p2'] },
      { name: '/dev/md1', devices: ['/dev/nvme0n1p4', '/dev/nvme1n1p3'] },
    ],
    filesystems: [
      { device: '/dev/nvme0n1p1', format: 'fat32', mountpoint: '/boot/efi' },
      { device: '/dev/md0', format: 'ext4', mountpoint: '/boot' },
      { device: '/dev/md1', format: 'ext4', mountpoint: '/' },
    ],
    zfs: { pools: [] },
  })
  await metal.validatePartitioningSchema({
    ...{ offerId: offers.nvmeMonthly, osId: ubuntu, partitioningSchema: schema },
  })
})

t.test('an offer or a system without custom partitioning answers 404, as recorded', async (t) => {
  const { metal } = await customer(t)
  for (const ids of [
    { offerId: offers.sata, osId: ubuntu },
    { offerId: offers.nvme, osId: custom },
  ])
    await t.rejects(metal.getDefaultPartitioningSchema(ids), {
      status: 404,
      message: /Custom Partitioning not supported/,
    })
})

t.test('a layout that no installer could make is refused', async (t) => {
  const { metal, iam } = await customer(t)
  const ids = { offerId: offers.nvme, osId: ubuntu }
  const good = await metal.getDefaultPartitioningSchema(ids)
  const key = await iam.createSSHKey({ name: 'k', publicKey })
  type Schema = typeof good
  const broken: Record<string, (schema: Schema) => void> = {
    'larger than the disk': ({ disks: [disk] }) => {
      const root = disk?.partitions.at(-1)
      if (root) root.size *= 2
    },
    'not numbered from 1': ({ disks: [disk] }) => {
      const root = disk?.partitions.at(-1)
      if (root) root.number = 9
    },
    'there is no disk /dev/sdz': ({ disks: [disk] }) => {
      if (disk) disk.device = '/dev/sdz'
    },
    'unknown label': ({ disks: [disk] }) => {
      const root = disk?.partitions.at(-1)
      if (root) root.label = 'datastores' as never
    },
    'there is no partition': ({ raids: [array] }) => {
      if (array) array.devices = ['/dev/nvme0n1p3', '/dev/nvme1n1p9']
    },
    'too few members': ({ raids: [array] }) => array?.devices.pop(),
    'is in two arrays': ({ raids: [first, second] }) => {
      if (first && second) second.devices = [...first.devices]
    },
    'bad mount point': ({ filesystems }) => {
      const [, boot] = filesystems
      if (boot) boot.mountpoint = '/'
    },
    'no file system fits': ({ filesystems: [first] }) => {
      if (first) first.device = '/dev/nvme0n1p3'
    },
    'no root file system': ({ filesystems }) => filesystems.pop(),
  }
  for (const [message, spoil] of Object.entries(broken)) {
    const schema = structuredClone(good)
    spoil(schema)
    const refused = { status: 400, message: new RegExp(message) }
    await t.rejects(
      metal.validatePartitioningSchema({ ...ids, partitioningSchema: schema }),
      refused,
      message,
    )
    const install = { osId: ubuntu, hostname: '', sshKeyIds: [key.id], partitioningSchema: schema }
    await t.rejects(
      metal.createServer({
        ...{ offerId: offers.nvme, name: 'n', description: '', protected: false },
        ...{ projectId: simulatedProject, install },
      }),
      refused,
      `${message}, in an order`,
    )
  }
})

t.test(
  'the bastion’s ranges are replaced, added to and taken from, one change at a time',
  async (t) => {
    const { gateways, raw, pass } = await customer(t)
    const gateway = await gateways.createGateway({
      ...{ name: 'g', tags: [], type: 'VPC-GW-S', enableSmtp: false, enableBastion: false },
    })
    const gatewayId = gateway.id
    await pass(20)
    const ranges = { ipRanges: ['203.0.113.0/24'] }
    t.same(await gateways.setBastionAllowedIPs({ gatewayId, ...ranges }), ranges)
    await t.rejects(gateways.setBastionAllowedIPs({ gatewayId, ...ranges }), {
      status: 409,
      message: /transient/,
    })
    await pass(20)
    const ipRange = '198.51.100.0/24'
    await gateways.addBastionAllowedIPs({ gatewayId, ipRange })
    await pass(20)
    t.same((await gateways.getGateway({ gatewayId })).bastionAllowedIps, [
      ...['203.0.113.0/24', '198.51.100.0/24'],
    ])
    const path = `/vpc-gw/v2/zones/fr-par-2/gateways/${gatewayId}/bastion-allowed-ips`
    t.equal((await raw('PUT', path, { ip_ranges: ['nonsense'] })).status, 400)
    t.equal((await raw('DELETE', `${path}/${encodeURIComponent(ipRange)}`)).status, 204)
  },
)

async function customer(t: { teardown(fn: () => unknown): void }) {
  const made = await createCustomer()
  t.teardown(() => made.sim.close())
  return made
}
