import type { ProvisionFacts, ServerFacts } from '../../../controller/fleet/index.ts'
import type { History, Network, Nic, Vm } from '../../../controller/opennebula/index.ts'
import type { Template } from '../../../lib/opennebula/index.ts'

/** Host `n` (1, 2, 3…) of a provision, as provisioning knows it. */
export function server(n: number): ServerFacts {
  return {
    server: `5e000000-0000-4000-8000-00000000000${n}`,
    hostId: 10 + n,
    hostname: `provision-1-host-${n - 1}`,
    publicAddress: `51.15.0.${10 + n}`,
    neighbour: 'proxy',
    underlay: {
      medium: { kind: 'vlan', id: 2000 + n },
      address: `10.180.0.${10 + n}/22`,
      gateway: '10.180.0.2',
      mtu: 1500,
    },
  }
}

export function provision(hosts: number, more: Partial<ProvisionFacts> = {}): ProvisionFacts {
  return {
    provisionId: 1,
    uuid: 'a0000000-0000-4000-8000-000000000001',
    clusterId: 100,
    servers: Array.from({ length: hosts }, (_, index) => server(index + 1)),
    ...more,
  }
}

const owned = {
  owner: { uid: 0, gid: 0, uname: 'oneadmin', gname: 'oneadmin' },
  permissions: {} as Network['permissions'],
}

export function vxlan(id: number, template: Template = {}, more: Partial<Network> = {}): Network {
  return {
    ...owned,
    id,
    name: `private-${id}`,
    state: 'READY',
    clusterIds: [100],
    bridge: `onebr${id}`,
    vnMad: 'vxlan',
    phydev: 'scwpn',
    vlanId: 2 + id,
    usedLeases: 0,
    parentNetworkId: undefined,
    templateId: undefined,
    template: {
      GATEWAY: '172.30.0.1',
      NETWORK_ADDRESS: '172.30.0.0',
      NETWORK_MASK: '255.255.255.0',
      ...template,
    },
    ranges: [],
    ...more,
  }
}

export function elastic(id: number, more: Partial<Network> = {}): Network {
  const { phydev: _, ...network } = vxlan(id)
  return {
    ...network,
    name: `public-${id}`,
    vnMad: 'elastic',
    phydev: undefined,
    vlanId: undefined,
    template: { NETWORK_MASK: '255.255.255.254' },
    ...more,
  }
}

export const lcm = { prolog: 1, boot: 2, running: 3, migrate: 4, shutdown: 12, hotplugNic: 25 }

/** A VM whose history is the hosts given by number, newest last. */
export function vm(
  id: number,
  lcmState: number,
  hosts: readonly number[],
  nics: readonly Nic[],
): Vm {
  const history = hosts.map((host, seq): History => {
    const times = { startTime: 1, endTime: 0 }
    const place = { clusterId: 100, datastoreId: 100, vmMad: 'kvm', action: 0 }
    return { seq, hostId: 10 + host, hostname: `51.15.0.${10 + host}`, ...place, ...times }
  })
  return {
    id,
    name: `vm-${id}`,
    owner: owned.owner,
    state: 3,
    lcmState,
    deployId: `one-${id}`,
    history,
    nics: nics.map((nic) => ({ ...nic, target: `one-${id}-${nic.nicId}` })),
    template: {},
    userTemplate: {},
  }
}

export function nic(nicId: number, network: Network, ip: string, more: Partial<Nic> = {}): Nic {
  const tail = ip.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'))
  return {
    nicId,
    parentId: undefined,
    networkId: network.id,
    network: network.name,
    vnMad: network.vnMad,
    mac: `02:00:${tail.join(':')}`,
    ip,
    bridge: network.bridge,
    target: '',
    externalIp: undefined,
    gateway: undefined,
    vlanId: network.vlanId,
    phydev: network.phydev,
    attributes: {},
    ...more,
  }
}

/** An elastic NIC: pair `n` of the pool and external address 195.154.0.n. */
export function elasticNic(
  nicId: number,
  network: Network,
  n: number,
  more: Partial<Nic> = {},
): Nic {
  const pair = { gateway: `100.64.0.${2 * n + 1}`, externalIp: `195.154.0.${n}` }
  return nic(nicId, network, `100.64.0.${2 * n}`, { ...pair, ...more })
}
