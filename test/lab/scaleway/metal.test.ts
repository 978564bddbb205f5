import t from 'tap'
import {
  createCustomer,
  installedServer,
  makeNetwork,
  orderServer,
  privateNetworkOption,
  publicKey,
  refusal,
  ubuntu,
} from './customer.ts'
import { simulatedKey, simulatedOrganization, simulatedProject } from './index.ts'

const gone = { name: 'ScalewayError', status: 404, body: { message: 'Not Found' } }

t.test('keys and limits can be read, and a key loses its comment', async (t) => {
  const { iam, sim } = await createCustomer()
  t.teardown(sim.close)
  const key = await iam.createSSHKey({ name: 'edge', publicKey: `${publicKey} me@here` })
  t.equal(key.publicKey, publicKey)
  t.match(key.fingerprint, /^256 MD5:([0-9a-f]{2}:){15}[0-9a-f]{2} \(ssh-ed25519\)$/)
  t.equal((await iam.updateSSHKey({ sshKeyId: key.id, disabled: true })).disabled, true)
  t.equal((await iam.listSSHKeys({ disabled: false })).totalCount, 0)
  t.equal((await iam.getSSHKey({ sshKeyId: key.id })).name, 'edge')
  await iam.deleteSSHKey({ sshKeyId: key.id })
  await t.rejects(iam.getSSHKey({ sshKeyId: key.id }), {
    name: 'ResourceNotFoundError',
    resource: 'ssh_key',
  })
  await t.rejects(
    iam.createSSHKey({ name: 'x', publicKey: 'ssh-ed25519 AAAA' }),
    refusal({ status: 400 }),
  )
  const { accessKey } = simulatedKey
  t.equal((await iam.getAPIKey({ accessKey })).defaultProjectId, simulatedProject)
  const quota = await iam.getQuotum({ quotumName: 'EM_A116X_SSD' })
  t.equal(quota.limits[0]?.limit, 10)
  const all = await iam.listQuota({ organizationId: simulatedOrganization, pageSize: 100 })
  t.ok(all.quota.some(({ name }) => name === 'flexible_ips'))
})

t.test('the catalogue lists hourly offers unless monthly is asked for', async (t) => {
  const { metal, sim } = await createCustomer()
  t.teardown(sim.close)
  const hourly = await metal.listOffers({})
  t.ok(hourly.offers.every(({ subscriptionPeriod }) => subscriptionPeriod === 'hourly'))
  t.same([...new Set(hourly.offers.map(({ stock }) => stock))].sort(), [
    'available',
    'empty',
    'low',
  ])
  const [offer] = (await metal.listOffers({ name: 'EM-A116X-SSD' })).offers
  t.match(offer, { enable: true, quotaName: 'EM_A116X_SSD', pricePerHour: { nanos: 77_000_000 } })
  const [monthly] = (
    await metal.listOffers({ name: 'EM-A116X-SSD', subscriptionPeriod: 'monthly' })
  ).offers
  t.equal(monthly?.id, offer?.monthlyOfferId)
  t.equal((await metal.getOffer({ offerId: offer?.id ?? '' })).name, 'EM-A116X-SSD')
  const systems = await metal.listOS({ offerId: offer?.id ?? '' })
  t.ok(systems.os.some(({ name, version }) => name === 'Ubuntu' && version.startsWith('22.04')))
  t.equal((await metal.getOS({ osId: ubuntu })).user?.defaultValue, 'ubuntu')
  t.equal((await metal.listOptions({ name: 'Private' })).options[0]?.id, privateNetworkOption)
  t.equal((await metal.getOption({ optionId: privateNetworkOption })).manageable, true)
  await t.rejects(metal.getOffer({ offerId: simulatedProject }), gone)
})

