import t from 'tap'
import { createCustomer, installedServer, makeNetwork, orderServer, refusal } from './customer.ts'
import { simulatedProject } from './index.ts'

const gone = {
  name: 'PermissionsDeniedError',
  status: 403,
  list: [{ action: 'read', resource: 'flexible-ip' }],
}

t.test('a flexible IP is created, attached, moved, detached, and gone with a 403', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { fips, world, pass } = customer
  const { id: a } = await installedServer(customer, 'host-0')
  const { id: b } = await installedServer(customer, 'host-1')
  const ip = await fips.createFlexibleIP({ isIpv6: false, description: 'd', tags: ['key=ip-0'] })
  const fipId = ip.id
  t.match(ip, { status: 'ready', serverId: null, ipAddress: /^195\.154\./, macAddress: undefined })
  t.match(ip.createdAt?.toISOString(), /^2024-08-/, 'the date of the pool record')
  const look = async () => {
    const { status, serverId } = await fips.getFlexibleIP({ fipId })
    return [status, serverId]
  }
  t.same(
    (await fips.detachFlexibleIP({ fipsIds: [fipId] })).flexibleIps[0]?.status,
    'ready',
    'detaching what is not attached changes nothing',
  )
  await fips.attachFlexibleIP({ fipsIds: [fipId], serverId: a })
  t.same(await look(), ['updating', null])
  await t.rejects(fips.attachFlexibleIP({ fipsIds: [fipId], serverId: b }), {
    name: 'TransientStateError',
    currentState: 'updating',
  })
  await pass(2)
  t.same(await look(), ['attached', a])
  t.equal(world.routes.get(ip.ipAddress), a)
  t.equal((await fips.listFlexibleIPs({ serverIds: [a] })).totalCount, 1)

  const same = await fips.attachFlexibleIP({ fipsIds: [fipId], serverId: a })
  t.equal(same.flexibleIps[0]?.status, 'attached', 'already there')
  await fips.updateFlexibleIP({ fipId, tags: ['key=ip-0', 'x'] })
  await fips.attachFlexibleIP({ fipsIds: [fipId], serverId: b })
  await pass(2)
  t.same(await look(), ['attached', b], 'attached elsewhere is moved')

  await fips.detachFlexibleIP({ fipsIds: [fipId] })
  t.same(await look(), ['detaching', b], 'the server is kept while it detaches')
  await t.rejects(fips.deleteFlexibleIP({ fipId }), refusal({ status: 409 }))
  await pass(6)
  t.same(await look(), ['ready', null])
  t.equal(world.routes.get(ip.ipAddress), null)

  await fips.attachFlexibleIP({ fipsIds: [fipId], serverId: a })
  await pass(2)
  await fips.deleteFlexibleIP({ fipId })
  t.same(await look(), ['detaching', a])
  await pass(6)
  await t.rejects(fips.getFlexibleIP({ fipId }), gone)
  const next = await fips.createFlexibleIP({ isIpv6: false, description: '' })
  t.equal(next.id, fipId, 'the record, and its id, come back')
  await customer.admin('POST', '/faults', { action: { fipForeign: { id: next.id } } })
  await t.rejects(fips.getFlexibleIP({ fipId }), gone)
})

t.test('attaches to one server queue behind each other', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { fips, pass } = customer
  const { id: serverId } = await installedServer(customer, 'host-0')
  const create = async () => (await fips.createFlexibleIP({ isIpv6: false, description: '' })).id
  const ids = [await create(), await create(), await create()]
  for (const id of ids) await fips.attachFlexibleIP({ fipsIds: [id], serverId })
  const attached = async () =>
    (await fips.listFlexibleIPs({ serverIds: [serverId], status: ['attached'] })).totalCount
  const seen = []
  for (const seconds of [2, 9, 2, 6, 6]) {
    await pass(seconds)
    seen.push(await attached())
  }
  t.same(seen, [0, 0, 1, 2, 3], 'at 2, 11, 13, 19 and 25 seconds')
})

