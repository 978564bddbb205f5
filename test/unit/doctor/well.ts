import type { Facts, Routing } from '../../../agent/doctor/facts.ts'
import { gatewayMac, type Observed, type Stack } from '../../../agent/host/index.ts'
import { plan } from '../../../agent/plan/index.ts'
import type { HostSpec, PrivateNetwork, VmPort } from '../../../lib/contract/index.ts'
import { createModel, type Model } from '../agent-net/model.ts'
import { elasticOf, hostSpec, vmPort } from '../agent-net/specs.ts'

export const port: VmPort = vmPort(1, 5, '172.30.0.11')
export const open: VmPort = vmPort(2, 4, '100.64.0.5')
export const elastic = elasticOf(2, 2)

/** A VM in the red network, another with an elastic address, two other hosts. */
export const spec: HostSpec = hostSpec({
  public: { address: '51.15.0.11', neighbour: 'proxy' },
  bgp: {
    ...hostSpec().bgp,
    neighbours: ['10.180.0.12', '10.180.0.13'].map((address) => ({ address, role: 'mesh' })),
  },
  ports: [port, open],
  elastics: [elastic],
})

const [first] = spec.networks
if (first === undefined) throw new Error('the spec has no network')
export const red: PrivateNetwork = first

/** A model of the kernel that is as this spec says, its VMs plugged in. */
export function settled(wanted: HostSpec = spec): Model {
  const model = createModel()
  const round = () => {
    const { ground, network } = plan(wanted, model.observed())
    model.apply([...ground, ...network])
  }
  round()
  for (const { port: name, network } of wanted.ports) model.plug(name, `onebr${network}`)
  round()
  round()
  return model
}

export const routing: Routing = {
  silent: {},
  changes: [],
  addresses: ['10.180.0.11/22'],
  sessions: ['10.180.0.12', '10.180.0.13'].map((neighbour) => ({
    neighbour,
    state: 'Established',
    reason: null,
  })),
  bfd: ['10.180.0.12', '10.180.0.13'].map((peer) => ({ peer, status: 'up', diagnostic: 'ok' })),
  vnis: [
    { vni: 105, device: 'scwpn.105' },
    { vni: 106, device: 'scwpn.106' },
  ],
  floods: [105, 106].flatMap((vni) =>
    ['10.180.0.11', '10.180.0.12', '10.180.0.13'].map((vtep) => ({ vni, vtep })),
  ),
  macs: [null, '172.30.0.11'].map((address) => ({
    ...{ vni: 105, mac: port.mac, address, vtep: '10.180.0.11', own: true },
  })),
}

/** What the doctor sees of a host; all is well but for the changes. */
export function facts(changes: Partial<Facts> = {}, observed = observedOf(settled())): Facts {
  const { ground, network, faults, wanted } = plan(changes.spec ?? spec, observed)
  return {
    spec,
    observed,
    wanted,
    faults,
    steps: [...ground, ...network],
    carriers: new Set(observed.host.links.map(({ name }) => name)),
    macs: [
      { mac: port.mac, device: port.port, bridge: 'onebr5', destination: null },
      { mac: open.mac, device: open.port, bridge: 'onebr4', destination: null },
    ],
    forward: { chains: [], isWhole: true },
    routing,
    paths: ['10.180.0.1', '10.180.0.12', '10.180.0.13'].map((peer) => ({
      ...{ peer, bytes: 1500, passes: 'whole' },
    })),
    ...changes,
  }
}

/** The same with FRR saying something else. */
export const routed = (changes: Partial<Routing>): Facts =>
  facts({ routing: { ...routing, ...changes } })

/** The model leaves out what the planner does not look at. */
export function observedOf(model: Model): Observed {
  const { host, inside, ...rest } = model.observed()
  const conntrack = {
    'net/netfilter/nf_conntrack_count': '7',
    'net/netfilter/nf_conntrack_max': '1000',
  }
  const links = (stack: Stack): Stack['links'] =>
    stack.links.map((link) => ({
      ...link,
      up: link.up || link.kind === 'tun',
      mac: link.name === 'r0' ? gatewayMac : link.mac,
    }))
  const addresses = [...host.addresses, { device: 'eth0', address: '51.15.0.11/24' }]
  return {
    ...rest,
    host: { ...host, addresses, links: links(host), sysctls: { ...host.sysctls, ...conntrack } },
    inside: Object.fromEntries(
      Object.entries(inside).map(([name, stack]) => [
        name,
        { ...stack, links: links(stack), sysctls: { ...stack.sysctls, ...conntrack } },
      ]),
    ),
  }
}

/** The well host with one thing changed in its stack. */
export function hostWith(change: (host: Stack) => Partial<Stack>): Facts {
  const observed = observedOf(settled())
  return facts({}, { ...observed, host: { ...observed.host, ...change(observed.host) } })
}

export function insideWith(name: string, change: (stack: Stack) => Partial<Stack>): Facts {
  const observed = observedOf(settled())
  const stack = observed.inside[name]
  if (stack === undefined) throw new Error(`there is no ${name}`)
  const inside = { ...observed.inside, [name]: { ...stack, ...change(stack) } }
  return facts({}, { ...observed, inside })
}
