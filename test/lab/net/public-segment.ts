import { addNamespace, ip, nft, sysctl } from './namespace.ts'

/** The provider's routers, and everything behind them. */
export const internet = 'internet'

/** Where the sandbox's own namespace, the front-end, is on the internet. */
export const frontEnd = '192.0.2.10'

/**
 * How the provider delivers a flexible IP: `routed` via the server's own public address, or `onlink`:
 * its router asks for it by ARP on the public segment. Which one is real is not documented.
 */
export type Delivery = 'routed' | 'onlink'

export interface ServerPort {
  readonly server: string
  /** Network namespace of the server. */
  readonly namespace: string
  readonly address: string
  readonly gateway: string
  readonly mac: string
}

export interface PublicSegment {
  /** Gives a server its NIC `eno1`, up, with address and default route. */
  plug(port: ServerPort): Promise<void>
  /** Takes the NIC away; never plugged is fine. The server's flexible IPs stay its own. */
  unplug(server: string): Promise<void>
  /** Delivers a flexible IP to a server from now on; `null`: to nobody. */
  deliver(address: string, server: string | null): Promise<void>
  /** How addresses are delivered that are moved from now on. */
  setDelivery(delivery: Delivery): void
}

/**
 * The public L2 segment with its router, and the front-end's way to it. The switch is strict: from a
 * server's port it takes only addresses that are that server's, in ARP as in IPv4, nothing else.
 */
export async function createPublicSegment(first: Delivery): Promise<PublicSegment> {
  await makeRouter()
  const ports = new Map<string, { device: string; address: string; gateway: string }>()
  const owners = new Map<string, string>()
  const gateways = new Map<string, Promise<void>>()
  let made = 0
  let delivery = first

  return {
    setDelivery: (chosen) => {
      delivery = chosen
    },

    async plug({ server, namespace, address, gateway, mac }) {
      const device = ports.get(server)?.device ?? `port${++made}`
      ports.set(server, { device, address, gateway })
      const router = gateways.get(gateway) ?? ip(internet, [`addr add ${gateway}/24 dev segment`])
      gateways.set(gateway, router)
      await router
      await nft(internet, `add element bridge segment owners { "${device}" . ${address} }\n`)
      await ip(internet, [
        `link add ${device} type veth peer name eno1 netns ${namespace}`,
        `link set ${device} master segment up`,
        // What the router remembers of it from before, its silence while it was off for one.
        `neigh flush to ${address}`,
      ])
      await ip(namespace, [
        `link set eno1 address ${mac} up`,
        `addr add ${address}/24 dev eno1`,
        `route add default via ${gateway}`,
      ])
    },

    async unplug(server) {
      const device = ports.get(server)?.device
      if (device) await ip(internet, [`link delete ${device}`]).catch(() => {})
    },

    async deliver(address, server) {
      const before = owners.get(address)
      if (before) {
        await nft(internet, `delete element bridge segment owners { "${before}" . ${address} }\n`)
        await ip(internet, [`route delete ${address}/32`, `neigh flush to ${address}`])
        owners.delete(address)
      }
      if (server === null) return
      const port = ports.get(server)
      if (!port) throw new Error(`Server ${server} has no port on the public segment`)
      await nft(internet, `add element bridge segment owners { "${port.device}" . ${address} }\n`)
      owners.set(address, port.device)
      const via = delivery === 'routed' ? `via ${port.address}` : `src ${port.gateway}`
      await ip(internet, [`route add ${address}/32 ${via} dev segment`])
    },
  }
}

async function makeRouter(): Promise<void> {
  await addNamespace(internet)
  await sysctl(internet, { 'net.ipv4.ip_forward': 1 })
  await ip(internet, [
    'link add segment type bridge mcast_snooping 0 forward_delay 0',
    'link set segment address 02:00:5e:10:00:01 up',
    'link add front type veth peer name wan0 netns 1',
    'addr add 192.0.2.1/24 dev front',
    'link set front up',
  ])
  await nft(
    internet,
    `table bridge segment {
  set owners { type ifname . ipv4_addr; }
  chain from_servers {
    type filter hook prerouting priority -300; policy drop;
    ether type arp iifname . arp saddr ip @owners accept
    ether type ip iifname . ip saddr @owners accept
  }
}
`,
  )
  await ip(null, [
    `addr add ${frontEnd}/24 dev wan0`,
    'link set wan0 up',
    'route add default via 192.0.2.1',
  ])
}