t.test('flexible IPs survive their server; the world can refuse them', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { fips, metal, world, pass } = customer
  const { id: serverId } = await installedServer(customer, 'host-0')
  const undelivered = await orderServer(customer, 'host-1')
  const ip = await fips.createFlexibleIP({ isIpv6: false, description: '' })
  const fipId = ip.id
  await t.rejects(
    fips.attachFlexibleIP({ fipsIds: [fipId], serverId: undelivered.id }),
    refusal({
      status: 400,
    }),
  )
  await t.rejects(
    fips.attachFlexibleIP({ fipsIds: [fipId], serverId: simulatedProject }),
    refusal({
      status: 404,
    }),
  )
  world.failNext('routeAddress')
  await fips.attachFlexibleIP({ fipsIds: [fipId], serverId })
  await pass(2)
  t.equal((await fips.getFlexibleIP({ fipId })).status, 'error')
  await fips.attachFlexibleIP({ fipsIds: [fipId], serverId })
  await pass(2)
  const { ipAddress } = ip
  await customer.admin('PUT', '/beliefs', { [ipAddress]: null })
  const { violations } = await customer.admin('GET', '/violations')
  t.ok(violations?.some((v) => (v as { rule: string }).rule === 'wrong-server'))

  await metal.deleteServer({ serverId })
  t.equal((await fips.getFlexibleIP({ fipId })).status, 'detaching')
  await pass(10)
  t.match(await fips.getFlexibleIP({ fipId }), { status: 'ready', serverId: null })
  t.equal(world.routes.get(ipAddress), null)
  const v6 = await fips.createFlexibleIP({ isIpv6: true, description: '' })
  t.match(v6.ipAddress, /^2001:bc8:702:[0-9a-f]+::\/64$/)
})

t.test('a gateway refuses changes until it has settled', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { gateways, ipam, world, pass } = customer
  const { id: privateNetworkId } = await makeNetwork(customer)
  const types = (await gateways.listGatewayTypes({})).types
  t.match(types[0], { name: 'VPC-GW-S', bandwidth: 100 })
  const ip = await gateways.createIP({ tags: ['role=gateway-ip'] })
  const made = await gateways.createGateway({
    name: 'gw',
    tags: [],
    type: 'VPC-GW-S',
    ipId: ip.id,
    enableSmtp: false,
    enableBastion: false,
  })
  const gatewayId = made.id
  t.match(made, { status: 'allocating', ipv4: { address: ip.address }, version: undefined })
  const status = async () => (await gateways.getGateway({ gatewayId })).status
  const join = () =>
    gateways.createGatewayNetwork({
      gatewayId,
      privateNetworkId,
      enableMasquerade: true,
      pushDefaultRoute: false,
    })
  await pass(3)
  t.equal(await status(), 'configuring')
  await t.rejects(join(), {
    name: 'TransientStateError',
    status: 409,
    resource: 'gateway',
    currentState: 'configuring',
  })
  await pass(6)
  t.equal(await status(), 'running')

  const network = await join()
  const gatewayNetworkId = network.id
  const seen = []
  for (const seconds of [0, 3, 3, 4]) {
    await pass(seconds)
    const { status, macAddress } = await gateways.getGatewayNetwork({ gatewayNetworkId })
    seen.push([status, macAddress !== undefined])
  }
  t.same(seen, [
    ['created', false],
    ['attaching', false],
    ['configuring', false],
    ['ready', true],
  ])
  t.equal(await status(), 'configuring', 'it settles after its network')
  await pass(2)
  t.equal(await status(), 'running')
  t.match(world.arguments.at(-1), {
    gateway: gatewayId,
    publicAddress: ip.address,
    network: privateNetworkId,
    address: '10.180.0.2/22',
    masquerade: true,
  })
  const { ips } = await ipam.listIPs({ privateNetworkId, resourceType: 'vpc_gateway_network' })
  t.equal(ips[0]?.resource?.id, gatewayNetworkId)
  await t.rejects(join(), { name: 'AlreadyExistsError' })

  const stale = await gateways.updateGateway({ gatewayId, tags: ['x'] })
  t.same([stale.status, await status()], ['running', 'configuring'])
  await pass(5)
  await gateways.refreshSSHKeys({ gatewayId })
  await pass(5)

  await t.rejects(gateways.deleteGateway({ gatewayId, deleteIp: true }), refusal({ status: 412 }))
  const leaving = await gateways.deleteGatewayNetwork({ gatewayNetworkId })
  t.equal(leaving.status, 'detaching')
  await pass(4)
  await t.rejects(gateways.getGatewayNetwork({ gatewayNetworkId }), {
    name: 'ResourceNotFoundError',
    resource: 'gateway_network',
  })
  await pass(2)
  t.same(world.calls.at(-1), `detachGateway ${gatewayId}`)
  await t.rejects(gateways.deleteIP({ ipId: ip.id }), refusal({ status: 412 }))
  t.equal((await gateways.deleteGateway({ gatewayId, deleteIp: false })).status, 'deleting')
  await t.rejects(gateways.getGateway({ gatewayId }), refusal({ resource: 'gateway', status: 404 }))
  t.match(
    await gateways.getIP({ ipId: ip.id }),
    { gatewayId: null },
    'without delete_ip the address stays',
  )
  await gateways.deleteIP({ ipId: ip.id })
  t.equal((await gateways.listIPs({})).totalCount, 0)
})

