import t from 'tap'
import { planAdoption } from '../../../controller/adopt/plan.ts'
import { readStockProvision } from '../../../controller/adopt/stock-provision.ts'
import { adoptedUuid, cloud, opennebula, serverIds, stockDocument, whole } from './samples.ts'

const uuid = '77777777-7777-4777-8777-777777777777'
const plan = (...found: Parameters<typeof whole>) => planAdoption(whole(...found), uuid)

t.test('a whole stock provision has nothing in the way, and every change is told', async (t) => {
  const { inTheWay, changes, found, more, staysBehind } = plan()
  t.strictSame(inTheWay, [])
  t.equal(found.length, 2 + 4 + 1 + 2 + 2 + 2 + 1)
  const told = changes.map(({ where, object, what }) => `${where}: ${object}: ${what}`).join('\n')
  for (const expected of [
    /document: provision 5: gets the engine edgectl/,
    /its provider becomes 8 \(scw\) instead of 3/,
    /server provision_5_host_1: gets the tags managed-by=edgectl, cloud=7777.* key=host-1/,
    /server provision_5_host_0: gets the private-network option: 14.60 EUR per month/,
    /server provision_5_host_0: is put on provision_5_private_network_0a/,
    /gateway address 51.15.9.9: gets the tags .* role=gateway-ip/,
    /flexible IP 163.172.5.1: gets the tags .* key=ip-0/,
    /OpenNebula: network 19 .* PHYDEV becomes scwpn instead of eno1/,
    /OpenNebula: address range 0 of network 20: .* instead of 172.27.9.4/,
    /host: 51.15.1.11: gets the agent/,
  ])
    t.match(told, expected)
  t.match(more, { perHour: 0.04, perMonth: 29.2, currency: 'EUR' })
  t.match(
    staysBehind.join('\n'),
    /key_0a.*\nStock provider 3 .*\n.*Terraform.*\n.*iptables.*\n.*172.27.9.4/,
  )
})

t.test('what is there already is not announced as a change', async (t) => {
  const servers = cloud.servers.map((server) => ({
    ...{ ...server, optioned: true, optionPrice: undefined, privateNetworks: ['n'] },
  }))
  const { changes, more } = plan({ cloud: { ...cloud, servers } })
  const told = changes.map(({ what }) => what).join('\n')
  t.notMatch(told, /private-network option|is put on/)
  t.equal(more, undefined)
})

