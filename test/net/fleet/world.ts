import { cable, type Machine, switchOn } from './machine.ts'

/** What lies around the hosts: the internet, and the private network with its public gateway. */
export interface World {
  /** A router with a client behind it, 203.0.113.10. It asks for elastic addresses by ARP. */
  readonly internet: Machine
  /** The switch of the private network; each host has a port of its own name. */
  readonly underlay: Machine
  /** Plugs a host into both: eth0 and eth1. */
  plug(host: Machine): Promise<void>
  close(): Promise<void>
}

export async function createWorld(): Promise<World> {
  const internet = await switchOn('internet')
  const underlay = await switchOn('underlay')
  const gateway = await switchOn('gateway')
  // With a MAC of its own: a bridge takes its least port's, another one when a host boots.
  await internet.sh(`ip link add isp address 02:00:33:0f:00:01 type bridge mcast_snooping 0; ip link set isp up
    ip addr add 51.15.0.1/24 dev isp; ip addr add 203.0.113.10/32 dev lo
    sysctl -qw net.ipv4.ip_forward=1; ip route add 195.154.0.0/24 dev isp src 203.0.113.10`)
  await underlay.sh('ip link add lan type bridge mcast_snooping 0; ip link set lan up')
  const join = async (machine: Machine, name: string) => {
    await cable(internet, name, machine, 'eth0')
    await cable(underlay, name, machine, 'eth1')
    await internet.sh(`ip link set ${name} master isp`)
    await underlay.sh(`ip link set ${name} master lan`)
  }
  await join(gateway, 'gw')
  await gateway.sh(`ip addr add 51.15.0.99/24 dev eth0; ip addr add 10.180.0.2/22 dev eth1
    ip route add default via 51.15.0.1; sysctl -qw net.ipv4.ip_forward=1
    nft add table ip gw; nft 'add chain ip gw out { type nat hook postrouting priority srcnat; }'
    nft add rule ip gw out oifname eth0 masquerade`)
  return {
    internet,
    underlay,
    plug: (host) => join(host, host.name),
    close: async () => {
      for (const machine of [internet, underlay, gateway]) await machine.cut()
    },
  }
}
