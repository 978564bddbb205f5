import {
  type ElasticAddress,
  type HostSpec,
  underlayName,
  type VmPort,
} from '../../lib/contract/index.ts'
import type { FdbEntry, Neighbour, Observed, Route } from '../host/index.ts'
import {
  bridgeMac,
  floodedMac,
  gatewayMac,
  linkNamed,
  protocol,
  routerLinkOf,
  routerPortOf,
  vxlanPort,
} from '../host/index.ts'
import { bridgeTable, deafTable, hostTable, hostTable6 } from '../nat/index.ts'
import { egressRoutes, egressRules } from './desired-egress.ts'
import { desiredRouters, linkAddresses } from './desired-routers.ts'
import { hostSysctls } from './desired-sysctls.ts'
import { permanentNeighbours } from './permanent.ts'
import type { Wanted } from './wanted.ts'

/** Compiles an admitted spec into the state this host should have, given which VM ports are plugged in. */
export function desired(spec: HostSpec, observed: Observed): Wanted {
  const publicDevice = publicDeviceOf(observed)
  const plugged = pluggedPorts(spec, observed)
  const homes = new Map(plugged.map(({ port, network }) => [port, network]))
  const isArmed = ({ port, network }: ElasticAddress) => homes.get(port) === network
  const armed = spec.elastics.filter(isArmed)
  const unarmed = spec.elastics.filter((elastic) => !isArmed(elastic))
  const surroundings = {
    outside: outsideOf(spec, observed),
    controllers: observed.controllers ?? [],
  }
  const local = spec.underlay.address.split('/')[0] ?? ''
  return {
    publicDevice,
    underlay: {
      name: underlayName,
      mtu: spec.underlay.mtu,
      medium: mediumOf(spec, publicDevice, surroundings.outside),
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
    isolated: tapsOf(spec, observed),
    fdb: [...gatewayEntries(spec), ...floodList(spec)],
    addresses: [{ device: underlayName, address: spec.underlay.address }, ...linkEnds(spec)],
    routes: [...elasticRoutes(spec, armed), ...egressRoutes(spec)],
    rules: egressRules(spec),
    neighbours: [
      ...vmNeighbours(spec, plugged),
      ...(publicDevice === null ? [] : proxied(spec, armed, publicDevice)),
    ],
    tables: [
      hostTable(spec, {
        ...surroundings,
        publicDevice,
        unarmed: unarmed.map(({ external }) => external),
      }),
      hostTable6(spec, surroundings),
      bridgeTable(spec),
      deafTable(spec),
    ],
    sysctls: hostSysctls(spec, routerIds(spec), publicDevice),
  }
}

function mediumOf(
  { underlay: { medium } }: HostSpec,
  parent: string | null,
  outside: readonly string[],
): Wanted['underlay']['medium'] {
  if (medium.kind === 'vlan') return { ...medium, parent }
  // Taking it would cut the host off, and taking it back would not bring its addresses back.
  return outside.includes(medium.device) ? { kind: 'refused', device: medium.device } : medium
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

/**
 * Where the internet comes in: the device of the default route, and the one with the host's address,
 * which stays when the route goes. Never the underlay, whose default route is for tenants.
 */
export function outsideOf(spec: HostSpec, observed: Observed): string[] {
  const { host } = observed
  const carriers = host.addresses
    .filter(({ address }) => address.split('/')[0] === spec.public.address)
    .map(({ device }) => device)
  const devices = [publicDeviceOf(observed), ...carriers].filter((device) => device !== null)
  return [...new Set(devices)].filter((device) => device !== underlayName).sort()
}

function pluggedPorts(spec: HostSpec, { host }: Observed): VmPort[] {
  const bridges = new Map(
    [...spec.networks, ...spec.publicNetworks].map(({ id, bridge }) => [id, bridge]),
  )
  return spec.ports.filter(({ port, network }) => {
    const bridge = bridges.get(network)
    return bridge !== undefined && linkNamed(host, port)?.master === bridge
  })
}

/** Whatever hypervisors plugged into a public bridge, whether the spec knows it or not. */
function tapsOf({ networks, publicNetworks }: HostSpec, { host }: Observed): string[] {
  const bridges = new Set(publicNetworks.map(({ bridge }) => bridge))
  const own = new Set([
    underlayName,
    ...publicNetworks.flatMap(({ id }) => [routerPortOf(id), routerLinkOf(id)]),
    ...networks.flatMap(({ id, device }) => [routerPortOf(id), routerLinkOf(id), device]),
  ])
  return host.links
    .filter(({ name, master }) => master !== null && bridges.has(master) && !own.has(name))
    .map(({ name }) => name)
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

/** With `via` the kernel's key differs from zebra's, so zebra leaves the entry alone (measured with FRR 8.4). */
function floodList({ networks }: HostSpec): FdbEntry[] {
  return networks.flatMap(({ device, vteps }) =>
    [...new Set(vteps)].map((destination) => ({
      device,
      mac: floodedMac,
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

/** Zebra advertises them as MAC+IP routes, which is what makes ARP suppression work. */
function vmNeighbours(spec: HostSpec, plugged: readonly VmPort[]): Neighbour[] {
  const ports = Map.groupBy(plugged, ({ network }) => network)
  return spec.networks.flatMap(({ id, bridge, gateway }) =>
    permanentNeighbours(bridge, ports.get(id) ?? [], gateway),
  )
}

function proxied(spec: HostSpec, armed: readonly ElasticAddress[], device: string): Neighbour[] {
  if (spec.public.neighbour !== 'proxy') return []
  return armed.map(({ external }) => ({ device, address: external, mac: null, protocol }))
}
