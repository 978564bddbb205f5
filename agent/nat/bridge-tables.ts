import type { HostSpec } from '../../lib/contract/index.ts'
import { addressOf } from '../../lib/net/index.ts'
import { gatewayMac, tableName } from '../host/index.ts'
import { unique } from './address-sets.ts'
import { type NftTable, quoted } from './table.ts'

/**
 * What VM ports may say on their bridge. It runs before the bridge learns (priority -350), so a
 * forged MAC never moves an fdb entry; iptables of the stock drivers runs after that.
 */
export function bridgeTable(spec: HostSpec): NftTable {
  const open = new Set(spec.publicNetworks.map(({ id }) => id))
  const addressed = spec.ports.filter(({ addresses }) => addresses.length > 0)
  const outward = spec.ports.filter(({ network }) => open.has(network))
  const gateways = spec.networks.flatMap(({ device, gateway }) =>
    gateway === null ? [] : [`${quoted(device)} . ${addressOf(gateway)}`],
  )
  return {
    family: 'bridge',
    name: tableName,
    sets: [
      {
        name: 'taps',
        kind: 'set',
        type: 'ifname',
        elements: unique(spec.ports.map(({ port }) => quoted(port))),
      },
      {
        name: 'addressed',
        kind: 'set',
        type: 'ifname',
        elements: unique(addressed.map(({ port }) => quoted(port))),
      },
      {
        name: 'outward',
        kind: 'set',
        type: 'ifname',
        elements: unique(outward.map(({ port }) => quoted(port))),
      },
      {
        name: 'macs',
        kind: 'set',
        type: 'ifname . ether_addr',
        elements: unique(spec.ports.map(({ port, mac }) => `${quoted(port)} . ${mac}`)),
      },
      {
        name: 'senders',
        kind: 'set',
        type: 'ifname . ipv4_addr',
        // 0.0.0.0: probes for duplicate addresses (RFC 5227).
        elements: unique(
          addressed.flatMap(({ port, addresses }) =>
            ['0.0.0.0', ...addresses].map((address) => `${quoted(port)} . ${address}`),
          ),
        ),
      },
      {
        name: 'tunnels',
        kind: 'set',
        type: 'ifname',
        elements: unique(spec.networks.map(({ device }) => quoted(device))),
      },
      { name: 'gateways', kind: 'set', type: 'ifname . ipv4_addr', elements: unique(gateways) },
    ],
    chains: [
      {
        name: 'before_learning',
        hook: 'type filter hook prerouting priority -350; policy accept;',
        rules: [
          'iifname @taps iifname . ether saddr != @macs drop',
          'iifname @addressed ether type arp iifname . arp saddr ip != @senders drop',
          'iifname @outward ether type != { ip, arp } drop',
          'iifname @outward ether type ip iifname . ip saddr != @senders drop',
          `iifname @tunnels ether saddr ${gatewayMac} drop`,
          'ether type arp iifname . arp daddr ip @gateways drop',
        ],
      },
      {
        name: 'between_ports',
        hook: 'type filter hook forward priority -200; policy accept;',
        // Each host answers for its own gateway; the question need not travel.
        rules: [
          `oifname @tunnels ether saddr ${gatewayMac} drop`,
          'ether type arp oifname . arp daddr ip @gateways drop',
        ],
      },
    ],
  }
}

/** The host is deaf on VM bridges: a frame to the bridge's own MAC would bypass security groups. */
export function deafTable({ networks, publicNetworks }: HostSpec): NftTable {
  const bridges = [...publicNetworks, ...networks]
  return {
    family: 'netdev',
    name: tableName,
    sets: [],
    chains: bridges.map(({ id, bridge }) => ({
      name: `bridge-${id}`,
      hook: `type filter hook ingress device ${quoted(bridge)} priority 0; policy drop;`,
      rules: [],
    })),
  }
}
