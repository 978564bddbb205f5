import type { OpenPort } from '../../lib/contract/index.ts'
import type { Config, HostProfile } from '../config/index.ts'
import type { Fleet, ServerFacts } from '../fleet/index.ts'
import type { FleetHost, FleetPort } from '../provision/index.ts'

/** The fleet as provisioning sees it: hosts with their facts, no words of the network's make-up. */
export function createFleetPort(
  fleet: Fleet,
  { profile, firewall: { management, open } }: Pick<Config, 'profile' | 'firewall'>,
): FleetPort {
  const firewall = { management, open: open.map(openPort) }
  return {
    set: ({ hosts, ...facts }) =>
      fleet.set({ ...facts, firewall, servers: hosts.map((host) => serverFacts(host, profile)) }),
    refresh: () => fleet.refresh(),
    waitSettled: (provisionId, wait) => fleet.waitSettled(provisionId, wait),
    forget: (provisionId) => fleet.forget(provisionId),
  }
}

/** `tcp/9100`, as the configuration's schema lets it through. */
function openPort(text: string): OpenPort {
  const [protocol, port] = text.split('/')
  return { protocol: protocol === 'udp' ? 'udp' : 'tcp', port: Number(port) }
}

function serverFacts(host: FleetHost, { underlay, neighbour }: HostProfile): ServerFacts {
  return {
    server: host.server,
    hostId: host.hostId,
    hostname: host.key,
    publicAddress: host.address,
    neighbour,
    underlay: {
      // Where the private network is a device of its own, the device is named after its VLAN.
      medium:
        underlay === 'vlan'
          ? { kind: 'vlan', id: host.vlan }
          : { kind: 'link', device: `pn${host.vlan}` },
      address: host.underlay,
      gateway: host.gateway,
      mtu: 1500,
    },
  }
}
