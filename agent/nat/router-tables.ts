import type { ElasticAddress, PrivateNetwork } from '../../lib/contract/index.ts'
import { formatCidr, parseCidr } from '../../lib/net/index.ts'
import { tableName } from '../host/index.ts'
import type { NftSet, NftTable } from './table.ts'

/** Inside the router namespace of a private network: out by masquerade, nothing new comes in. */
export function privateRouterTable({ gateway, egress }: PrivateNetwork): NftTable {
  const own =
    gateway === null ? [] : [`iifname "r0" ip saddr != ${formatCidr(parseCidr(gateway))} drop`]
  return {
    family: 'ip',
    name: tableName,
    sets: [],
    chains: [
      {
        name: 'through',
        hook: 'type filter hook forward priority 0; policy drop;',
        rules: [
          ...own,
          ...(egress === 'none' ? [] : ['iifname "r0" oifname "l0" accept']),
          'iifname "l0" oifname "r0" ct state established,related accept',
        ],
      },
      {
        name: 'leave',
        hook: 'type nat hook postrouting priority srcnat; policy accept;',
        rules: ['oifname "l0" masquerade'],
      },
    ],
  }
}

/** What VMs sent and received, by their own addresses: sets whose elements count. */
export const trafficSets = ['sent', 'received'] as const

/**
 * Inside the router namespace of a public network: 1:1 NAT by two maps, over armed addresses only.
 * The set `vms` cuts flows already established at the moment an address is taken away.
 */
export function publicRouterTable(armed: readonly ElasticAddress[]): NftTable {
  const sorted = armed.toSorted((a, b) => (a.external < b.external ? -1 : 1))
  const vms = sorted.map(({ address }) => address)
  return {
    family: 'ip',
    name: tableName,
    sets: [
      {
        name: 'inward',
        kind: 'map',
        type: 'ipv4_addr : ipv4_addr',
        elements: sorted.map(({ external, address }) => `${external} : ${address}`),
      },
      {
        name: 'outward',
        kind: 'map',
        type: 'ipv4_addr : ipv4_addr',
        elements: sorted.map(({ external, address }) => `${address} : ${external}`),
      },
      {
        name: 'vms',
        kind: 'set',
        type: 'ipv4_addr',
        elements: vms,
      },
      ...trafficSets.map(
        (name): NftSet => ({
          ...{ name, kind: 'set', type: 'ipv4_addr' },
          counter: true,
          elements: vms,
        }),
      ),
    ],
    chains: [
      {
        name: 'arrive',
        hook: 'type nat hook prerouting priority dstnat; policy accept;',
        rules: ['dnat to ip daddr map @inward'],
      },
      {
        name: 'through',
        hook: 'type filter hook forward priority 0; policy drop;',
        rules: [
          'iifname "r0" ip saddr != @vms drop',
          'oifname "r0" ip daddr != @vms drop',
          'iifname "r0" accept',
          'iifname "l0" ct state established,related accept',
          'iifname "l0" ct status dnat accept',
        ],
      },
      {
        name: 'tally',
        // After the chain above, so that only what passed it counts; a NAT chain sees but the first
        // packet of a flow. A rule without a verdict does nothing but find the element.
        hook: 'type filter hook forward priority 10; policy accept;',
        rules: ['iifname "r0" ip saddr @sent', 'oifname "r0" ip daddr @received'],
      },
      {
        name: 'leave',
        hook: 'type nat hook postrouting priority srcnat; policy accept;',
        rules: [
          // A VM that calls another one's elastic address on this host keeps its own as source.
          'ct status dnat snat to ip saddr map @outward',
          'oifname "l0" snat to ip saddr map @outward',
        ],
      },
    ],
  }
}