t.test('a server is ready long before it is installed, and the world has a say', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { metal, world, pass } = customer
  const release = world.hold('installServer')
  const { id: serverId, ...ordered } = await orderServer(customer, 'host-0')
  const look = async () => {
    const { status, install, ips, pingStatus, options } = await metal.getServer({ serverId })
    return [status, install?.status, ips.length, pingStatus, options[0]?.status]
  }
  t.match(ordered, { status: 'ordered', install: { status: 'to_install' }, ips: [], domain: '' })
  await t.rejects(
    metal.rebootServer({ serverId }),
    refusal({
      status: 400,
      body: { message: 'Server is not delivered' },
    }),
  )
  await pass(2)
  const unknown = 'ping_status_unknown'
  t.same(await look(), ['ready', 'to_install', 2, unknown, 'option_status_enabling'])
  await pass(23)
  t.same(await look(), ['ready', 'installing', 2, unknown, 'option_status_enable'])
  const installing = await metal.getServer({ serverId })
  t.equal(installing.domain, `${serverId}.fr-par-2.baremetal.scw.cloud`)
  await pass(5)
  t.equal((await look())[3], 'ping_status_up', 'the installer answers pings')
  await pass(600)
  t.equal((await look())[1], 'installing', 'not completed before the world is')
  release()
  await pass(0)
  const done = await metal.getServer({ serverId })
  t.equal(done.install?.status, 'completed')
  t.same(done.updatedAt, installing.updatedAt, 'the date does not tell')
  t.match(world.arguments[0], {
    id: serverId,
    hostname: 'host-0',
    zone: 'fr-par-2',
    address: '51.15.0.10',
    gateway: '51.15.0.1',
    mac: /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/,
    user: 'ubuntu',
    authorizedKeys: [publicKey],
    userData: '#cloud-config\n{}',
    os: { name: 'Ubuntu' },
  })
  t.equal((await metal.listServers({ tags: ['key=host-0'], status: ['ready'] })).totalCount, 1)
  t.match((await metal.listServerEvents({ serverId })).events, [{ action: 'create' }])
})

t.test('servers are changed, switched, re-installed and given back', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { metal, world, pass } = customer
  const { id: serverId } = await installedServer(customer, 'host-0')
  const status = async () => (await metal.getServer({ serverId })).status

  t.equal((await metal.updateServer({ serverId, protected: true })).protected, true)
  await t.rejects(metal.deleteServer({ serverId }), refusal({ precondition: 'protected_resource' }))
  await metal.updateServer({ serverId, protected: false, name: 'renamed', tags: ['a'] })

  t.equal((await metal.stopServer({ serverId })).status, 'stopping')
  await t.rejects(metal.startServer({ serverId }), refusal({ status: 409 }))
  await pass(15)
  t.equal(await status(), 'stopped')
  await metal.startServer({ serverId })
  await pass(15)
  t.equal(await status(), 'ready')
  await metal.rebootServer({ serverId, bootType: 'normal' })
  await pass(15)
  t.same(world.calls.filter((call) => call.startsWith('power')).length, 3)

  const { id } = (await customer.iam.listSSHKeys({})).sshKeys[0] ?? { id: '' }
  const again = await metal.installServer({
    serverId,
    osId: ubuntu,
    hostname: 'h',
    sshKeyIds: [id],
  })
  t.match(again, { status: 'ready', install: { status: 'to_install' } })
  world.failNext('installServer')
  await pass(400)
  t.equal((await metal.getServer({ serverId })).install?.status, 'error', 'as the world says')

  await metal.deleteOptionServer({ serverId, optionId: privateNetworkOption })
  await pass(5)
  t.same((await metal.getServer({ serverId })).options, [])
  await metal.addOptionServer({ serverId, optionId: privateNetworkOption })

  t.equal((await metal.deleteServer({ serverId })).status, 'deleting')
  t.equal((await metal.listServers({})).totalCount, 1, 'listed until it is gone')
  await pass(5)
  await t.rejects(metal.getServer({ serverId }), gone)
  t.equal(world.calls.at(-1), `removeServer ${serverId}`)
})

