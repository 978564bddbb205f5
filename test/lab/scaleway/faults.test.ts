// Faults under order that change what is there, or what is seen of it; transport.test.ts has the others.
import t, { type Test } from 'tap'
import {
  type Customer,
  createCustomer,
  installedServer,
  makeNetwork,
  orderServer,
  refusal,
  zone,
} from './customer.ts'
import { simulatedKey, simulatedProject } from './index.ts'

const address = { isIpv6: false, description: '', tags: ['mine'] }

t.test('a list that changes between two pages lets one object slip', async (t) => {
  const { fips, sim } = await begin(t)
  await fips.createFlexibleIP(address)
  const { id } = await fips.createFlexibleIP(address)
  const list = (page: number) => fips.listFlexibleIPs({ tags: ['mine'], page, pageSize: 100 })
  sim.order({ match: { method: 'GET', pathRegex: '/fips$' }, times: 2, action: 'pageShift' })
  const [first, second] = [await list(1), await list(2)]
  t.same([first.flexibleIps.length, first.totalCount], [1, 3], 'a page is short')
  t.same(first.flexibleIps[0]?.tags, [], 'and begins with a stranger')
  t.same([second.flexibleIps.map((one) => one.id), second.totalCount], [[id], 2])
  t.equal((await list(1)).totalCount, 2, 'it is over')
})

t.test('an object that was just made may answer as if it were not there', async (t) => {
  const { metal: api, fips, vpc, sim, ...rest } = await begin(t)
  const { id: serverId } = await orderServer({ metal: api, fips, vpc, sim, ...rest }, 'host-0')
  const { id: fipId } = await fips.createFlexibleIP(address)
  const { id: vpcId } = await vpc.createVPC({ name: 'v', tags: [], enableRouting: true })
  for (const id of [serverId, fipId, vpcId]) sim.order({ action: { ghost404: { id } } })
  await t.rejects(
    api.getServer({ serverId }),
    refusal({ status: 404, body: { message: 'Not Found' } }),
  )
  await t.rejects(fips.getFlexibleIP({ fipId }), refusal({ status: 403 }))
  await t.rejects(
    vpc.getVPC({ vpcId }),
    refusal({ status: 404, body: { type: 'not_found', resource: 'vpc' } }),
  )
  t.equal((await api.getServer({ serverId })).id, serverId, 'once')
})

t.test('new objects are missing from one list only, as long as is said', async (t) => {
  const { fips, vpc, sim, pass } = await begin(t)
  sim.order({ match: { pathRegex: '/fips$' }, action: { listLag: { ms: 4000 } } })
  await fips.createFlexibleIP(address)
  await vpc.createVPC({ name: 'v', tags: [], enableRouting: true })
  t.equal((await fips.listFlexibleIPs({ tags: ['mine'] })).totalCount, 0)
  t.equal((await vpc.listVPCs({})).totalCount, 1)
  await pass(5)
  t.equal((await fips.listFlexibleIPs({ tags: ['mine'] })).totalCount, 1)
})

t.test('a fault heals by itself, counted from its first strike', async (t) => {
  const { fips, sim, pass } = await begin(t)
  const denied = { type: 'permissions_denied', message: 'insufficient permissions', details: [] }
  sim.order({ forMs: 60_000, action: { status: { code: 403, body: denied } } })
  await pass(300)
  await t.rejects(fips.listFlexibleIPs({}), refusal({ status: 403 }))
  await pass(59)
  await t.rejects(fips.listFlexibleIPs({}), refusal({ status: 403 }))
  await pass(2)
  t.ok(await fips.listFlexibleIPs({}))
})

t.test('stock ends in the middle of a batch, early or after a promise', async (t) => {
  const customer = await begin(t)
  const { sim, metal: api, pass } = customer
  const offer = 'EM-A116X-SSD'
  sim.order({ action: { stock: { zone, offer, level: 'empty', afterN: 2 } } })
  for (const name of ['host-0', 'host-1']) {
    await orderServer(customer, name)
    await pass(3)
  }
  await t.rejects(orderServer(customer, 'host-2'), refusal({ status: 412 }))
  t.equal((await api.listOffers({ name: offer })).offers[0]?.stock, 'empty')
  await customer.admin('PATCH', '/switches', { stockMode: 'late' })
  const { id: serverId } = await orderServer(customer, 'host-2')
  await pass(3)
  t.equal((await api.getServer({ serverId })).status, 'out_of_stock')
  const { objects } = (await customer.admin('GET', `/billing?project_id=${simulatedProject}`)) as {
    objects: { kind: string; ended: boolean }[]
  }
  const servers = objects.filter(({ kind }) => kind === 'server')
  t.same(
    servers.map(({ ended }) => ended),
    [false, false, true],
    'what never came is not paid on',
  )
})

t.test('a quota is checked and told as it is now', async (t) => {
  const customer = await begin(t)
  customer.sim.order({ action: { quota: { name: 'EM_A116X_SSD', limit: 0 } } })
  await t.rejects(
    orderServer(customer, 'host-0'),
    refusal({ status: 403, body: { type: 'quotas_exceeded' } }),
  )
})