t.test('each thing in the way is told in a sentence that names it', async (t) => {
  const body = (change: object) => readStockProvision(stockDocument(change))
  const server = (change: object) => ({
    cloud: { ...cloud, servers: cloud.servers.map((one) => ({ ...one, ...change })) },
  })
  const inputs = body({ user_inputs_values: { cidr_block: '172.17.0.0/24' } })
  const ours = ['managed-by=edgectl']
  const cases: [Parameters<typeof whole>[0], RegExp][] = [
    [{ provision: body({ state: 16 }) }, /not RUNNING/],
    [{ provider: undefined, cloud: undefined }, /No provider of edgectl .* fr-par-2/],
    [{ provision: inputs }, /Its cidr_block .*Docker/],
    [{ provision: body({ user_inputs_values: { cidr_block: '10.1.0.0/24' } }) }, /172.18.0.0\/24/],
    [{ cloud: { ...cloud, zone: 'nl-ams-1' } }, /is in fr-par-2, and its provider in nl-ams-1/],
    [{ cloud: { ...cloud, servers: [] } }, new RegExp(`Server ${serverIds[0]} .* not seen`)],
    [server({ status: 'stopped' }), /provision_5_host_0 is stopped/],
    [server({ install: 'error' }), /installation of server provision_5_host_0 is error/],
    [server({ address: '51.15.2.2' }), /address 51.15.2.2, and its host is called 51.15.1.10/],
    [server({ optionable: false }), /provision_5_host_0 is an EM-A116X-SSD, .*private networks/],
    [server({ tags: ours }), /provision_5_host_0 has the tags of an edgectl/],
    [{ cloud: { ...cloud, vpcs: [] } }, /No VPC/],
    [
      { cloud: { ...cloud, gateways: [...cloud.gateways, ...cloud.gateways] } },
      /Several of the name of its public gateway .* g, g/,
    ],
    [
      { cloud: { ...cloud, networks: cloud.networks.map((one) => ({ ...one, vpc: 'w' })) } },
      /in another VPC/,
    ],
    [
      {
        cloud: { ...cloud, gateways: cloud.gateways.map((one) => ({ ...one, status: 'failed' })) },
      },
      /gateway .* is failed/,
    ],
    [{ cloud: { ...cloud, addresses: [] } }, /Flexible IP 163.172.5.1 of address range 0/],
    [
      { cloud: { ...cloud, addresses: cloud.addresses.map((one) => ({ ...one, tags: ours })) } },
      /Flexible IP 163.172.5.1 has the tags/,
    ],
    [
      { cloud: { ...cloud, addresses: cloud.addresses.map((one) => ({ ...one, server: 'db' })) } },
      /Flexible IP 163.172.5.1 is on server db, which is not/,
    ],
    [{ opennebula: { ...opennebula, cluster: undefined } }, /no cluster/],
    [{ opennebula: { ...opennebula, hosts: [] } }, /host 4 \(51.15.1.10\) is gone/],
    [{ opennebula: { ...opennebula, networks: [] } }, /network 19/],
    [{ opennebula: { ...opennebula, datastores: [] } }, /datastore 102/],
    [
      {
        opennebula: {
          ...opennebula,
          ranges: opennebula.ranges.map((one) => ({ ...one, used: 1 })),
        },
      },
      /Address range 0 of network 20 \(163.172.5.1\) has 1 address in use/,
    ],
    [
      {
        opennebula: {
          ...opennebula,
          ranges: opennebula.ranges.map((one) => ({ ...one, ip: undefined })),
        },
      },
      /not of the stock IPAM driver/,
    ],
    [
      {
        opennebula: { ...opennebula, ranges: [0, 1, 2, 3, 4, 5].flatMap(() => opennebula.ranges) },
      },
      /Its instance_public_ips must be a whole number from 0 to 5, not 6/,
    ],
    [
      {
        opennebula: {
          ...opennebula,
          hosts: opennebula.hosts.map((one) => ({ ...one, vmMad: 'qemu' })),
        },
      },
      /Its hypervisor must be one of kvm, lxc/,
    ],
    [
      { opennebula: { ...opennebula, networks: opennebula.networks.flatMap((one) => [one, one]) } },
      /several networks of one kind: 19, 19/,
    ],
    [{ opennebula: { ...opennebula, machines: [7, 9] } }, /Virtual machines 7, 9/],
    [{ opennebula: { ...opennebula, foreignNetworks: [{ id: 30, name: 'blue' }] } }, /30 \(blue\)/],
    [{ logins: new Map([['51.15.1.10', 'Permission denied']]) }, /51.15.1.10 cannot .*denied/],
  ]
  for (const [change, sentence] of cases) {
    const { inTheWay } = plan(change)
    t.ok(
      inTheWay.some((text) => sentence.test(text)),
      `${sentence}: ${inTheWay.join('; ')}`,
    )
  }
})

t.test('whose a server is OpenNebula’s host tells, and not the document alone', async (t) => {
  const another = '11111111-2222-4333-8444-555555555555'
  const named = (change: object) => {
    const objects = { ...readStockProvision(stockDocument()).body.one_objects }
    const [first, second] = objects.hosts
    const hosts = [{ ...first, ...change }, second]
    return readStockProvision(stockDocument({ one_objects: { ...objects, hosts } }))
  }
  const server = {
    ...{ ...cloud.servers[0], id: another, name: 'database', address: '51.15.7.7' },
  } as (typeof cloud.servers)[number]
  const seen = { ...cloud, servers: [...cloud.servers, server] }
  const stolen = { name: '51.15.7.7', resource_id: `fr-par-2/${another}` }
  t.strictSame(plan({ provision: named(stolen), cloud: seen }).inTheWay, [
    `OpenNebula’s host 4 (51.15.1.10) has the server fr-par-2/${serverIds[0]}, and the document says fr-par-2/${another}`,
    'Server database has the address 51.15.7.7, and its host is called 51.15.1.10',
  ])
  t.match(plan({ provision: named({ name: '51.15.7.7' }) }).inTheWay, [
    /provision_5_host_0 has the address 51.15.1.10, and its host is called 51.15.7.7/,
  ])
  const untold = opennebula.hosts.map((host) => ({ ...host, resource: undefined }))
  t.match(plan({ opennebula: { ...opennebula, hosts: untold } }).inTheWay, [
    /host 4 .* has no server, and the document says/,
    /host 5 .* has no server/,
  ])
  const twice = plan({ provision: named({ resource_id: `fr-par-2/${serverIds[1]}` }) }).inTheWay
  t.match(twice.join('\n'), /names the server f38185ae.* 2 times/)
  t.match(plan({ provision: named({ id: 5 }) }).inTheWay.join('\n'), /OpenNebula’s host 5 2 times/)
})

