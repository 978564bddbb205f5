import type {
  ElasticAddress,
  HostSpec,
  PrivateNetwork,
  PublicNetwork,
  VmPort,
} from '../../lib/contract/index.ts'
import { numberToIpv4, parseCidr } from '../../lib/net/index.ts'
import type { Route } from '../host/index.ts'
import {
  fingerprint,
  gatewayMac,
  namespaceOf,
  protocol,
  routerLinkOf,
  routerPortOf,
} from '../host/index.ts'
import { privateRouterTable, publicRouterTable } from '../nat/index.ts'
import { permanentNeighbours } from './permanent.ts'
import {
  linkMtu,
  type Sysctl,
  type WantedEnd,
  type WantedInside,
  type WantedRouter,
} from './wanted.ts'

/** The two ends of a namespace's link: two addresses of the pool per network id, nothing to remember. */
export function linkAddresses(spec: HostSpec, network: number): { host: string; inside: string } {
  const { first } = parseCidr(spec.pools.links)
  return { host: numberToIpv4(first + 2 * network), inside: numberToIpv4(first + 2 * network + 1) }
}

/** One router namespace for each public network and for each private one with a gateway. */
export function desiredRouters(
  spec: HostSpec,
  armed: readonly ElasticAddress[],
  plugged: readonly VmPort[],
): WantedRouter[] {
  const byNetwork = Map.groupBy(plugged, ({ network }) => network)
  const ports = (id: number) => byNetwork.get(id) ?? []
  return [
    ...spec.publicNetworks.map((network) =>
      router(
        network,
        `public network "${network.name}"`,
        publicInside(spec, network, armed, ports(network.id)),
      ),
    ),
    ...spec.networks
      .filter(({ gateway }) => gateway !== null)
      .map((network) =>
        router(
          network,
          `network "${network.name}"`,
          privateInside(spec, network, ports(network.id)),
        ),
      ),
  ]
}

function router(
  network: PublicNetwork | PrivateNetwork,
  title: string,
  inside: WantedInside,
): WantedRouter {
  return {
    namespace: namespaceOf(network.id),
    title,
    bridge: network.bridge,
    mtu: network.mtu,
    port: routerPortOf(network.id),
    link: routerLinkOf(network.id),
    inside,
    mark: `fx:${fingerprint(inside)}`,
  }
}

function privateInside(
  spec: HostSpec,
  network: PrivateNetwork,
  ports: readonly VmPort[],
): WantedInside {
  const { gateway } = network
  return {
    links: endsInside(network.mtu),
    sysctls: insideSysctls,
    addresses: [
      linkEnd(spec, network.id),
      ...(gateway === null ? [] : [{ device: 'r0', address: gateway }]),
    ],
    routes: [defaultRoute(spec, network.id)],
    neighbours: permanentNeighbours('r0', ports, gateway),
    tables: [privateRouterTable(network)],
  }
}

function publicInside(
  spec: HostSpec,
  network: PublicNetwork,
  armed: readonly ElasticAddress[],
  ports: readonly VmPort[],
): WantedInside {
  const mine = armed.filter((elastic) => elastic.network === network.id)
  const macs = new Map(ports.map(({ port, mac }) => [port, mac]))
  return {
    links: endsInside(network.mtu),
    sysctls: insideSysctls,
    addresses: [linkEnd(spec, network.id)],
    routes: [defaultRoute(spec, network.id), ...mine.map(({ address }) => vmRoute(address))],
    neighbours: [
      ...mine.map(({ gateway }) => ({ device: 'r0', address: gateway, mac: null, protocol })),
      ...mine.flatMap(({ address, port }) => {
        const mac = macs.get(port)
        return mac === undefined ? [] : [{ device: 'r0', address, mac, protocol }]
      }),
    ],
    tables: [publicRouterTable(mine)],
  }
}

/** The router's port carries the network's MTU; the link to the host carries anything. */
const endsInside = (mtu: number): readonly WantedEnd[] => [
  { name: 'lo', mtu: null, mac: null },
  { name: 'r0', mtu, mac: gatewayMac },
  { name: 'l0', mtu: linkMtu, mac: null },
]

const linkEnd = (spec: HostSpec, id: number) => ({
  device: 'l0',
  address: `${linkAddresses(spec, id).inside}/31`,
})

function defaultRoute(spec: HostSpec, id: number): Route {
  return {
    table: 'main',
    type: 'unicast',
    destination: 'default',
    via: linkAddresses(spec, id).host,
    device: 'l0',
    source: null,
    metric: 0,
    protocol,
  }
}

function vmRoute(address: string): Route {
  return {
    table: 'main',
    type: 'unicast',
    destination: address,
    via: null,
    device: 'r0',
    source: null,
    metric: 0,
    protocol,
  }
}

/** `proxy_delay` 0 because the default delays a first packet by up to 0.6 s. */
const insideSysctls: readonly Sysctl[] = [
  { key: 'net/ipv6/conf/all/disable_ipv6', value: '1', optional: true },
  ...Object.entries({
    'net/ipv4/ip_forward': '1',
    'net/ipv4/conf/all/send_redirects': '0',
    'net/ipv4/conf/r0/send_redirects': '0',
    'net/ipv4/conf/l0/send_redirects': '0',
    'net/ipv4/conf/all/rp_filter': '0',
    'net/ipv4/conf/r0/rp_filter': '0',
    'net/ipv4/conf/l0/rp_filter': '0',
    'net/ipv4/neigh/r0/proxy_delay': '0',
    'net/ipv4/conf/r0/arp_ignore': '1',
    'net/ipv4/conf/l0/arp_ignore': '1',
  }).map(([key, value]) => ({ key, value, optional: false })),
]
