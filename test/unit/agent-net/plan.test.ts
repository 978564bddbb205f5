import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Observed } from '../../../agent/host/index.ts'
import { plan } from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { createModel, type Model } from './model.ts'
import { elasticOf, hostSpec, privateNetwork, vmPort } from './specs.ts'

/** Any host a controller may describe: networks come and go, options and ports vary. */
const anySpec: fc.Arbitrary<HostSpec> = fc
  .record({
    networks: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 5, max: 9 }),
        gateway: fc.constantFrom('172.30.0.1/24', '10.0.0.1/24', null),
        egress: fc.constantFrom('public-gateway' as const, 'host' as const, 'none' as const),
        vteps: fc.subarray(['10.180.0.12', '10.180.0.13', '10.180.0.14']),
        // VNIs move between networks, so that a device of the old owner stands in the way.
        shift: fc.constantFrom(0, 0, 1),
      }),
      { selector: ({ id }) => id, maxLength: 4 },
    ),
    isPublic: fc.boolean(),
    vms: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
    neighbour: fc.constantFrom('proxy' as const, 'none' as const),
    gateway: fc.constantFrom('10.180.0.1', null),
    medium: fc.constantFrom(
      { kind: 'link', device: 'eth1' } as const,
      { kind: 'vlan', id: 2000 } as const,
    ),
  })
  .map(({ networks, isPublic, vms, neighbour, gateway, medium }) =>
    hostSpec({
      public: { address: '51.15.0.11', neighbour },
      underlay: { medium, address: '10.180.0.11/22', gateway, mtu: 1500 },
      networks: networks.map(({ id, shift, ...rest }) =>
        privateNetwork(id, `n${id}`, {
          ...rest,
          vni: 100 + id + shift,
          device: `scwpn.${100 + id + shift}`,
        }),
      ),
      publicNetworks: isPublic ? hostSpec().publicNetworks : [],
      ports: vms.map((vm) =>
        vm % 2 === 0
          ? vmPort(vm, 4, `100.64.0.${2 * vm + 1}`)
          : vmPort(vm, 5, `172.30.0.${10 + vm}`),
      ),
      elastics: vms.filter((vm) => vm % 2 === 0).map((vm) => elasticOf(vm, vm)),
    }),
  )

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

/** Brings the model to a spec: its VMs plugged in, those of others gone, and nothing left to do. */
function settle(model: Model, spec: HostSpec): void {
  for (const { name } of model.observed().host.links) {
    if (name.startsWith('one-')) model.unplug(name)
  }
  round(model, spec)
  plugAll(model, spec)
  round(model, spec)
  round(model, spec)
  const { ground, network } = plan(spec, model.observed())
  const left = [...ground, ...network].map(({ sentence }) => sentence)
  if (left.length > 0) throw new Error(`still to do: ${left.join('; ')}`)
}

/** Everything that carries our marks, whatever order it was made in. */
function ours({ host, namespaces, inside }: Observed): unknown {
  const marked = ({ protocol }: { readonly protocol: string }) => protocol === '88'
  const text = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort()
  return {
    links: text(host.links.filter(({ group, name }) => group === '77' && name !== 'scwpn')),
    addresses: text(host.addresses),
    routes: text(host.routes.filter(marked)),
    rules: text(host.rules),
    neighbours: text(host.neighbours.filter(marked)),
    fdb: text(host.fdb),
    tables: text(host.tables),
    namespaces: namespaces.toSorted(),
    inside: Object.entries(inside)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { addresses, routes, neighbours, tables }]) => [
        name,
        text(addresses),
        text(routes),
        text(neighbours),
        text(tables),
      ]),
  }
}

t.test('a host ends up as its spec says, the same whatever it was before', async (t) => {
  fc.assert(
    fc.property(fc.array(anySpec, { minLength: 1, maxLength: 3 }), anySpec, (history, spec) => {
      const used = createModel()
      for (const past of history) settle(used, past)
      settle(used, spec)
      const fresh = createModel()
      settle(fresh, spec)
      assert.deepEqual(ours(used.observed()), ours(fresh.observed()))
    }),
    { numRuns: 60 },
  )
  t.pass()
})

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
  const maps = ['table-change', 'table-change']
  t.same(kinds, [...maps, 'flush', 'mark'], 'after the maps no longer know it')
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
  const { faults } = plan(
    hostSpec({ elastics: [{ ...elasticOf(2, 2), external: '10.180.0.12' }] }),
    createModel().observed(),
  )
  t.match(faults[0], /Elastic address 10\.180\.0\.12 is left out: it lies inside the underlay/)
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