t.test(
  'a server vanishes without anybody’s order, now or some time after its delivery',
  async (t) => {
    const customer = await begin(t)
    const { sim, metal: api, nics, fips, vpc, world, pass } = customer
    const { id: serverId } = await installedServer(customer, 'host-0')
    const network = await makeNetwork(customer)
    await nics.addServerPrivateNetwork({ serverId, privateNetworkId: network.id, ipamIpIds: [] })
    const { id: fipId } = await fips.createFlexibleIP({ ...address, serverId })
    await pass(20)
    sim.order({ action: { vanish: { id: serverId } } })
    await t.rejects(api.getServer({ serverId }), refusal({ status: 404 }))
    await pass(20)
    t.equal((await fips.getFlexibleIP({ fipId })).status, 'ready', 'its addresses survive it')
    t.equal(sim.state.attachments.size + sim.state.ipamIps.size, 0)
    t.ok(world.calls.includes(`removeServer ${serverId}`))
    await pass(10)
    await vpc.deletePrivateNetwork({ privateNetworkId: network.id })

    sim.order({ action: { serverVanished: { serverMatch: 'host-1', afterSeconds: 30 } } })
    const { id: other } = await orderServer(customer, 'host-1')
    await pass(28)
    t.equal((await api.getServer({ serverId: other })).status, 'ready')
    await pass(10)
    await t.rejects(api.getServer({ serverId: other }), refusal({ status: 404 }))
    t.equal(
      sim.ledger.bill(simulatedProject).items.filter(({ kind }) => kind === 'server').length,
      0,
    )
  },
)

t.test('what is locked is seen to be, and refuses every change', async (t) => {
  const customer = await begin(t)
  const { id: serverId } = await installedServer(customer, 'host-0')
  const { id: fipId } = await customer.fips.createFlexibleIP(address)
  for (const id of [serverId, fipId]) customer.sim.order({ action: { locked: { id } } })
  t.equal((await customer.metal.getServer({ serverId })).status, 'locked')
  t.equal((await customer.fips.getFlexibleIP({ fipId })).status, 'locked')
  await t.rejects(
    customer.metal.deleteServer({ serverId }),
    refusal({ status: 403, body: { type: 'locked' } }),
  )
  await t.rejects(
    customer.fips.attachFlexibleIP({ fipsIds: [fipId], serverId }),
    refusal({ status: 403 }),
  )
})

t.test(
  'an address that the pool gave to somebody else answers 403 and is in no list',
  async (t) => {
    const { fips, sim } = await begin(t)
    const { id: fipId } = await fips.createFlexibleIP(address)
    sim.order({ action: { fipForeign: { id: fipId } } })
    await t.rejects(fips.getFlexibleIP({ fipId }), refusal({ status: 403 }))
    t.equal((await fips.listFlexibleIPs({ tags: ['mine'] })).totalCount, 0)
  },
)

t.test('a key is refused in the middle of something, and good again', async (t) => {
  const { fips, sim, pass } = await begin(t)
  const accessKey = simulatedKey.accessKey
  sim.order({ action: { revokeKey: { accessKey, mode: 'expired' } } })
  await t.rejects(fips.listFlexibleIPs({}), refusal({ status: 401 }))
  sim.order({ action: { revokeKey: { accessKey, mode: 'valid' } } })
  t.ok(await fips.listFlexibleIPs({}))
  sim.order({ action: { iamDelay: { ms: 5_000 } } })
  await t.rejects(fips.listFlexibleIPs({}), refusal({ status: 403 }))
  await pass(6)
  t.ok(await fips.listFlexibleIPs({}))
})

t.test('nobody answers while the cloud is down, and what was under way has gone on', async (t) => {
  const customer = await begin(t)
  const { id: serverId } = await orderServer(customer, 'host-0')
  customer.sim.order({ action: { crash: { ms: 60_000 } } })
  await t.rejects(customer.metal.getServer({ serverId }), /fetch failed/)
  await customer.pass(61)
  t.equal((await customer.metal.getServer({ serverId })).status, 'ready')
})

t.test('the bill tells the begun hours of each object, also of one that is gone', async (t) => {
  const customer = await begin(t)
  const { fips, pass, sim } = customer
  await installedServer(customer, 'host-0')
  const { id: fipId } = await fips.createFlexibleIP(address)
  await pass(3000)
  await fips.deleteFlexibleIP({ fipId })
  await pass(3600 + 400)
  const { objects, items, accrued } = sim.ledger.bill(simulatedProject)
  t.strictSame(
    objects.map(({ kind, hours, ended }) => [kind, hours, ended]),
    [
      ['server', 3, false],
      ['option', 3, false],
      ['flexible-ip', 1, true],
    ],
  )
  t.strictSame(
    items.map(({ kind }) => kind),
    ['server', 'option'],
  )
  t.equal(accrued, 3 * (0.077 + 0.03) + 0.004)
})

t.test('two SSH keys of one name and one material are two of the same', async (t) => {
  const { iam, sim } = await begin(t)
  const key = {
    name: 'edgectl',
    publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
  }
  await iam.createSSHKey(key)
  t.strictSame(sim.violations(), [])
  await iam.createSSHKey(key)
  t.match(sim.violations(), [{ rule: 'created-twice', what: 'two of ssh-key edgectl' }])
})

t.test('a fault that nobody knows, or without a thing to strike, is refused', async (t) => {
  const { sim } = await begin(t)
  for (const action of ['explode', { vanish: { id: 'nobody' } }, { stock: { offer: 'EM-X' } }])
    t.throws(() => sim.order({ action }), /unknown/)
})

async function begin(t: Test): Promise<Customer> {
  const customer = await createCustomer({ foreignFips: 0 })
  t.teardown(() => customer.sim.close())
  return customer
}
