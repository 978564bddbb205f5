import t from 'tap'
import { parseInputs, preflight } from '../../../controller/provision/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { Fault } from '../../../lib/fault/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createScaleway } from '../../../lib/scaleway/index.ts'
import { simulatedKey } from '../scaleway/index.ts'
import { build, createSite, publicKey, request } from './site.ts'

t.test('a plan says what will be created, in order, and what it costs', async (t) => {
  const site = await createSite(t, { stock: { 'EM-A116X-SSD': 'low' } })
  const plan = await site.hardware.plan({ ...request, hosts: 2, publicIps: 3 })
  t.same(
    plan.parts.map(({ kind, count, price }) => [kind, count, price?.perHour]),
    [
      ['ssh-key', 1, 0],
      ['vpc', 1, 0],
      ['private-network', 1, 0],
      ['gateway-ip', 1, 0.004],
      ['gateway', 1, 0.02],
      ['server', 2, 0.214],
      ['flexible-ip', 3, 0.012],
    ],
  )
  t.match(plan.total, { perHour: 0.25, perMonth: 182.5, once: 0, currency: 'EUR', complete: true })
  t.match(plan.warnings, [
    /^EM-A116X-SSD runs out: at most 5 are left in fr-par-2$/,
    /user data/,
    /partitions/,
  ])
  t.match(plan.lines.at(-1), /^3 × flexible IP: 0.012 EUR\/h, 8.76 EUR\/month \(list price of /)

  await build(site, 1)
  const rest = await site.hardware.plan({ ...request, hosts: 2 })
  t.same(
    rest.parts.map(({ kind, count }) => [kind, count]),
    [['server', 1]],
    'what is there is not created again',
  )
})

t.test('a plan does without the catalogue, and says that a price is estimated', async (t) => {
  const site = await createSite(t)
  const priceOfGateway = async () => {
    const { parts } = await site.hardware.plan({ ...request, gatewayType: 'VPC-GW-L' })
    return parts.find(({ kind }) => kind === 'gateway')?.price?.source
  }
  t.equal(await priceOfGateway(), 'Scaleway’s catalogue')
  await site.fault({
    match: { pathRegex: 'public-catalog' },
    action: { status: { code: 503, body: { message: 'internal error' } } },
    times: 100,
  })
  t.match(await priceOfGateway(), /^estimate of /)
})

t.test('monthly is another offer, with a fee paid at once', async (t) => {
  const site = await createSite(t)
  const hourly = await site.hardware.plan(request)
  const monthly = await site.hardware.plan({ ...request, billing: 'monthly' })
  t.not(monthly.offer.id, hourly.offer.id)
  t.ok(monthly.total.perMonth < hourly.total.perMonth)
  t.ok(monthly.total.once > 0)
  t.match(monthly.warnings.join(), /EM-A116X-SSD monthly is a commitment/)
})

t.test('a plan names each thing that is in the way, before anything is created', async (t) => {
  const site = await createSite(t, {
    quotas: { EM_A116X_SSD: 2, flexible_ips: 46, vpc_gateways: 0 },
    stock: { 'EM-A610R-NVME': 'empty' },
  })
  const plan = (change: object) => site.hardware.plan({ ...request, ...change })
  const alone = async (change: object, code: string, message?: RegExp) =>
    await t.rejects(plan(change), { code, ...(message ? { message } : {}) })
  await site.fault({ action: { quota: { name: 'vpc_gateways', limit: 50 } } })
  await alone({ instanceType: 'em_x1_nvme' }, 'EDGE_OFFER_UNKNOWN', /^Zone fr-par-2 sells no EM-X1/)
  await alone({ instanceType: 'em_a610r_nvme' }, 'EDGE_OFFER_EMPTY')
  await alone({ diskGb: 9999 }, 'EDGE_OFFER_UNSUITABLE')
  await alone({ osName: 'ubuntu_1804' }, 'EDGE_OS_UNSUITABLE')
  await alone({ gatewayType: 'VPC-GW-XXL' }, 'EDGE_GATEWAY_TYPE_UNKNOWN')
  await alone(
    { hosts: 3 },
    'EDGE_QUOTA_TOO_SMALL',
    /^Quota EM_A116X_SSD is 2, 0 in use, 3 more wanted$/,
  )
  await site.fault({ action: { quota: { name: 'vpc_gateways', limit: 0 } } })
  const all = { hosts: 3, osName: 'ubuntu_1804', publicIps: 5, gatewayType: 'VPC-GW-XXL' }
  const refused = await plan(all).catch((error: Fault) => error)
  t.match(refused, { code: 'EDGE_PLAN_REFUSED', kind: 'invalid' })
  t.match(refused, { details: { context: { oneform_hosts: [/EM_A116X_SSD is 2/] } } })
  t.match(refused, { details: { context: { instance_os_name: [/ubuntu_1804/] } } })
  t.match(refused, { details: { context: { instance_public_ips: [/flexible_ips is 46/] } } })
  t.match(refused, {
    details: { context: { gateway_type: [/vpc_gateways is 0|XXL/, /vpc_gateways is 0|XXL/] } },
  })
  t.match((refused as Fault).message, /^5 things are in the way: /)
  t.equal(site.sim.state.servers.size + site.sim.state.vpcs.size, 0)
})

t.test('servers in other zones count towards the quota of their offer', async (t) => {
  const site = await createSite(t, { quotas: { EM_A116X_SSD: 2 } })
  const { offer } = await site.hardware.plan({ ...request, hosts: 2 })
  const elsewhere = { zone: 'nl-ams-1', name: 'theirs', description: '', protected: false }
  await site.scaleway.baremetal.createServer({ ...elsewhere, offerId: offer.id })
  await t.rejects(site.hardware.plan({ ...request, hosts: 2 }), {
    code: 'EDGE_QUOTA_TOO_SMALL',
    message: 'Quota EM_A116X_SSD is 2, 1 in use, 2 more wanted',
  })
})

t.test('quotas that the key may not read are learnt when it orders', async (t) => {
  const denied = [{ action: 'read', resource: 'iam' }]
  const quotas = { EM_A116X_SSD: 0 }
  const site = await createSite(t, { quotas, keys: [{ ...simulatedKey, denied }] })
  t.match(await site.hardware.plan(request), { offer: { name: 'EM-A116X-SSD' } })
  await t.rejects(build(site, 1), { code: 'EDGE_CLOUD_QUOTA', kind: 'exhausted' })
})

t.test('an unknown instance type is answered with what the zone sells', async (t) => {
  const site = await createSite(t)
  await t.rejects(site.hardware.plan({ ...request, instanceType: 'em_x1_nvme' }), {
    code: 'EDGE_OFFER_UNKNOWN',
    details: { hint: /^It sells em_a115x_ssd, em_a116x_ssd, .*em_l110x_sata\.$/ },
  })
})

t.test('datastores get a partition of the size asked for where the offer takes one', async (t) => {
  const site = await createSite(t)
  const nvme = { ...request, instanceType: 'em_b220e_nvme' }
  const plan = await site.hardware.plan({ ...nvme, diskGb: 500 })
  t.match(plan.lines.join(), /datastores on a partition of 500 GB/)
  const sshKeyId = await site.hardware.ensureSshKey(publicKey)
  const { offer, ...model } = await site.hardware.model({ ...nvme, diskGb: 500 })
  const order = {
    ...model,
    key: 'host-0',
    offerId: offer.id,
    billing: 'hourly' as const,
    sshKeyId,
    userData: '#cloud-config',
  }
  const id = await site.hardware.ensureServer(order, site.tell)
  const stored = site.sim.state.servers.get(id)?.install?.partitioning_schema
  t.match(stored?.filesystems.at(-1), { format: 'ext4', mountpoint: '/var/lib/one/datastores' })
  await site.hardware.waitInstalled(id, 'host-0', site.tell)

  await t.rejects(site.hardware.plan({ ...nvme, diskGb: 1010 }), {
    code: 'EDGE_OFFER_UNSUITABLE',
    message: /^The disks have room for \d+ GB of datastores$/,
  })
  await t.rejects(site.hardware.plan({ ...request, diskGb: 500 }), {
    code: 'EDGE_PARTITION_IMPOSSIBLE',
    message: 'EM-A116X-SSD with Ubuntu 22.04 LTS (Jammy Jellyfish) takes no partitions of our own',
    details: { answer: '404 Custom Partitioning not supported' },
  })
  const standard = await site.hardware.plan({ ...request, hosts: 2 })
  t.equal(standard.partitioning, undefined)
  t.match(standard.lines.join(), /ubuntu_2204, datastores on the root file system: 0.107 EUR/)
  t.match(standard.warnings.join(), /takes no partitions of our own: datastores on the root/)
})

t.test('a preflight says the same, with what OpenNebula has, and spends nothing', async (t) => {
  const site = await createSite(t, { stock: { 'EM-A610R-NVME': 'empty' } })
  const taken = {
    ...{ id: 4, name: 'tenant', vnMad: 'vxlan' },
    template: { NETWORK_ADDRESS: '10.9.0.0', NETWORK_MASK: '255.255.255.0' },
  }
  const one = { networks: { list: async () => [taken] } } as never
  const provisions = {
    list: async () => [{ id: 3, body: { state: 6, user_inputs_values: {} } }] as never,
  }
  const ask = (values: object) =>
    preflight({ scaleway: site.scaleway, one, provisions }, parseInputs({ ...values }))
  t.match(await ask({}), {
    offer: { name: 'EM-A116X-SSD' },
    zone: 'fr-par-2',
    warnings: [
      /user data/,
      /partitions/,
      /^cidr_block 10.180.0.0\/22 overlaps .* of provision 3; /,
    ],
  })
  await t.rejects(ask({ instance_type: 'em_x1_nvme' }), {
    code: 'EDGE_OFFER_UNKNOWN',
    details: { context: { instance_type: [/It sells/] } },
  })
  await t.rejects(ask({ instance_type: 'em_a610r_nvme' }), { code: 'EDGE_OFFER_EMPTY' })
  await t.rejects(ask({ cidr_block: '10.9.0.0/20' }), {
    code: 'EDGE_INPUTS_INVALID',
    message: 'cidr_block 10.9.0.0/20 overlaps network 4 (tenant)',
  })
  await t.rejects(ask({ cidr_block: '10.9.0.0/20', instance_type: 'em_a610r_nvme' }), {
    code: 'EDGE_PLAN_REFUSED',
    details: { context: { cidr_block: [/network 4/], instance_type: [/out of stock/] } },
  })
  await ask({ instance_type: 'em_b220e_nvme', instance_disk_size: 500 })
  const changing = (await site.asked()).filter(
    (call) => !/^GET |^POST .*\/partitioning-schemas\/validate$/.test(call),
  )
  t.same(changing, [], 'only looks, and the check of a layout')
  t.same(await site.violations(), [])
  await site.fault({ action: { revokeKey: { accessKey: simulatedKey.accessKey } } })
  await t.rejects(ask({}), { code: 'EDGE_CLOUD_CREDENTIALS', kind: 'denied' })
  t.equal(site.sim.state.vpcs.size + site.sim.state.servers.size, 0)
})

t.test(
  'a zone without Elastic Metal is refused before anything is asked of the cloud',
  async (t) => {
    const site = await createSite(t)
    const connection = { ...site.scaleway.connection, zone: 'fr-par-3' }
    t.throws(() => createScaleway(connection, { clock: createClock(), logger: silent }), {
      code: 'EDGE_CLOUD_ZONE_UNKNOWN',
      message: 'Zone fr-par-3 has no Elastic Metal',
    })
    t.same(await site.asked(), [])
  },
)

t.test('a key that lacks several rights is told all of them by name', async (t) => {
  const denied = ['flexible-ip', 'ssh_key', 'vpc_gateway'].map((resource) => ({
    ...{ action: 'read', resource },
  }))
  const site = await createSite(t, { keys: [{ ...simulatedKey, denied }] })
  const told = {
    code: 'EDGE_CLOUD_DENIED',
    kind: 'denied',
    message: 'The API key may not read flexible IPs, public gateways, SSH keys',
    details: {
      hint: 'Give the key ElasticMetalFullAccess, VPCGatewayFullAccess, SSHKeysFullAccess on the project.',
    },
  }
  await t.rejects(site.hardware.checkAccess(), told)
  const one = { networks: { list: async () => [] } } as never
  const provisions = { list: async () => [] }
  await t.rejects(preflight({ scaleway: site.scaleway, one, provisions }, parseInputs({})), told)
})
