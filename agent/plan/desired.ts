import {
  type ElasticAddress,
  type HostSpec,
  underlayName,
  type VmPort,
} from '../../lib/contract/index.ts'
import { contains, parseCidr } from '../../lib/net/index.ts'
import { bridgeTable, deafTable, hostTable, hostTable6 } from '../nat/index.ts'
import { desiredRouters, linkAddresses } from './desired-routers.ts'
import {
  bridgeMac,
  gatewayMac,
  protocol,
  routerLinkOf,
  routerPortOf,
  routeTableOf,
  rulePriority,
  vxlanPort,
} from './marks.ts'
import type { FdbEntry, Neighbour, Observed, Route, Rule } from './observed.ts'
import type { Sysctl, Wanted } from './wanted.ts'

const flooded = '00:00:00:00:00:00'
/** Last in its table: without it a vanished default route would let tenants leak out elsewhere. */
const unreachableMetric = 9999

/** Compiles an admitted spec into the state this host should have, given which VM ports are plugged in. */
export function desired(spec: HostSpec, observed: Observed): Wanted {
  const publicDevice = publicDeviceOf(observed)
  const plugged = pluggedPorts(spec, observed)
  const armed = spec.elastics.filter((elastic) => isArmed(elastic, plugged))
  const unarmed = spec.elastics.filter((elastic) => !armed.includes(elastic))
  const local = spec.underlay.address.split('/')[0] ?? ''
  return {
    publicDevice,
    underlay: {
      name: underlayName,
      mtu: spec.underlay.mtu,
      medium:
        spec.underlay.medium.kind === 'vlan'
          ? { ...spec.underlay.medium, parent: publicDevice }
          : spec.underlay.medium,
    },
    bridges: [...spec.publicNetworks, ...spec.networks].map(({ bridge, mtu }) => ({
      name: bridge,
      mtu,
      mac: bridgeMac(spec.server, bridge),
      options: { forwardDelay: 0, stp: 0, snooping: 0 },
    })),
    tunnels: spec.networks.map(({ device, bridge, mtu, vni }) => ({
      name: device,
      mtu,
      bridge,
      options: { id: vni, port: vxlanPort, local, learning: false },
      port: { learning: false, neighSuppress: true, isolated: false },
    })),
    routers: desiredRouters(spec, armed, plugged),
    isolating: spec.publicNetworks.map(({ bridge }) => bridge),
    fdb: [...gatewayEntries(spec), ...floodList(spec)],
    addresses: [{ device: underlayName, address: spec.underlay.address }, ...linkEnds(spec)],
    routes: [...elasticRoutes(spec, armed), ...egressRoutes(spec)],
    rules: egressRules(spec),
    neighbours: [
      ...vmNeighbours(spec, plugged),
      ...(publicDevice === null ? [] : proxied(spec, armed, publicDevice)),
    ],
    tables: [
      hostTable(spec, { publicDevice, unarmed: unarmed.map(({ external }) => external) }),
      hostTable6(spec, publicDevice),
      bridgeTable(spec),
      deafTable(spec),
    ],
    sysctls: hostSysctls(spec, publicDevice),
  }
}

/** The device of the main table's default route. */
export function publicDeviceOf({ host }: Observed): string | null {
  const route = host.routes
    .filter(
      ({ table, destination, device }) =>
        table === 'main' && destination === 'default' && device !== null,
    )
    .toSorted((a, b) => a.metric - b.metric)[0]
  return route?.device ?? null
}

function pluggedPorts(spec: HostSpec, { host }: Observed): VmPort[] {
  const bridges = new Map(
    [...spec.networks, ...spec.publicNetworks].map(({ id, bridge }) => [id, bridge]),
  )
  const masters = new Map(host.links.map(({ name, master }) => [name, master]))
  return spec.ports.filter(({ port, network }) => masters.get(port) === bridges.get(network))
}

function isArmed({ port, network }: ElasticAddress, plugged: readonly VmPort[]): boolean {
  return plugged.some((candidate) => candidate.port === port && candidate.network === network)
}

const routedOf = ({ networks }: HostSpec) => networks.filter(({ gateway }) => gateway !== null)
const routerIds = (spec: HostSpec): number[] =>
  [...spec.publicNetworks, ...routedOf(spec)].map(({ id }) => id)

