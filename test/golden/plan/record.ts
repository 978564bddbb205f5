/**
 * Writes spec.json and observed.json of the plan's cases from the model of the kernel, for when marks
 * or tables have changed: `node test/golden/plan/record.ts`, then the tests with UPDATE=1.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Observed } from '../../../agent/host/index.ts'
import { plan } from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
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