t.test('two that would be the same one here are in the way, and no failure later', async (t) => {
  const networks = opennebula.networks.map((one) =>
    one.vnMad === 'elastic' ? { ...one, vnMad: 'bridge' } : one,
  )
  const { inTheWay } = plan({ opennebula: { ...opennebula, networks, ranges: [] } })
  t.match(inTheWay.join('\n'), /several networks of one kind: 19, 20/)
  t.match(inTheWay.join('\n'), /Network 20 .* is of the driver bridge/)
  const [range] = opennebula.ranges
  if (range === undefined) throw new Error('The sample has no range')
  const both = (change: object) =>
    plan({
      opennebula: { ...opennebula, ranges: [range, { ...range, id: 1, ...change }] },
    }).inTheWay.join('\n')
  t.match(both({ flexibleIp: 'e' }), /ranges 0, 1 have the same public address 163.172.5.1/)
  t.match(both({ external: '163.172.5.2' }), /ranges 0, 1 have the same flexible IP f/)
})

t.test('what the stock server still works on, or left beside it, is told', async (t) => {
  const [range] = opennebula.ranges
  if (range === undefined) throw new Error('The sample has no range')
  const more = { ...range, id: 1, external: '163.172.5.2', flexibleIp: 'e' }
  t.match(
    plan({ opennebula: { ...opennebula, ranges: [range, more] } }).inTheWay.join('\n'),
    /20 has the public addresses 163.172.5.1, 163.172.5.2, and its document says 163.172.5.1: an add-ip/,
  )
  t.match(
    plan({ opennebula: { ...opennebula, foreignHosts: [{ id: 8, name: '51.15.1.12' }] } }).inTheWay,
    [/Hosts in its cluster are not in its document: 8 \(51.15.1.12\)/],
  )
  const strays = [{ id: 's', name: 'provision_5_host_2' }]
  const { inTheWay, staysBehind } = plan({ cloud: { ...cloud, strays } })
  t.strictSame(inTheWay, [])
  t.match(staysBehind.join('\n'), /Server provision_5_host_2 \(s\).* costs on/)
})

t.test('names of different runs of the stock driver are of different provisions', async (t) => {
  const vpcs = [{ id: 'v', name: 'provision_5_vpc_0b', tags: [] }]
  t.match(plan({ cloud: { ...cloud, vpcs } }).inTheWay, [/several runs .*provision_5_vpc_0b, /])
})

t.test('who restricted the bastion by hand reads that it stays so', async (t) => {
  const told = (bastion: string[]) => {
    const gateways = cloud.gateways.map((gateway) => ({ ...gateway, bastion }))
    const { changes } = plan({ cloud: { ...cloud, gateways } })
    return changes.map(({ what }) => what).join('\n')
  }
  t.match(told(['203.0.113.0/24']), /names nobody it goes on letting in 203.0.113.0\/24 alone/)
  t.notMatch(told(['0.0.0.0/0']), /goes on/)
})

t.test(
  'tags of this very provision, whose document got lost again, are not in the way',
  async (t) => {
    const tags = ['managed-by=edgectl', `provision=${adoptedUuid}`]
    const servers = cloud.servers.map((server) => ({ ...server, tags }))
    t.strictSame(plan({ cloud: { ...cloud, servers } }).inTheWay, [])
  },
)

t.test(
  'who agreed to a plan agreed to what it costs and changes, and to nothing else',
  async (t) => {
    const { digest } = plan()
    t.equal(plan().digest, digest)
    const state = opennebula.hosts.map((host) => ({ ...host, state: 'MONITORING_MONITORED' }))
    t.equal(plan({ opennebula: { ...opennebula, hosts: state } }).digest, digest, 'a passing state')
    const optioned = cloud.servers.map((server) => ({ ...server, optioned: true }))
    t.not(plan({ cloud: { ...cloud, servers: optioned } }).digest, digest)
    t.not(plan({ provider: { id: 9, name: 'other' } }).digest, digest)
  },
)

t.test('only documents of the stock driver are read at all', async (t) => {
  const read =
    (change: object, type = 104) =>
    () =>
      readStockProvision({ ...stockDocument(change), type })
  t.throws(read({ engine: 'edgectl' }), { code: 'EDGE_ADOPT_OURS' })
  t.throws(read({}, 103), { code: 'EDGE_ADOPT_OTHER' })
  t.throws(read({ one_objects: {} }), {
    code: 'EDGE_ADOPT_UNREADABLE',
    message: /5 cannot be read/,
  })
  const host = { id: 4, name: 'a', resource_id: '../../etc' }
  const objects = { cluster: {}, hosts: [host], networks: [], datastores: [] }
  t.throws(read({ one_objects: objects }), { code: 'EDGE_ADOPT_UNREADABLE' })
})
