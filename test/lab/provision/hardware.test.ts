import t from 'tap'
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

t.test('a failed installation is repeated with the same partitions', async (t) => {
  const site = await createSite(t)
  const sshKeyId = await site.hardware.ensureSshKey(publicKey)
  const asked = { ...request, instanceType: 'em_b220e_nvme' }
  const { offer, ...model } = await site.hardware.model(asked)
  const order = {
    ...model,
    key: 'host-0',
    offerId: offer.id,
    billing: 'hourly' as const,
    sshKeyId,
    userData: '#cloud-config',
  }
  await site.fault({ action: 'installError', times: 1 })
  const id = await site.hardware.ensureServer(order, site.tell)
  await t.rejects(site.hardware.waitInstalled(id, 'host-0', site.tell), {
    code: 'EDGE_INSTALL_FAILED',
  })
  await site.hardware.ensureServer(order, site.tell)
  await site.hardware.waitInstalled(id, 'host-0', site.tell)
  const stored = site.sim.state.servers.get(id)?.install?.partitioning_schema
  t.equal(stored?.filesystems.at(-1)?.mountpoint, '/var/lib/one/datastores')
})

t.test('the bastion lets in who may manage hosts, and nobody before', async (t) => {
  const site = await createSite(t)
  await build(site, 0)
  const [gateway] = [...site.sim.state.gateways.values()]
  const id = gateway?.id ?? ''
  const management = ['203.0.113.0/24', '2001:db8::/32']
  await site.hardware.ensureBastion(id, ['2001:db8::/32'], site.tell)
  t.equal(gateway?.bastion_enabled, false, 'it lets in IPv4 only')
  await site.hardware.ensureBastion(id, management, site.tell)
  t.match(gateway, { bastion_enabled: true, bastion_allowed_ips: ['203.0.113.0/24'] })
  const asked = (await site.asked()).filter((one) => !one.startsWith('GET'))
  t.match(asked.slice(-2), [/^PUT .*bastion-allowed-ips$/, /^PATCH .*gateways\/[^/]+$/])
  await site.fault({
    match: { method: 'POST', pathRegex: 'refresh-ssh-keys$' },
    action: 'lostResponse',
    times: 1,
  })
  await site.hardware.ensureBastion(id, management, site.tell)
  t.match((await site.asked()).join(), /refresh-ssh-keys/)
  await site.hardware.ensureBastion(id, [], site.tell, { keepNarrow: true })
  t.same(gateway?.bastion_allowed_ips, ['203.0.113.0/24'], 'restricted by hand')
  await site.hardware.ensureBastion(id, [], site.tell)
  t.same(gateway?.bastion_allowed_ips, ['0.0.0.0/0'])
  await raze(site)
  t.same(await site.violations(true), [])
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
