import t from 'tap'
import { parseInputs, preflight } from '../../../controller/provision/index.ts'
import { addressOf, contains, parseCidr } from '../../../lib/net/index.ts'
import { tagsFor } from '../../../lib/scaleway/index.ts'
import { foreignProject, simulatedKey } from '../scaleway/index.ts'
import { build, createSite, publicKey, raze, request } from './site.ts'

t.test(
  'hardware of two hosts is built once, found again, and released without a trace',
  async (t) => {
    const site = await createSite(t)
    const [first = ''] = await build(site, 2)
    const before = await site.hardware.inventory()
    t.same(before.map(({ kind }) => kind).sort(), [
      'gateway',
      'gateway-ip',
      'private-network',
      'server',
      'server',
      'ssh-key',
      'vpc',
    ])
    await build(site, 2)
    t.same(await site.hardware.inventory(), before, 'twice is harmless')

    const [network] = await site.hardware.findPrivateNetworks()
    const nic = await site.hardware.findPrivateNic(first, network?.id ?? '')
    t.ok(nic && nic.vlan > 0)
    t.ok(contains(parseCidr('10.180.0.0/22'), addressOf(nic?.address ?? '')))
    const gateway = (await site.hardware.findGatewayAddress(network?.id ?? '')) ?? ''
    t.ok(contains(parseCidr('10.180.0.0/22'), gateway))
    const stored = site.sim.state.servers.get(first)
    t.equal(Buffer.from(stored?.user_data ?? '', 'base64').toString(), '#cloud-config\nhost-0')
    await site.hardware.clearUserData(first)
    t.notOk(site.sim.state.servers.get(first)?.user_data)
    t.ok(site.told.includes('host-1: installing'), 'waits say what they wait for')

    await raze(site)
    t.same(await site.violations(true), [])
    await raze(site)
  },
)

const creates = [
  'ssh-keys$',
  'vpcs$',
  'private-networks$',
  'vpc-gw.*/ips$',
  'gateways$',
  'gateway-networks$',
  'v1/.*/servers$',
]
for (const pathRegex of creates) {
  t.test(`a lost answer to POST ${pathRegex} leaves one object, not two`, async (t) => {
    const site = await createSite(t)
    await site.fault({ match: { method: 'POST', pathRegex }, action: 'lostResponse', times: 1 })
    await build(site, 1)
    t.equal((await site.hardware.inventory()).length, 6)
    t.same(await site.violations(), [])
    await raze(site)
    t.same(await site.violations(true), [])
  })
}

t.test('bursts of 429, 500, resets and broken front-ends are survived', async (t) => {
  const site = await createSite(t)
  const storm = async () => {
    for (const [nth, action] of [
      'rateLimit',
      { status: { code: 500 } },
      'reset',
      'html502',
    ].entries())
      await site.fault({ match: { nth: 5 * nth + 3 }, action, times: 2 })
  }
  await storm()
  await build(site, 1)
  t.equal((await site.hardware.inventory()).length, 6)
  await storm()
  await raze(site)
  t.same(await site.violations(true), [])
})

t.test('new objects that lists do not show yet are not made twice', async (t) => {
  const site = await createSite(t, { switches: { listLagMs: 8000 } })
  await build(site, 2)
  t.same(await site.violations(), [])
  t.equal((await site.hardware.inventory()).length, 7)
})

t.test('a failed installation is repeated on the same server', async (t) => {
  const site = await createSite(t)
  await site.fault({ action: 'installError', times: 1 })
  await t.rejects(build(site, 1), { code: 'EDGE_INSTALL_FAILED' })
  const [failed] = await site.hardware.findServers()
  t.same(await build(site, 1), [failed?.id])
})

t.test('a server that was never delivered is replaced, and the dead one deleted', async (t) => {
  const site = await createSite(t)
  await site.fault({ action: 'outOfStockLate', times: 1 })
  await t.rejects(build(site, 1), { code: 'EDGE_OFFER_EMPTY' })
  const [dead] = await site.hardware.findServers()
  const [replaced] = await build(site, 1)
  t.not(replaced, dead?.id)
  t.equal((await site.hardware.findServers()).length, 1)
})

t.test('flexible IPs are released even while attached, and nobody else’s is touched', async (t) => {
  const site = await createSite(t)
  const [server = ''] = await build(site, 1)
  const { flexibleIp } = site.scaleway
  const { tags } = (await site.scaleway.baremetal.getServer({ serverId: server })) ?? {}
  const value = (name: string) =>
    tags.find((tag) => tag.startsWith(`${name}=`))?.split('=')[1] ?? ''
  const identity = {
    cloud: value('cloud'),
    provision: value('provision'),
    provisionId: 7,
    userTags: {},
  }
  for (const key of ['ip-0', 'ip-1']) {
    await flexibleIp.createFlexibleIP({
      description: '',
      isIpv6: false,
      tags: tagsFor(identity, 'flexible-ip', key),
      serverId: server,
    })
  }
  const twin = { ...identity, provision: '99999999-0000-4000-8000-000000000000' }
  const other = await flexibleIp.createFlexibleIP({
    description: '',
    isIpv6: false,
    tags: tagsFor(twin, 'flexible-ip', 'ip-0'),
  })
  await raze(site)
  const left = [...site.sim.state.flexibleIps.values()].filter(
    ({ project_id }) => project_id !== foreignProject,
  )
  t.same(
    left.map(({ id }) => id),
    [other.id],
  )
})

