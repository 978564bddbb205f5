/**
 * Writes spec.json and observed.json of the plan's cases from the model of the kernel, for when marks
 * or tables have changed: `node test/golden/plan/record.ts`, then the tests with UPDATE=1.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ForwardChain, Observed } from '../../../agent/host/index.ts'
import { plan } from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { type DamageName, inflict } from '../../unit/agent-net/damage.ts'
import { renameLink } from '../../unit/agent-net/kernel/links.ts'
import { blank, createModel, type Model } from '../../unit/agent-net/model.ts'
import { elasticOf, hostSpec, privateNetwork, vmPort } from '../../unit/agent-net/specs.ts'

const red = hostSpec({ networks: [privateNetwork(5, 'red')], publicNetworks: [] })
const none = hostSpec({ networks: [], publicNetworks: [] })
const onVlan = (id: number): HostSpec => ({
  ...red,
  underlay: { ...red.underlay, medium: { kind: 'vlan', id } },
})
const elastic = hostSpec({
  networks: [],
  ports: [vmPort(2, 4, '100.64.0.5')],
  elastics: [elasticOf(2, 2)],
  public: { address: '51.15.0.11', neighbour: 'proxy' },
})
const twoVms: HostSpec = { ...elastic, ports: [...elastic.ports, vmPort(3, 4, '100.64.0.7')] }
const withVm: HostSpec = { ...red, ports: [vmPort(1, 5, '172.30.0.11')] }

record('bare-host', hostSpec({ networks: [privateNetwork(5, 'red')] }), createModel().observed())
record('vlan-underlay', onVlan(2001), createModel().observed())
record('vlan-id-changed', onVlan(2002), settled(onVlan(2001)).observed())
record('nothing-to-do', hostSpec(), settled(hostSpec()).observed())
record('elastic-address-armed', elastic, plugged(settled(elastic), 'one-2-0', 'onebr4').observed())
record('elastic-address-taken-away', { ...elastic, elastics: [] }, armed().observed())
record(
  'elastic-address-given-to-another-vm',
  { ...twoVms, elastics: [{ ...elasticOf(3, 3), external: elasticOf(2, 2).external }] },
  settled(
    twoVms,
    plugged(plugged(settled(twoVms), 'one-2-0', 'onebr4'), 'one-3-0', 'onebr4'),
  ).observed(),
)
record('vm-plugged-in', withVm, plugged(settled(withVm), 'one-1-0', 'onebr5').observed())
record(
  'network-removed',
  hostSpec({ networks: [privateNetwork(6, 'blue')] }),
  settled(hostSpec()).observed(),
)
record(
  'stock-driver-came-first',
  { ...none, networks: hostSpec().networks.map((network) => ({ ...network, gateway: null })) },
  withLinks(settled(none).observed()),
)
record('stock-elastic-driver-left-routes', elastic, withRemains(armed().observed()))
record(
  'hostile-networks',
  {
    ...none,
    networks: [
      privateNetwork(5, 'red', { gateway: null, vteps: [] }),
      privateNetwork(7, 'steals the underlay', { gateway: '10.180.0.1/24' }),
      privateNetwork(8, 'takes the NIC', { bridge: 'eth0' }),
    ],
  },
  settled(none).observed(),
)

// One change of the spec each.
const one = (changes: Parameters<typeof privateNetwork>[2]): HostSpec => ({
  ...red,
  networks: [privateNetwork(5, 'red', { vteps: ['10.180.0.12'], ...changes })],
})
const was = one({})
record('egress-by-the-public-gateway', was, settled(none).observed())
record('egress-by-the-host', one({ egress: 'host' }), settled(none).observed())
record('egress-none', one({ egress: 'none' }), settled(none).observed())
record('egress-changed', one({ egress: 'host' }), settled(was).observed())
record('network-without-gateway', one({ gateway: null }), settled(none).observed())
record('gateway-removed', one({ gateway: null }), settled(was).observed())
record('gateway-moved', one({ gateway: '172.30.0.254/24' }), settled(was).observed())
record('mtu-changed', one({ mtu: 1400 }), settled(was).observed())
record('vni-changed', one({ vni: 205, device: 'scwpn.205' }), settled(was).observed())
record('host-joins', one({ vteps: ['10.180.0.12', '10.180.0.13'] }), settled(was).observed())
record('host-leaves', one({ vteps: [] }), settled(was).observed())
record(
  'two-networks-with-one-prefix',
  { ...none, networks: [privateNetwork(5, 'red'), privateNetwork(6, 'blue')] },
  settled(none).observed(),
)
record(
  'public-network-without-elastics',
  { ...none, publicNetworks: elastic.publicNetworks },
  settled(none).observed(),
)
record('underlay-address-changed', underlay({ address: '10.180.0.21/22' }), settled(was).observed())
record('underlay-gateway-gone', underlay({ gateway: null }), settled(was).observed())
record(
  'management-prefixes-given',
  { ...none, firewall: { management: ['192.0.2.0/24'] } },
  settled(none).observed(),
)
record(
  'port-without-address',
  { ...red, ports: [{ ...vmPort(1, 5, ''), addresses: [] }] },
  plugged(settled(red), 'one-1-0', 'onebr5').observed(),
)
record(
  'elastic-address-not-announced',
  { ...elastic, public: none.public },
  plugged(settled({ ...elastic, public: none.public }), 'one-2-0', 'onebr4').observed(),
)
record('elastic-address-waits-for-its-vm', elastic, settled(none).observed())
record(
  'vm-unplugged',
  withVm,
  unplugged(settled(withVm, plugged(settled(withVm), 'one-1-0', 'onebr5')), 'one-1-0').observed(),
)
record(
  'vm-of-nobody-on-a-public-bridge',
  { ...elastic, ports: [], elastics: [] },
  plugged(settled({ ...elastic, ports: [], elastics: [] }), 'vnet3', 'onebr4').observed(),
)

// What hands, drivers and crashes do.
record('drift-bridge-deleted', was, after(was, 'link deleted', 2))
record('drift-tunnel-deleted', was, after(was, 'link deleted', 3))
record('drift-router-deleted', was, after(was, 'link deleted', 1))
record('drift-link-down', was, after(was, 'link down', 0))
record('drift-port-flags-reset', was, after(was, 'other port flags', 1, 1))
record('drift-bridge-options-reset', was, after(was, 'other bridge options', 0))
record('drift-underlay-in-a-bridge', was, after(was, 'other bridge', 2, 1))
record('drift-address-missing', was, after(was, 'address missing', 0))
record('drift-address-of-a-hand', was, after(was, 'address extra', 3, 1))
record('drift-route-deleted', was, after(was, 'route deleted', 1))
record('drift-rule-deleted', was, after(was, 'rule deleted', 0))
record('drift-table-deleted', was, after(was, 'table deleted', 1))
record('drift-element-of-a-hand', was, after(was, 'element extra', 1, 1))
record('drift-rule-of-a-hand', was, after(was, 'rule added to a chain', 1, 2))
record('drift-setting-changed', was, after(was, 'setting changed', 1, 0))
record('drift-namespace-deleted', was, after(was, 'namespace deleted', 0))
record('drift-gateway-renamed-inside', was, after(was, 'renamed inside', 0))
record('drift-mac-of-the-gateway', was, after(was, 'other MAC inside', 0))
record('namespace-half-made', was, after(was, 'namespace half made', 1))
record(
  'bridge-renamed-under-its-vms',
  withVm,
  renamed(settled(withVm, plugged(settled(withVm), 'one-1-0', 'onebr5'))).observed(),
)
record('reboot', was, after(was, 'reboot'))
record('default-route-gone', onVlan(2002), after(onVlan(2001), 'no default route'))

// What Docker and ufw do to whatever is forwarded.
const chain = { backend: 'nft', drops: true, incoming: 0, outgoing: 0, isLast: true } as const
const forwarding = (spec: HostSpec, forward: ForwardChain): Observed => ({
  ...settled(spec).observed(),
  forwards: [forward],
})
record('docker-drops-what-is-forwarded', was, forwarding(was, chain))
record(
  'docker-drops-and-somebody-added-a-rule',
  was,
  forwarding(was, { ...chain, incoming: 1, outgoing: 1, isLast: false }),
)
record(
  'docker-drops-and-the-last-network-goes',
  none,
  forwarding(was, { ...chain, incoming: 1, outgoing: 2 }),
)
record('docker-drops-no-more', was, forwarding(was, { ...chain, drops: false, incoming: 1 }))

function underlay(changes: Partial<HostSpec['underlay']>): HostSpec {
  return { ...was, underlay: { ...was.underlay, ...changes } }
}

function after(spec: HostSpec, what: DamageName, pick = 0, how = 0): Observed {
  const model = settled(spec)
  const before = JSON.stringify(model.observed())
  inflict(model.kernel, { what, pick, how })
  if (JSON.stringify(model.observed()) === before) throw new Error(`${what} has no victim`)
  return model.observed()
}

function unplugged(model: Model, port: string): Model {
  model.unplug(port)
  return model
}

function renamed(model: Model): Model {
  renameLink(model.kernel, null, 'onebr5', 'odd0')
  return model
}

function record(name: string, spec: HostSpec, observed: Observed): void {
  const folder = join(import.meta.dirname, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'spec.json'), `${JSON.stringify(spec, null, 1)}\n`)
  writeFileSync(join(folder, 'observed.json'), `${JSON.stringify(observed, null, 1)}\n`)
}

function settled(spec: HostSpec, model = createModel()): Model {
  for (let round = 0; round < 2; round++) {
    const { ground, network } = plan(spec, model.observed())
    model.apply([...ground, ...network])
  }
  return model
}

function plugged(model: Model, port: string, bridge: string): Model {
  model.plug(port, bridge)
  return model
}

function armed(): Model {
  return settled(elastic, plugged(settled(elastic), 'one-2-0', 'onebr4'))
}

/** One network made by the stock driver as it should be, one with the kernel's old UDP port. */
function withLinks(observed: Observed): Observed {
  const links = [
    {
      ...blank('onebr5', 'bridge', 1500),
      up: true,
      bridge: { forwardDelay: 1500, stp: 0, snooping: 1 },
    },
    {
      ...blank('scwpn.105', 'vxlan', 1450),
      up: true,
      master: 'onebr5',
      vxlan: { id: 105, port: 4789, local: '10.180.0.11', learning: false },
      port: { learning: true, neighSuppress: false, isolated: false },
    },
    {
      ...blank('scwpn.106', 'vxlan', 1450),
      up: true,
      vxlan: { id: 106, port: 8472, local: '10.180.0.11', learning: true },
    },
  ]
  return { ...observed, host: { ...observed.host, links: [...observed.host.links, ...links] } }
}

/** What `elastic/post` adds on the host for each address (a route and a proxy entry). */
function withRemains(observed: Observed): Observed {
  const { routes, neighbours } = observed.host
  return {
    ...observed,
    host: {
      ...observed.host,
      routes: [
        ...routes,
        {
          table: 'main',
          type: 'unicast',
          destination: '100.64.0.5',
          via: null,
          device: 'onebr4',
          source: null,
          metric: 0,
          protocol: 'boot',
        },
      ],
      neighbours: [
        ...neighbours,
        { device: 'onebr4', address: '100.64.0.4', mac: null, protocol: '' },
      ],
    },
  }
}
