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

interface Segment {
  readonly bridge: string
  /** Resolves when the bridge is there: attachments come in parallel. */
  readonly made: Promise<void>
  readonly ports: Map<string, string>
}

/** Private networks: an L2 segment each, made with its first plug, gone with its last. */
export async function createPrivateNetworks(): Promise<PrivateNetworks> {
  await addNamespace(fabric)
  const networks = new Map<string, Segment>()
  let count = 0

  function segmentOf(network: string): Segment {
    const known = networks.get(network)
    if (known) return known
    const bridge = `net${++count}`
    const made = ip(fabric, [
      `link add ${bridge} type bridge mcast_snooping 0 forward_delay 0`,
      `link set ${bridge} up`,
    ])
    const segment = { bridge, made, ports: new Map() }
    networks.set(network, segment)
    return segment
  }

  return {
    async plug(network, { namespace, link, mac }) {
      const { bridge, made, ports } = segmentOf(network)
      const port = `port${++count}`
      ports.set(`${namespace}/${link}`, port)
      await made
      await ip(fabric, [
        `link add ${port} type veth peer name ${link} netns ${namespace}`,
        `link set ${port} master ${bridge} up`,
      ])
      await ip(namespace, [`link set ${link} ${mac ? `address ${mac} ` : ''}up`])
    },

    async unplug(network, { namespace, link }) {
      const segment = networks.get(network)
      const port = segment?.ports.get(`${namespace}/${link}`)
      if (!segment || !port) return
      segment.ports.delete(`${namespace}/${link}`)
      const last = segment.ports.size === 0
      if (last) networks.delete(network)
      await ip(fabric, [`link delete ${port}`]).catch(() => {})
      if (last) await ip(fabric, [`link delete ${segment.bridge}`])
    },
  }
}