t.test('orders that the real API would refuse are refused', async (t) => {
  const customer = await createCustomer({ quotas: { EM_A116X_SSD: 1 } })
  t.teardown(customer.sim.close)
  const { metal, admin } = customer
  const [good] = (await metal.listOffers({ name: 'EM-A116X-SSD' })).offers
  const [empty] = (await metal.listOffers({ name: 'EM-B112X-SSD' })).offers
  const [old] = (await metal.listOffers({ name: 'EM-L110X-SATA' })).offers
  const order = (offerId = '', more: object = {}) =>
    metal.createServer({ offerId, name: 'x', description: '', protected: false, ...more })
  await t.rejects(order(good?.id, { name: '' }), refusal({ status: 400 }))
  await t.rejects(order(good?.id, { userData: '#cloud-config' }), /base64/)
  await t.rejects(
    order(good?.id, { install: { osId: ubuntu, hostname: '', sshKeyIds: [] } }),
    refusal({
      status: 400,
    }),
  )
  await t.rejects(
    order(old?.id, { userData: Buffer.from('x').toString('base64') }),
    refusal({
      status: 503,
      body: { message: 'cloud-init is not supported on this offer' },
    }),
  )
  await t.rejects(order(empty?.id), { name: 'OutOfStockError', status: 412 })
  const bare = await order(good?.id)
  t.match(bare, { status: 'delivering', install: undefined })
  await t.rejects(order(good?.id), {
    name: 'QuotasExceededError',
    list: [{ resource: 'EM_A116X_SSD', quota: 1, current: 1 }],
  })
  await admin('POST', '/faults', { action: { quota: { name: 'EM_A116X_SSD', limit: 9 } } })
  await admin('POST', '/faults', {
    action: { stock: { offer: 'EM-A116X-SSD', level: 'empty', afterN: 1 } },
  })
  await admin('POST', '/faults', { action: { create500: { offer: 'EM-A116X-SSD' } } })
  await t.rejects(order(good?.id), refusal({ status: 500 }))
  const last = await order(good?.id)
  await t.rejects(order(good?.id), { name: 'OutOfStockError' })
  await admin('PATCH', '/switches', { stockMode: 'late' })
  const late = await order(good?.id)
  await customer.pass(2)
  t.equal((await metal.getServer({ serverId: last.id })).status, 'ready')
  t.equal((await metal.getServer({ serverId: late.id })).status, 'out_of_stock')
})

t.test('two creates of one offer at once: the later one breaks', async (t) => {
  // In real time: on a busy machine the second request may take long to arrive while the first is made.
  const customer = await createCustomer({ latency: true, timeScale: 1 })
  t.teardown(customer.sim.close)
  await customer.iam.createSSHKey({ name: 'k', publicKey })
  const both = await Promise.allSettled([orderServer(customer, 'a'), orderServer(customer, 'b')])
  t.same(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  t.equal((await customer.metal.listServers({})).totalCount, 1)
})

t.test('an installation fails or hangs when a fault says so', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const fault = (action: object | string) => customer.admin('POST', '/faults', { action })
  await fault({ installError: { serverMatch: 'bad' } })
  await fault({ installStuck: { serverMatch: 'slow', minutes: 90 } })
  await orderServer(customer, 'good')
  await orderServer(customer, 'bad')
  await orderServer(customer, 'slow')
  await fault('deliveryError')
  await orderServer(customer, 'broken')
  await customer.pass(120)
  const states = async () =>
    Object.fromEntries(
      (await customer.metal.listServers({})).servers.map(({ name, status, install }) => [
        name,
        `${status} ${install?.status}`,
      ]),
    )
  t.match(await states(), { good: 'ready installing', bad: 'ready error' })
  await customer.pass(3600)
  t.same(await states(), {
    good: 'ready completed',
    bad: 'ready error',
    slow: 'ready installing',
    broken: 'error to_install',
  })
})

