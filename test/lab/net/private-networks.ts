import { addNamespace, ip } from './namespace.ts'

/** The provider's switch for private networks; no address lives here. */
const fabric = 'fabric'

export interface Plug {
  /** Namespace and name of the link that appears there, up and without address. */
  readonly namespace: string
  readonly link: string
  readonly mac?: string
}

export interface PrivateNetworks {
  plug(network: string, plug: Plug): Promise<void>
  /** Gone already, with its namespace for instance, is fine. */
  unplug(network: string, plug: Pick<Plug, 'namespace' | 'link'>): Promise<void>
}

/** Private networks: an L2 segment each, made with its first plug, gone with its last. */
export async function createPrivateNetworks(): Promise<PrivateNetworks> {
  await addNamespace(fabric)
  const networks = new Map<string, { bridge: string; ports: Map<string, string> }>()
  let made = 0

  return {
    async plug(network, { namespace, link, mac }) {
      let segment = networks.get(network)
      if (!segment) {
        segment = { bridge: `net${++made}`, ports: new Map() }
        networks.set(network, segment)
        await ip(fabric, [
          `link add ${segment.bridge} type bridge mcast_snooping 0 forward_delay 0`,
          `link set ${segment.bridge} up`,
        ])
      }
      const port = `port${++made}`
      await ip(fabric, [
        `link add ${port} type veth peer name ${link} netns ${namespace}`,
        `link set ${port} master ${segment.bridge} up`,
      ])
      segment.ports.set(`${namespace}/${link}`, port)
      await ip(namespace, [`link set ${link} ${mac ? `address ${mac} ` : ''}up`])
    },

    async unplug(network, { namespace, link }) {
      const segment = networks.get(network)
      const port = segment?.ports.get(`${namespace}/${link}`)
      if (!segment || !port) return
      segment.ports.delete(`${namespace}/${link}`)
      await ip(fabric, [`link delete ${port}`]).catch(() => {})
      if (segment.ports.size > 0) return
      networks.delete(network)
      await ip(fabric, [`link delete ${segment.bridge}`])
    },
  }
}