t.test('subnets are automatic or checked', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { vpc } = customer
  const first = await makeNetwork(customer)
  t.match(first.subnets, [{ subnet: '10.180.0.0/22' }, { subnet: /^fd.*::\/64$/ }])
  const more = (subnets: string[], vpcId: string | undefined = first.vpcId) =>
    vpc.createPrivateNetwork({
      name: 'n',
      subnets,
      defaultRoutePropagationEnabled: false,
      ...(vpcId === undefined ? {} : { vpcId }),
    })
  t.equal((await more([])).subnets[0]?.subnet, '172.16.0.0/22')
  await t.rejects(more(['10.180.2.0/24']), { name: 'InvalidArgumentsError' })
  await t.rejects(more(['100.64.0.0/22']), { name: 'InvalidArgumentsError' })
  await t.rejects(more(['10.1.0.1/22']), { name: 'InvalidArgumentsError' })
  await t.rejects(more(['10.2.0.0/22'], ''), refusal({ status: 400 }), 'there is no default VPC')
  const edited = await vpc.updateVPC({ vpcId: first.vpcId, name: 'n2' })
  t.match(edited, { routingEnabled: true, privateNetworkCount: 2 })
  t.equal((await vpc.listPrivateNetworks({ vpcId: first.vpcId })).totalCount, 2)
})

t.test('what is left of a project, and what all of it cost, can be asked', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { admin, world, pass } = customer
  const { id } = await installedServer(customer, 'host-0')
  await customer.fips.createFlexibleIP({ isIpv6: false, description: '' })
  const bill = () => admin('GET', `/billing?project_id=${simulatedProject}`)
  t.match(await bill(), { hourly: 0.111, accrued: 0.111 })
  await pass(3600)
  t.match(await bill(), { hourly: 0.111, accrued: 0.222 }, 'a started hour is an hour')
  const left = await admin('GET', `/violations?destroyed=${simulatedProject}`)
  t.same(
    left['violations']?.map((violation) => (violation as { what: string }).what),
    ['ssh key left behind', 'server left behind', 'flexible IP left behind'],
  )
  t.match((await admin('GET', '/state'))['servers'], [{ id }])
  await admin('POST', '/reset')
  t.equal(world.calls.at(-1), `removeServer ${id}`)
  t.same(await admin('GET', `/violations?destroyed=${simulatedProject}`), { violations: [] })
  t.match(await bill(), { hourly: 0, items: [] })
})

t.test('locked objects cannot be changed; new ones may miss from lists', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { vpc, admin, pass } = customer
  const { id: privateNetworkId } = await makeNetwork(customer)
  await admin('POST', '/faults', { action: { locked: { id: privateNetworkId } } })
  await t.rejects(vpc.deletePrivateNetwork({ privateNetworkId }), { name: 'ResourceLockedError' })
  await admin('POST', '/faults', { action: { ghost404: { id: privateNetworkId } } })
  await t.rejects(vpc.getPrivateNetwork({ privateNetworkId }), refusal({ status: 404 }))
  t.ok(await vpc.getPrivateNetwork({ privateNetworkId }))
  await admin('POST', '/faults', { action: { listLag: { ms: 5000 } } })
  t.equal((await vpc.listPrivateNetworks({})).totalCount, 0)
  await pass(5)
  t.equal((await vpc.listPrivateNetworks({})).totalCount, 1)
})

t.test('the clock runs by itself at its scale', async (t) => {
  const customer = await createCustomer({ timeScale: 0.0005, latency: true })
  t.teardown(customer.sim.close)
  const { id: serverId } = await orderServer(customer, 'host-0')
  for (let tries = 0; tries < 500; tries += 1) {
    const { install } = await customer.metal.getServer({ serverId })
    if (install?.status === 'completed') return t.pass('installed')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return t.fail('never installed')
})
