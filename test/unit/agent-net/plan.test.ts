import t from 'tap'
import type { NftTable } from '../../../agent/nat/index.ts'
import { plan } from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { inflict } from './damage.ts'
import { createModel, type Model } from './model.ts'
import { elasticOf, hostSpec, privateNetwork, vmPort } from './specs.ts'

/** One round, as the loop does it: ground, then network. */
function round(model: Model, spec: HostSpec): number {
  const { ground, network } = plan(spec, model.observed())
  model.apply([...ground, ...network])
  return ground.length + network.length
}

function plugAll(model: Model, { ports }: HostSpec): void {
  for (const { port, network } of ports) {
    const { links } = model.observed().host
    const bridge = `onebr${network}`
    const free = !links.some(({ name }) => name === port)
    if (free && links.some(({ name }) => name === bridge)) model.plug(port, bridge)
  }
}

t.test('an elastic address is armed when its VM is plugged in, and only then', async (t) => {
  const spec = hostSpec({ ports: [vmPort(2, 4, '100.64.0.5')], elastics: [elasticOf(2, 2)] })
  const model = createModel()
  round(model, spec)
  const routes = () => model.observed().host.routes.map(({ destination }) => destination)
  const unarmed = () =>
    model.observed().host.tables.find(({ family }) => family === 'ip')?.elements['unarmed']
  t.notOk(routes().includes('195.154.0.2'))
  t.same(unarmed(), ['195.154.0.2'])
  model.plug('one-2-0', 'onebr4')
  round(model, spec)
  t.ok(routes().includes('195.154.0.2'))
  t.same(unarmed(), [])
})

t.test('connections of an address are forgotten when it changes hands', async (t) => {
  const before = hostSpec({ ports: [vmPort(2, 4, '100.64.0.5')], elastics: [elasticOf(2, 2)] })
  const model = createModel()
  round(model, before)
  model.plug('one-2-0', 'onebr4')
  round(model, before)
  const { network } = plan({ ...before, elastics: [] }, model.observed())
  const kinds = network
    .filter(({ kind }) => ['table-set', 'table-change', 'flush', 'mark'].includes(kind))
    .map(({ kind }) => kind)
  t.same(
    kinds,
    ['table-change', 'mark', 'table-change', 'flush', 'mark'],
    'after the maps of host and namespace no longer know it',
  )
})

t.test(
  'an agent that died before it forgot and announced leaves that to the next one',
  async (t) => {
    const spec = hostSpec({
      ports: [vmPort(2, 4, '100.64.0.5')],
      elastics: [elasticOf(2, 2)],
      public: { address: '51.15.0.11', neighbour: 'proxy' },
    })
    const model = createModel()
    round(model, spec)
    model.plug('one-2-0', 'onebr4')
    const { ground, network } = plan(spec, model.observed())
    const late = ['flush', 'announce', 'mark']
    const cut = network.findIndex(({ kind }) => kind === 'announce')
    model.apply([...ground, ...network.slice(0, cut)])
    const sentences = plan(spec, model.observed()).network.map(({ sentence }) => sentence)
    t.same(sentences, [
      'announce 195.154.0.2 on eth0',
      'forget connections of 195.154.0.2 in fx4',
      'mark fx4 as applied',
    ])
    t.ok(network.slice(cut).every(({ kind }) => late.includes(kind)))
    round(model, spec)
    t.same(plan(spec, model.observed()).network, [], 'once')
  },
)

t.test('what somebody wrote into a mark becomes no word of a command', async (t) => {
  const model = createModel()
  round(model, hostSpec())
  round(model, hostSpec())
  const link = 'fxr4'
  const mark = 'fx:changing:195.154.0.9,1.2.3.4 mtu 68,$(id)'
  model.apply([{ kind: 'mark', namespace: 'fx4', link, mark, sentence: 'a hand' }])
  const { network } = plan(hostSpec(), model.observed())
  t.same(
    network.map(({ sentence }) => sentence),
    [
      'mark fx4 as being changed',
      'forget connections of 195.154.0.9 in fx4',
      'mark fx4 as applied',
    ],
  )
  t.notMatch(JSON.stringify(network), /mtu|id\)/)
})

t.test('of more addresses than a mark holds, all are made up for', async (t) => {
  const vms = Array.from({ length: 40 }, (_, index) => index + 1)
  const spec = hostSpec({
    ports: vms.map((vm) => vmPort(vm, 4, `100.64.0.${2 * vm + 1}`)),
    elastics: vms.map((vm) => elasticOf(vm, vm)),
  })
  const model = createModel()
  round(model, spec)
  plugAll(model, spec)
  const { ground, network } = plan(spec, model.observed())
  const cut = network.findIndex(({ kind }) => kind === 'flush')
  model.apply([...ground, ...network.slice(0, cut)])
  const rest = plan(spec, model.observed()).network
  t.equal(rest.filter(({ kind }) => kind === 'flush').length, vms.length)
})