t.test('private networks: option first, VLAN at once, addresses in IPAM', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { nics, ipam, metal, vpc, world, pass } = customer
  const network = await makeNetwork(customer)
  const privateNetworkId = network.id
  const { id: serverId } = await installedServer(customer, 'host-0')

  await metal.deleteOptionServer({ serverId, optionId: privateNetworkOption })
  await t.rejects(
    nics.addServerPrivateNetwork({ serverId, privateNetworkId }),
    refusal({ status: 412 }),
  )
  await pass(5)
  await metal.addOptionServer({ serverId, optionId: privateNetworkOption })

  const set = await nics.setServerPrivateNetworks({
    serverId,
    perPrivateNetworkIpamIpIds: { [privateNetworkId]: [] },
  })
  const [nic] = set.serverPrivateNetworks
  t.match(nic, { status: 'attaching', serverId, privateNetworkId })
  t.ok(Number(nic?.vlan) >= 1000 && Number(nic?.vlan) <= 3999)
  t.equal(nic?.ipamIpIds.length, 2, 'one IPv4, one IPv6')
  await pass(10)
  const list = () => nics.listServerPrivateNetworks({ serverId, privateNetworkId })
  t.equal((await list()).serverPrivateNetworks[0]?.status, 'attached')
  t.match(world.arguments.at(-1), { server: serverId, network: privateNetworkId, vlan: nic?.vlan })

  const { ips } = await ipam.listIPs({
    privateNetworkId,
    resourceType: 'baremetal_private_nic',
    isIpv6: false,
  })
  t.match(ips, [
    {
      address: '10.180.0.2/22',
      resource: {
        id: nic?.id,
        name: 'host-0',
        macAddress: /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/,
      },
    },
  ])
  await t.rejects(vpc.deletePrivateNetwork({ privateNetworkId }), {
    name: 'PreconditionFailedError',
    precondition: 'resource_still_in_use',
    helpMessage: 'Private Network must be empty to be deleted',
  })
  await t.rejects(ipam.releaseIP({ ipId: ips[0]?.id ?? '' }), refusal({ status: 412 }))

  await nics.deleteServerPrivateNetwork({ serverId, privateNetworkId })
  t.match((await list()).serverPrivateNetworks, [{ status: 'detaching', ipamIpIds: [] }])
  await pass(8)
  t.equal((await list()).totalCount, 0)
  t.equal((await ipam.listIPs({ privateNetworkId })).totalCount, 0)
  await t.rejects(
    vpc.deletePrivateNetwork({ privateNetworkId }),
    refusal({ status: 412 }),
    'it lags',
  )
  await pass(5)
  await vpc.deletePrivateNetwork({ privateNetworkId })
})

t.test('booked addresses are used as asked, survive, and block their network', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { nics, ipam, vpc, pass } = customer
  const { id: privateNetworkId, vpcId } = await makeNetwork(customer)
  const { id: serverId } = await installedServer(customer, 'host-0')
  const book = (address: string) =>
    ipam.bookIP({ source: { privateNetworkId }, isIpv6: false, address, tags: ['vtep'] })
  const ip = await book('10.180.0.9')
  t.equal(ip.address, '10.180.0.9/22')
  await t.rejects(book('10.180.0.9'), refusal({ status: 409 }))
  await t.rejects(book('10.180.0.1'), refusal({ status: 400 }))
  await t.rejects(book('10.9.0.9'), refusal({ status: 400 }))
  const nic = await nics.addServerPrivateNetwork({ serverId, privateNetworkId, ipamIpIds: [ip.id] })
  t.same(nic.ipamIpIds, [ip.id])
  t.equal((await ipam.getIP({ ipId: ip.id })).resource?.id, nic.id)
  await pass(10)
  await nics.setServerPrivateNetworks({ serverId, perPrivateNetworkIpamIpIds: {} })
  await pass(20)
  t.match(await ipam.getIP({ ipId: ip.id }), { resource: undefined, tags: ['vtep'] })
  await t.rejects(vpc.deletePrivateNetwork({ privateNetworkId }), refusal({ status: 412 }))
  await ipam.releaseIP({ ipId: ip.id })
  await pass(5)
  await t.rejects(
    vpc.deleteVPC({ vpcId }),
    refusal({ helpMessage: 'VPC must be empty to be deleted' }),
  )
  await vpc.deletePrivateNetwork({ privateNetworkId })
  await vpc.deleteVPC({ vpcId })
  await t.rejects(vpc.getVPC({ vpcId }), { name: 'ResourceNotFoundError', resource: 'vpc' })
})

t.test('a world that refuses a NIC leaves it in error', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const { id: privateNetworkId } = await makeNetwork(customer)
  const { id: serverId } = await installedServer(customer, 'host-0')
  customer.world.failNext('attachNic')
  await customer.nics.addServerPrivateNetwork({ serverId, privateNetworkId })
  await customer.pass(10)
  const { serverPrivateNetworks } = await customer.nics.listServerPrivateNetworks({ serverId })
  t.match(serverPrivateNetworks, [{ status: 'error' }])
  const { violations } = await customer.admin('GET', '/violations')
  t.match(violations, [{ rule: 'world', severity: 'warn' }])
  await customer.metal.deleteServer({ serverId })
  await customer.pass(20)
  await t.rejects(customer.metal.getServer({ serverId }), gone, 'and does not hinder its end')
})
