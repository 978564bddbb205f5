import { type HostSpec, underlayName } from '../../lib/contract/index.ts'
import { addresses, addresses6, prefixes, prefixes6, unique } from './address-sets.ts'
import { type NftSet, quoted } from './table.ts'

/** Where a host is reached from outside, and by whom it was. */
export interface Surroundings {
  /** Devices of the public side. */
  readonly outside: readonly string[]
  /** Addresses from which controllers logged in over SSH, newest first; IPv4 or IPv6. */
  readonly controllers: readonly string[]
}

/** What one family's firewall is made of: sets, and the last rules of its input chain. */
export interface Firewall {
  readonly sets: readonly NftSet[]
  readonly rules: readonly string[]
}

/** qemu's own range for migrations (libvirt's qemu.conf: migration_port_min and _max). */
const migrationPorts = '49152-49215'
/**
 * VNC, SPICE and serial consoles, which FireEdge on the controller's machine connects to
 * (oned.conf: VNC_PORTS). Exporters' usual ports lie in it.
 */
const consolePorts = '5900-32767'

/**
 * Who may begin a connection to the host itself, from the internet and from the private network
 * alike: that one is shared with the public gateway and with machines of the user's that we do not
 * know. Other devices (a container's bridge, a VPN) are none of our business.
 */
export function firewall(spec: HostSpec, { outside, controllers }: Surroundings): Firewall {
  const { management, siblings = [] } = spec.firewall
  return {
    sets: [
      managementSet('ipv4_addr', prefixes(management)),
      controllersSet('ipv4_addr', addresses(controllers)),
      {
        name: 'siblings',
        kind: 'set',
        type: 'ifname . ipv4_addr',
        elements: unique(
          siblings.flatMap((sibling) => [
            `${quoted(underlayName)} . ${sibling.underlay}`,
            ...outside.map((device) => `${quoted(device)} . ${sibling.public}`),
          ]),
        ),
      },
      openSet(spec),
    ],
    rules: [
      ...begin(outside),
      'icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept',
      'udp sport 67 udp dport 68 accept',
      'ip saddr @management accept',
      `ip saddr @controllers tcp dport { 22, ${consolePorts} } accept`,
      `iifname . ip saddr @siblings tcp dport { 22, ${migrationPorts} } accept`,
      ...end(spec),
    ],
  }
}

/** The same over IPv6, where siblings do not meet. */
export function firewall6(spec: HostSpec, { outside, controllers }: Surroundings): Firewall {
  return {
    sets: [
      managementSet('ipv6_addr', prefixes6(spec.firewall.management)),
      controllersSet('ipv6_addr', addresses6(controllers)),
      openSet(spec),
    ],
    rules: [
      ...begin(outside),
      // Neighbour discovery and path MTU are part of it: without, there is no IPv6.
      'meta l4proto ipv6-icmp accept',
      'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
      'ip6 saddr @management accept',
      `ip6 saddr @controllers tcp dport { 22, ${consolePorts} } accept`,
      ...end(spec),
    ],
  }
}

function begin(outside: readonly string[]): string[] {
  return [
    `iifname != { ${[underlayName, ...outside].map(quoted).join(', ')} } accept`,
    'ct state established,related accept',
    // Whoever is in stays in: a session older than connection tracking has no entry yet.
    'tcp dport 22 tcp flags & (syn | ack) != syn accept',
  ]
}

function end({ firewall: { management } }: HostSpec): string[] {
  return [
    'meta l4proto . th dport @open accept',
    ...(management.length === 0 ? ['tcp dport 22 accept'] : []),
    'drop',
  ]
}

type AddressType = 'ipv4_addr' | 'ipv6_addr'

const managementSet = (type: AddressType, elements: readonly string[]): NftSet => ({
  name: 'management',
  kind: 'set',
  type,
  interval: true,
  elements,
})

const controllersSet = (type: AddressType, elements: readonly string[]): NftSet => ({
  name: 'controllers',
  kind: 'set',
  type,
  elements,
})

const openSet = ({ firewall: { open = [] } }: HostSpec): NftSet => ({
  name: 'open',
  kind: 'set',
  type: 'inet_proto . inet_service',
  elements: unique(open.map(({ protocol, port }) => `${protocol} . ${port}`)),
})
