import { type HostSpec, underlayName } from '../../lib/contract/index.ts'
import { formatCidr, parseCidr } from '../../lib/net/index.ts'
import { oldVxlanPort, routerLinkOf, tableName, vxlanPort, zoneOf } from '../host/index.ts'
import { prefixes, unique } from './address-sets.ts'
import { firewall, firewall6, type Surroundings } from './host-firewall.ts'
import { type NftTable, quoted } from './table.ts'

const bgpPort = 179
/** Single hop, its echo, and multihop (RFC 5881, 5883). */
const bfdPorts = [3784, 3785, 4784] as const
/** Clouds keep the secrets of a server there, for whoever asks from its address. */
const linkLocal = '169.254.0.0/16'

export interface HostFacts extends Surroundings {
  /** Device of the default route. */
  readonly publicDevice: string | null
  /** Elastic addresses that no VM's port on this host answers for now. */
  readonly unarmed: readonly string[]
}

/**
 * The host's own IPv4 table: conntrack zones per bridge, the door for unarmed elastic addresses, the
 * guard in front of the host and its underlay, and masquerading of what leaves router namespaces.
 * Why each rule is needed: every one of them was seen missing (`test/net/agent`).
 */
export function hostTable(spec: HostSpec, facts: HostFacts): NftTable {
  const { publicDevice, unarmed } = facts
  const uplink = publicDevice === null ? [] : [quoted(publicDevice)]
  const guard = firewall(spec, facts)
  const links = formatCidr(parseCidr(spec.pools.links))
  const underlay = quoted(underlayName)
  return {
    family: 'ip',
    name: tableName,
    sets: [
      {
        name: 'vteps',
        kind: 'set',
        type: 'ipv4_addr',
        elements: unique(spec.networks.flatMap(({ vteps }) => vteps)),
      },
      {
        name: 'elastics',
        kind: 'set',
        type: 'ipv4_addr',
        elements: unique(spec.elastics.map(({ external }) => external)),
      },
      {
        name: 'peers',
        kind: 'set',
        type: 'ipv4_addr',
        elements: unique(spec.bgp.neighbours.map(({ address }) => address)),
      },
      { name: 'unarmed', kind: 'set', type: 'ipv4_addr', elements: unique(unarmed) },
      {
        name: 'off_limits',
        kind: 'set',
        type: 'ipv4_addr',
        interval: true,
        elements: offLimits(spec),
      },
      {
        name: 'by_gateway',
        kind: 'set',
        type: 'ifname',
        elements: leaving(spec, 'public-gateway'),
      },
      { name: 'by_host', kind: 'set', type: 'ifname', elements: leaving(spec, 'host') },
      {
        name: 'zones',
        kind: 'map',
        type: 'iifname : ct zone',
        byExpression: true,
        elements: zones(spec),
      },
      ...guard.sets,
    ],
    chains: [
      {
        name: 'door',
        hook: 'type filter hook prerouting priority raw; policy accept;',
        rules: [
          // Before conntrack: an entry made now would keep the flow un-NATed once the address is armed.
          'ip daddr @unarmed drop',
          // Tunnel packets have a source port per flow: each would be a connection of its own.
          `iifname ${underlay} udp dport ${vxlanPort} ip saddr @vteps notrack`,
          'ct zone set iifname map @zones',
        ],
      },
      {
        name: 'tunnels_out',
        hook: 'type filter hook output priority raw; policy accept;',
        rules: [`oifname ${underlay} udp dport ${vxlanPort} ip daddr @vteps notrack`],
      },
      {
        name: 'host_in',
        hook: 'type filter hook input priority -10; policy accept;',
        rules: [
          `iifname ${underlay} udp dport ${vxlanPort} ip saddr @vteps accept`,
          `udp dport { ${vxlanPort}, ${oldVxlanPort} } drop`,
          'iifname "lo" accept',
          // FRR listens everywhere; only neighbours are heard, and only where they are.
          ...[`tcp dport ${bgpPort}`, `udp dport { ${bfdPorts.join(', ')} }`].flatMap((ports) => [
            `iifname ${underlay} ${ports} ip saddr @peers accept`,
            `${ports} drop`,
          ]),
          'iifname "fxl*" ct state established,related accept',
          // Pinging the host is fine, finding out what carries the networks is not.
          'iifname "fxl*" ip daddr @off_limits drop',
          'iifname "fxl*" icmp type echo-request accept',
          'iifname "fxl*" drop',
          ...guard.rules,
        ],
      },
      {
        name: 'through',
        hook: 'type filter hook forward priority -10; policy accept;',
        rules: [
          'iifname != "fxl*" oifname != "fxl*" accept',
          'ct state established,related accept',
          'iifname "fxl*" ip daddr @off_limits drop',
          'iifname "fxl*" oifname "fxl*" ip daddr @elastics accept',
          'iifname "fxl*" oifname "fxl*" drop',
          `iifname @by_gateway oifname ${underlay} accept`,
          ...uplink.flatMap((device) => [
            `iifname @by_host oifname ${device} accept`,
            `iifname ${device} ip daddr @elastics accept`,
          ]),
          'drop',
        ],
      },
      {
        name: 'leave',
        // After srcnat (100), so that an elastic address, already set inside, wins.
        hook: 'type nat hook postrouting priority 110; policy accept;',
        rules: [`oifname { ${[underlay, ...uplink].join(', ')} } ip saddr ${links} masquerade`],
      },
    ],
  }
}

/** FRR listens on IPv6 too, where this network has nothing to say. */
export function hostTable6(spec: HostSpec, surroundings: Surroundings): NftTable {
  const guard = firewall6(spec, surroundings)
  return {
    family: 'ip6',
    name: tableName,
    sets: guard.sets,
    chains: [
      {
        name: 'host_in',
        hook: 'type filter hook input priority -10; policy accept;',
        rules: [
          'iifname "lo" accept',
          `tcp dport ${bgpPort} drop`,
          `udp dport { ${[vxlanPort, oldVxlanPort, ...bfdPorts].join(', ')} } drop`,
          ...guard.rules,
        ],
      },
    ],
  }
}

/** By the network's id, so that connections keep their zone whatever other networks come and go. */
function zones({ networks, publicNetworks }: HostSpec): string[] {
  return [...publicNetworks, ...networks].map(
    ({ id, bridge }) => `${quoted(bridge)} : ${zoneOf(id)}`,
  )
}

function offLimits({ underlay, pools }: HostSpec): string[] {
  return prefixes([underlay.address, pools.links, pools.elastic, linkLocal])
}

function leaving(
  { networks, publicNetworks }: HostSpec,
  egress: 'public-gateway' | 'host',
): string[] {
  const routed = networks.filter((network) => network.gateway !== null && network.egress === egress)
  const open = egress === 'host' ? publicNetworks : []
  return [...routed, ...open].map(({ id }) => quoted(routerLinkOf(id)))
}