t.test('a namespace whose mark is right is trusted without being read', async (t) => {
  const model = createModel()
  round(model, hostSpec())
  round(model, hostSpec())
  const observed = model.observed()
  const { ground, network } = plan(hostSpec(), { ...observed, inside: {} })
  t.same([...ground, ...network], [])
})

t.test('tenant input that would touch the host is left out by name', async (t) => {
  const cases: [string, Partial<ReturnType<typeof privateNetwork>>, RegExp][] = [
    ['a gateway on the underlay', { gateway: '10.180.1.1/24' }, /underlay/],
    ['a gateway among link addresses', { gateway: '100.96.0.1/24' }, /link pool/],
    ['a gateway among elastic addresses', { gateway: '100.64.0.1/24' }, /elastic pool/],
    ['a link-local gateway', { gateway: '169.254.169.254/16' }, /link-local/],
    ['the network address as gateway', { gateway: '172.30.0.0/24' }, /network's or broadcast/],
    [
      'a prefix length that is none',
      { gateway: '172.30.0.1/33' },
      /not an address with prefix length/,
    ],
    ["the host's own device as bridge", { bridge: 'eth0' }, /host's own/],
    ['the underlay as bridge', { bridge: 'scwpn' }, /host's own/],
    ["a router's port as bridge", { bridge: 'fxr4' }, /host's own/],
    ['the whole internet as its own', { gateway: '0.0.0.0/0' }, /no usable prefix length/],
    ['a gateway nobody can have', { gateway: '255.255.255.255/32' }, /no usable prefix length/],
    ['the broadcast address as gateway', { gateway: '172.30.0.255/24' }, /network's or broadcast/],
    ["the host's address as gateway", { gateway: '51.15.0.11/24' }, /host's public address/],
    ['a loopback gateway', { gateway: '127.0.0.1/8' }, /loopback/],
    ['a multicast gateway', { gateway: '239.1.1.1/24' }, /multicast/],
    ['loopback as bridge', { bridge: 'lo' }, /host's own/],
    ['all devices as bridge', { bridge: 'all' }, /host's own/],
    ['the directory above as bridge', { bridge: '..' }, /host's own/],
    ['an option as bridge', { bridge: '-x' }, /host's own/],
    ['a VM as bridge', { bridge: 'one-1-0' }, /host's own/],
    ["a router's link as bridge", { bridge: 'fxl5' }, /host's own/],
    ["another network's tunnel as bridge", { bridge: 'scwpn.105' }, /host's own/],
    ["the underlay's device under its old name", { bridge: 'eth1' }, /host's own/],
    ['the number of a device as bridge', { bridge: 'if2' }, /host's own/],
    ['what no device may be called', { bridge: 'eth0:1' }, /host's own/],
    ["another network's bridge", { bridge: 'onebr4' }, /in use by another network/],
    ["another network's VNI", { vni: 105 }, /in use by another network/],
    ['a device of another name', { device: 'eth1' }, /should be scwpn\.109/],
  ]
  for (const [title, changes, reason] of cases) {
    const bad = privateNetwork(9, 'evil', changes)
    const spec = hostSpec({ networks: [privateNetwork(5, 'red'), bad] })
    const { faults, network } = plan(spec, createModel().observed())
    t.equal(faults.length, 1, title)
    t.match(faults[0], reason)
    t.match(faults[0], '"evil" (id 9)')
    t.ok(
      network.some(({ sentence }) => sentence === 'create bridge onebr5'),
      'the other network is made',
    )
    t.notOk(network.some(({ sentence }) => sentence.includes('fx9')))
  }
})

t.test(
  "a bridge called as a NIC's other name would make that NIC deaf, and is left out",
  async (t) => {
    const observed = createModel().observed()
    const links = observed.host.links.map((link) =>
      link.name === 'eth0' ? { ...link, altnames: ['enp1s0'] } : link,
    )
    const spec = hostSpec({ networks: [privateNetwork(9, 'evil', { bridge: 'enp1s0' })] })
    const { faults, network } = plan(spec, { ...observed, host: { ...observed.host, links } })
    t.match(faults, [/"evil" \(id 9\) is left out: bridge name enp1s0 is another name of eth0/])
    t.notOk(JSON.stringify(network).includes('enp1s0'))
  },
)

t.test('an elastic address that the host or another needs is left out by name', async (t) => {
  const cases: [string, string, RegExp][] = [
    ['on the underlay', '10.180.0.12', /it lies inside the underlay/],
    ['the one of the host', '51.15.0.11', /it lies inside the host's public address/],
    ["the host's way out", '51.15.0.1', /the host routes by it/],
    ["a stranger's on the host", '172.17.0.1', /it is the address of docker0/],
    ["the controller's", '198.51.100.7', /a controller comes from it/],
    ["another VM's", '195.154.0.3', /address 195.154.0.3 is in use by another elastic address/],
  ]
  const model = createModel()
  inflict(model.kernel, { what: 'strangers on the host', pick: 0, how: 0 })
  const observed = { ...model.observed(), controllers: ['198.51.100.7'] }
  for (const [title, external, reason] of cases) {
    const elastics = [elasticOf(3, 3), { ...elasticOf(2, 2), external }]
    const { faults, wanted } = plan(hostSpec({ elastics }), observed)
    t.equal(faults.length, 1, title)
    t.match(faults[0], new RegExp(`Elastic address ${external} is left out: `))
    t.match(faults[0], reason)
    t.same(elementsOf(wanted.tables, 'elastics'), ['195.154.0.3'], 'the other is served')
  }
})

const elementsOf = (tables: readonly NftTable[], name: string): readonly string[] =>
  tables.flatMap(({ sets }) => sets.find((set) => set.name === name)?.elements ?? [])

t.test("a port that could be taken for another's is left out by name", async (t) => {
  const own = vmPort(1, 5, '172.30.0.11')
  const cases: [string, Partial<typeof own>, RegExp][] = [
    ["somebody else's tap", { port: 'one-7-0' }, /it is not named one-3-0/],
    ["a tap that is another's already", { vm: 1, port: 'one-1-0' }, /in use by another port/],
    ["the gateway's MAC", { mac: '02:00:5e:00:01:01' }, /is the gateway's/],
    ['the MAC of nobody', { mac: '00:00:00:00:00:00' }, /none a VM may have/],
    ['the MAC of everybody', { mac: 'ff:ff:ff:ff:ff:ff' }, /none a VM may have/],
    ['a multicast MAC', { mac: '01:00:5e:00:00:05' }, /none a VM may have/],
    ["another VM's MAC", { mac: own.mac }, /MAC .* of network 5 is in use by another port/],
  ]
  for (const [title, changes, reason] of cases) {
    const ports = [own, { ...vmPort(3, 5, '172.30.0.13'), ...changes }]
    const { faults, wanted } = plan(hostSpec({ ports }), createModel().observed())
    t.equal(faults.length, 1, title)
    t.match(faults[0], reason)
    t.same(elementsOf(wanted.tables, 'taps'), ['"one-1-0"'], 'the other is served')
  }
})

t.test('of two networks with one id the first is served', async (t) => {
  const networks = [
    privateNetwork(5, 'red'),
    privateNetwork(5, 'twin', { bridge: 'onebr7', vni: 7 }),
  ]
  const { faults, wanted } = plan(hostSpec({ networks }), createModel().observed())
  t.match(faults, [/"twin" \(id 5\) is left out: id 5 is in use by another network/])
  t.same(
    wanted.tunnels.map(({ name }) => name),
    ['scwpn.105'],
  )
})

t.test(
  'a VM that claims the gateway, or nonsense, is known by its other addresses only',
  async (t) => {
    const greedy = {
      ...vmPort(1, 5, '172.30.0.1'),
      addresses: ['172.30.0.1', '300.1.1.1', '172.30.0.11'],
    }
    const twin = vmPort(3, 5, '172.30.0.11')
    const spec = hostSpec({ ports: [greedy, twin] })
    const model = createModel()
    round(model, spec)
    plugAll(model, spec)
    round(model, spec)
    const { faults } = plan(spec, model.observed())
    t.equal(faults.length, 2)
    const known = model.observed().host.neighbours.map(({ address, mac }) => [address, mac])
    t.same(known, [['172.30.0.11', greedy.mac]], 'of two that claim an address, the first has it')
    const { ground, network } = plan(spec, model.observed())
    t.same([...ground, ...network], [], 'and the two do not take turns')
  },
)

t.test('a malformed elastic address or VTEP harms nobody else', async (t) => {
  const spec = hostSpec({
    networks: [privateNetwork(5, 'red'), privateNetwork(6, 'odd', { vteps: ['10.180.0.999'] })],
    elastics: [{ ...elasticOf(2, 2), gateway: '1.2.3.256' }],
  })
  const { faults, network } = plan(spec, createModel().observed())
  t.equal(faults.length, 2)
  t.ok(network.some(({ sentence }) => sentence === 'create bridge onebr5'))
})

t.test('the way to the internet is never taken as the underlay', (t) => {
  const base = hostSpec()
  const greedy = { ...base.underlay, medium: { kind: 'link', device: 'eth0' } as const }
  const { ground, faults } = plan({ ...base, underlay: greedy }, createModel().observed())
  t.same(faults, ['eth0 is not taken as the underlay: it leads to the internet'])
  t.notOk(ground.some(({ kind }) => kind === 'link-rename'))
  t.end()
})