function gatewayEntries(spec: HostSpec): FdbEntry[] {
  return routerIds(spec).map((id) => ({
    device: routerPortOf(id),
    mac: gatewayMac,
    destination: null,
    via: null,
    state: 'static',
    sticky: true,
  }))
}

/** With `via` the kernel's key differs from zebra's, so zebra leaves the entry alone (dataplane §B). */
function floodList({ networks }: HostSpec): FdbEntry[] {
  return networks.flatMap(({ device, vteps }) =>
    [...new Set(vteps)].map((destination) => ({
      device,
      mac: flooded,
      destination,
      via: underlayName,
      state: 'permanent',
      sticky: false,
    })),
  )
}

function linkEnds(spec: HostSpec) {
  return routerIds(spec).map((id) => ({
    device: routerLinkOf(id),
    address: `${linkAddresses(spec, id).host}/31`,
  }))
}

function elasticRoutes(spec: HostSpec, armed: readonly ElasticAddress[]): Route[] {
  return armed.map(({ external, network }) => ({
    table: 'main',
    type: 'unicast',
    destination: external,
    via: linkAddresses(spec, network).inside,
    device: routerLinkOf(network),
    source: spec.public.address,
    metric: 0,
    protocol,
  }))
}

const byGateway = (spec: HostSpec) =>
  routedOf(spec).filter(({ egress }) => egress === 'public-gateway')

function egressRoutes(spec: HostSpec): Route[] {
  const { gateway } = spec.underlay
  return byGateway(spec).flatMap(({ id }) => {
    const route = { table: routeTableOf(id), destination: 'default', source: null, protocol }
    const fallback: Route = {
      ...route,
      type: 'unreachable',
      via: null,
      device: null,
      metric: unreachableMetric,
    }
    if (gateway === null) return [fallback]
    return [
      fallback,
      { ...route, type: 'unicast', via: gateway, device: underlayName, metric: 0 } satisfies Route,
    ]
  })
}

function egressRules(spec: HostSpec): Rule[] {
  return byGateway(spec).map(({ id }) => ({
    priority: rulePriority,
    iif: routerLinkOf(id),
    table: routeTableOf(id),
    protocol,
  }))
}

/** Zebra advertises them as MAC+IP routes, which is what makes ARP suppression work (§5). */
function vmNeighbours(spec: HostSpec, plugged: readonly VmPort[]): Neighbour[] {
  return spec.networks.flatMap(({ id, bridge, gateway }) =>
    plugged
      .filter(({ network }) => network === id)
      .flatMap(({ mac, addresses }) =>
        addresses
          .filter((address) => gateway === null || contains(parseCidr(gateway), address))
          .map((address) => ({ device: bridge, address, mac, protocol })),
      ),
  )
}

function proxied(spec: HostSpec, armed: readonly ElasticAddress[], device: string): Neighbour[] {
  if (spec.public.neighbour !== 'proxy') return []
  return armed.map(({ external }) => ({ device, address: external, mac: null, protocol }))
}

function hostSysctls(spec: HostSpec, publicDevice: string | null): Sysctl[] {
  const must = (key: string, value: string): Sysctl => ({ key, value, optional: false })
  const may = (key: string, value: string): Sysctl => ({ key, value, optional: true })
  const bridges = [...spec.publicNetworks, ...spec.networks].map(({ bridge }) => bridge)
  return [
    must('net/ipv4/ip_forward', '1'),
    must('net/ipv4/conf/all/send_redirects', '0'),
    must('net/ipv4/conf/default/send_redirects', '0'),
    // Security groups of OpenNebula hang on it: without, bridged traffic passes unfiltered.
    must('net/bridge/bridge-nf-call-iptables', '1'),
    may('net/bridge/bridge-nf-call-ip6tables', '1'),
    // Answers come back over scwpn from any address of the internet.
    must(`net/ipv4/conf/${underlayName}/rp_filter`, '2'),
    ...[...bridges, ...routerIds(spec).map(routerLinkOf)].map((device) =>
      may(`net/ipv6/conf/${device}/disable_ipv6`, '1'),
    ),
    ...(publicDevice === null || spec.public.neighbour !== 'proxy'
      ? []
      : [
          must(`net/ipv4/neigh/${publicDevice}/proxy_delay`, '0'),
          // arping must bind to an elastic address, which is never local here.
          must('net/ipv4/ip_nonlocal_bind', '1'),
        ]),
  ]
}