t.test('a plan says what is in the way before anything is created', async (t) => {
  const site = await createSite(t, {
    quotas: { EM_A116X_SSD: 2 },
    stock: { 'EM-A610R-NVME': 'empty' },
  })
  const plan = (change: object) => site.hardware.plan({ ...request, ...change })
  t.match(await plan({ hosts: 2 }), { offer: { name: 'EM-A116X-SSD' }, currency: 'EUR' })
  t.equal((await plan({ hosts: 2 })).pricePerHour, 0.214)
  await t.rejects(plan({ instanceType: 'em_x1_nvme' }), {
    code: 'EDGE_OFFER_UNKNOWN',
    message: 'Zone fr-par-2 sells no EM-X1-NVME',
  })
  await t.rejects(plan({ instanceType: 'em_a610r_nvme' }), { code: 'EDGE_OFFER_EMPTY' })
  await t.rejects(plan({ diskGb: 9999 }), { code: 'EDGE_OFFER_UNSUITABLE' })
  await t.rejects(plan({ osName: 'ubuntu_1804' }), { code: 'EDGE_OS_UNSUITABLE' })
  await site.hardware.ensureSshKey(publicKey)
  await t.rejects(plan({ hosts: 3 }), {
    code: 'EDGE_QUOTA_TOO_SMALL',
    message: 'Quota EM_A116X_SSD is 2, 0 in use, 3 more wanted',
  })
  t.equal(site.sim.state.servers.size, 0)
})

t.test('a preflight says the same, and what OpenNebula has in the way', async (t) => {
  const site = await createSite(t, { stock: { 'EM-A610R-NVME': 'empty' } })
  const taken = {
    ...{ id: 4, name: 'tenant', vnMad: 'vxlan' },
    template: { NETWORK_ADDRESS: '10.9.0.0', NETWORK_MASK: '255.255.255.0' },
  }
  const one = { networks: { list: async () => [taken] } } as never
  const ask = (values: object) =>
    preflight({ scaleway: site.scaleway, one }, parseInputs({ ...values }))
  t.match(await ask({}), { offer: { name: 'EM-A116X-SSD' } })
  await t.rejects(ask({ instance_type: 'em_x1_nvme' }), { code: 'EDGE_OFFER_UNKNOWN' })
  await t.rejects(ask({ instance_type: 'em_a610r_nvme' }), { code: 'EDGE_OFFER_EMPTY' })
  await t.rejects(ask({ cidr_block: '10.9.0.0/20' }), {
    code: 'EDGE_INPUTS_INVALID',
    message: 'cidr_block 10.9.0.0/20 overlaps network 4 (tenant)',
  })
  await site.fault({ action: { revokeKey: { accessKey: simulatedKey.accessKey } } })
  await t.rejects(ask({}), { code: 'EDGE_CLOUD_CREDENTIALS', kind: 'denied' })
  t.equal(site.sim.state.vpcs.size + site.sim.state.servers.size, 0)
})

t.test('a key that the cloud refuses, or that lacks a right, is named at once', async (t) => {
  const site = await createSite(t)
  await site.hardware.checkAccess()
  await site.fault({
    action: { revokeKey: { accessKey: simulatedKey.accessKey, mode: 'permissions' } },
  })
  await t.rejects(site.hardware.checkAccess(), { code: 'EDGE_CLOUD_DENIED', kind: 'denied' })
  await site.fault({ action: { revokeKey: { accessKey: simulatedKey.accessKey } } })
  await t.rejects(site.hardware.checkAccess(), { code: 'EDGE_CLOUD_CREDENTIALS', kind: 'denied' })
})

t.test('a private network of another prefix is not taken for ours', async (t) => {
  const site = await createSite(t)
  const vpc = await site.hardware.ensureVpc()
  await site.hardware.ensurePrivateNetwork(vpc, '10.180.0.0/22')
  await t.rejects(site.hardware.ensurePrivateNetwork(vpc, '10.181.0.0/22'), {
    code: 'EDGE_PRIVATE_NETWORK_DIFFERS',
  })
})

t.test(
  'a gateway that stays failed is replaced by the next run, and its address kept',
  async (t) => {
    const site = await createSite(t)
    const { hardware, tell, sim } = site
    await site.fault({ action: 'gatewayFailed' })
    const ip = await hardware.ensureGatewayIp()
    const ensure = () => hardware.ensureGateway('VPC-GW-S', ip.id, tell)
    await t.rejects(ensure(), { code: 'EDGE_GATEWAY_FAILED' })
    const [failed] = sim.state.gateways.keys()
    const gateway = await ensure()
    t.not(gateway, failed)
    t.strictSame([...sim.state.gateways.keys()], [gateway])
    t.strictSame([...sim.state.gatewayIps.keys()], [ip.id])
    t.equal(sim.state.gatewayIps.get(ip.id)?.gateway_id, gateway)
    t.equal(await ensure(), gateway, 'one that runs stays')
    t.strictSame(await site.violations(), [])
  },
)
