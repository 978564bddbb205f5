import type { HostSpec, PrivateNetwork } from '../../../lib/contract/index.ts'

/** A small host: one public network, two private ones with the same prefix, no VM yet. */
export function hostSpec(changes: Partial<HostSpec> = {}): HostSpec {
  return {
    version: 1,
    epoch: 1,
    generation: 1,
    server: 'server-1',
    hostname: 'h1',
    public: { address: '51.15.0.11', neighbour: 'none' },
    underlay: {
      medium: { kind: 'link', device: 'eth1' },
      address: '10.180.0.11/22',
      gateway: '10.180.0.1',
      mtu: 1500,
    },
    bgp: { asn: 65000, role: 'mesh', clusterId: null, neighbours: [], password: null },
    networks: [privateNetwork(5, 'red'), privateNetwork(6, 'blue')],
    publicNetworks: [{ id: 4, name: 'public', bridge: 'onebr4', mtu: 1450 }],
    elastics: [],
    ports: [],
    firewall: { management: [] },
    pools: { links: '100.96.0.0/11', elastic: '100.64.0.0/16' },
    ...changes,
  }
}

export function privateNetwork(
  id: number,
  name: string,
  changes: Partial<PrivateNetwork> = {},
): PrivateNetwork {
  return {
    id,
    name,
    vni: 100 + id,
    bridge: `onebr${id}`,
    device: `scwpn.${100 + id}`,
    mtu: 1450,
    vteps: ['10.180.0.12', '10.180.0.13'],
    gateway: '172.30.0.1/24',
    egress: 'public-gateway',
    ...changes,
  }
}

export function vmPort(vm: number, network: number, address: string): HostSpec['ports'][number] {
  return {
    port: `one-${vm}-0`,
    vm,
    nic: 0,
    network,
    mac: `02:00:00:00:00:${String(10 + vm)}`,
    addresses: [address],
  }
}

export function elasticOf(vm: number, last: number): HostSpec['elastics'][number] {
  return {
    external: `195.154.0.${last}`,
    address: `100.64.0.${2 * last + 1}`,
    gateway: `100.64.0.${2 * last}`,
    network: 4,
    port: `one-${vm}-0`,
  }
}
