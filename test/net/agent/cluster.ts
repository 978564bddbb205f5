import { createNetwork, type FrrPort, type Network } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createFabric, type Fabric, type Machine } from './fabric.ts'

export interface Host extends Machine {
  readonly number: number
  readonly network: Network
  spec: HostSpec
}

export interface Cluster {
  readonly hosts: readonly [Host, Host, Host]
  /** Router of the outside world; 203.0.113.10 is a client there that says who called it. */
  readonly internet: Machine
  readonly gateway: Machine
  /** Whose bridge `lan` is the private network. */
  readonly underlay: Machine
  readonly fabric: Fabric
  /** Plugs a VM into a bridge of a host, as a hypervisor would. */
  plug(host: Host, nic: Nic): Promise<Machine>
  unplug(host: Host, vm: Machine, nic: Nic): Promise<void>
  replug(host: Host, vm: Machine, nic: Nic): Promise<void>
}

export interface Nic {
  readonly port: string
  readonly bridge: string
  readonly mac: string
  readonly address: string
  readonly gateway: string | null
}

/** FRR is another room's: here the flood list alone carries traffic between hosts. */
const noFrr: FrrPort = { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] }

/** Three servers on a private network and on the internet, with a public gateway between the two. */
export async function createCluster(): Promise<Cluster> {
  const fabric = createFabric()
  const internet = await fabric.machine('internet')
  const underlay = await fabric.machine('underlay')
  const gateway = await fabric.machine('gateway')
  await internet.sh(`ip link add isp type bridge; ip link set isp up; ip addr add 51.15.0.1/24 dev isp
    ip addr add 203.0.113.10/32 dev lo; sysctl -qw net.ipv4.ip_forward=1`)
  await underlay.sh('ip link add lan type bridge mcast_snooping 0; ip link set lan up')
  await fabric.cable(internet, 'gw', gateway, 'eth0')
  await fabric.cable(underlay, 'gw', gateway, 'eth1')
  await internet.sh('ip link set gw master isp')
  await underlay.sh('ip link set gw master lan')
  await gateway.sh(`ip addr add 51.15.0.99/24 dev eth0; ip addr add 10.180.0.1/22 dev eth1
    ip route add default via 51.15.0.1; sysctl -qw net.ipv4.ip_forward=1
    nft add table ip gw; nft 'add chain ip gw out { type nat hook postrouting priority srcnat; }'
    nft add rule ip gw out oifname eth0 masquerade`)
  const host = async (number: number): Promise<Host> => {
    const machine = await fabric.machine(`h${number}`)
    await fabric.cable(internet, `h${number}`, machine, 'eth0')
    await fabric.cable(underlay, `h${number}`, machine, 'eth1')
    await internet.sh(`ip link set h${number} master isp`)
    await underlay.sh(`ip link set h${number} master lan`)
    await machine.sh(
      `ip addr add 51.15.0.1${number}/24 dev eth0; ip route add default via 51.15.0.1`,
    )
    const network = createNetwork({
      exec: machine.exec,
      frr: noFrr,
      logger: silent,
      clock: createClock(),
    })
    return { ...machine, number, network, spec: baseSpec(number) }
  }
  const hosts = [await host(1), await host(2), await host(3)] as const
  const replug = async (on: Host, vm: Machine, nic: Nic): Promise<void> => {
    await on.sh(`ip link add ${nic.port} type veth peer name eth0 netns ${vm.pid}
      ip link set ${nic.port} master ${nic.bridge}; ip link set ${nic.port} up`)
    await vm.sh(`ip link set eth0 address ${nic.mac} mtu 1450; ip link set eth0 up; ip addr add ${nic.address} dev eth0
      ${nic.gateway === null ? '' : `ip route add default via ${nic.gateway}`}`)
  }
  return {
    hosts,
    internet,
    gateway,
    underlay,
    fabric,
    replug,
    async plug(on, nic) {
      const vm = await fabric.machine(nic.port)
      await replug(on, vm, nic)
      return vm
    },
    unplug: async (on, _vm, nic) => {
      await on.sh(`ip link delete ${nic.port}`)
    },
  }
}

export function baseSpec(number: number): HostSpec {
  return {
    version: 1,
    epoch: 1,
    generation: 1,
    server: `server-${number}`,
    hostname: `h${number}`,
    public: { address: `51.15.0.1${number}`, neighbour: 'none' },
    underlay: {
      medium: { kind: 'link', device: 'eth1' },
      address: `10.180.0.1${number}/22`,
      gateway: '10.180.0.1',
      mtu: 1500,
    },
    bgp: { asn: 65000, role: 'mesh', clusterId: null, neighbours: [], password: null },
    networks: [privateNetwork(number, 5, 'red'), privateNetwork(number, 6, 'blue')],
    publicNetworks: [{ id: 4, name: 'public', bridge: 'onebr4', mtu: 1450 }],
    elastics: [],
    ports: [],
    firewall: { management: [] },
    pools: { links: '100.96.0.0/11', elastic: '100.64.0.0/16' },
  }
}

function privateNetwork(number: number, id: number, name: string): HostSpec['networks'][number] {
  return {
    id,
    name,
    vni: 100 + id,
    bridge: `onebr${id}`,
    device: `scwpn.${100 + id}`,
    mtu: 1450,
    vteps: [1, 2, 3].filter((other) => other !== number).map((other) => `10.180.0.1${other}`),
    gateway: '172.30.0.1/24',
    egress: 'public-gateway',
  }
}
