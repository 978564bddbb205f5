import { addressOf, formatCidr, parseCidr } from '../../../lib/net/index.ts'
import { outcome } from '../sandbox/command.ts'
import { addNamespace, inNamespace, ip, nft, removeNamespace, sysctl } from './namespace.ts'
import type { PrivateNetworks } from './private-networks.ts'
import { internet } from './public-segment.ts'

export interface GatewayLeg {
  readonly gateway: string
  readonly publicAddress: string
  readonly network: string
  /** CIDR on the private network. */
  readonly address: string
  readonly masquerade: boolean
}

export interface PublicGateways {
  attach(leg: GatewayLeg): Promise<void>
  /** Gone already is fine. With its last leg the gateway goes. */
  detach(leg: Pick<GatewayLeg, 'gateway' | 'network'>): Promise<void>
}

interface Gateway {
  readonly namespace: string
  readonly wan: string
  readonly links: Map<string, string>
}

/** The provider's side of a gateway's uplink; the same on each, as the uplinks are point to point. */
const uplink = '169.254.1.1'

/**
 * Public gateways. One forwards only what comes from the prefix of an attached network: it knows no
 * way back to anything behind a server.
 */
export async function createPublicGateways(networks: PrivateNetworks): Promise<PublicGateways> {
  const gateways = new Map<string, Gateway>()
  let made = 0

  return {
    async attach(leg) {
      let gateway = gateways.get(leg.gateway)
      if (!gateway) {
        gateway = { namespace: `gw-${leg.gateway}`, wan: `gw${++made}`, links: new Map() }
        gateways.set(leg.gateway, gateway)
        await make(gateway, leg.publicAddress)
      }
      const { namespace, links } = gateway
      if (links.has(leg.network)) throw new Error(`Gateway ${leg.gateway} has that network already`)
      const link = `pn${++made}`
      links.set(leg.network, link)
      await networks.plug(leg.network, { namespace, link })
      await ip(namespace, [`addr add ${leg.address} dev ${link}`])
      const prefix = formatCidr(parseCidr(leg.address))
      const rules = [`add rule ip gateway forward iifname "${link}" ip saddr ${prefix} accept`]
      if (leg.masquerade) {
        rules.push(
          `add rule ip gateway out oifname "wan" ip saddr ${prefix} snat to ${leg.publicAddress}`,
        )
      }
      await nft(namespace, `${rules.join('\n')}\n`)
      announce(namespace, link, addressOf(leg.address))
    },

    async detach(leg) {
      const gateway = gateways.get(leg.gateway)
      const link = gateway?.links.get(leg.network)
      if (!gateway || !link) return
      gateway.links.delete(leg.network)
      await networks.unplug(leg.network, { namespace: gateway.namespace, link })
      if (gateway.links.size > 0) return
      gateways.delete(leg.gateway)
      await ip(internet, [`link delete ${gateway.wan}`])
      await removeNamespace(gateway.namespace)
    },
  }
}

async function make({ namespace, wan }: Gateway, publicAddress: string): Promise<void> {
  await addNamespace(namespace)
  await sysctl(namespace, { 'net.ipv4.ip_forward': 1 })
  await ip(internet, [
    `link add ${wan} type veth peer name wan netns ${namespace}`,
    `addr add ${uplink}/32 dev ${wan}`,
    `link set ${wan} up`,
    `route add ${publicAddress}/32 dev ${wan} src ${uplink}`,
  ])
  await ip(namespace, [
    `addr add ${publicAddress}/32 dev wan`,
    'link set wan up',
    `route add default via ${uplink} dev wan onlink`,
  ])
  await nft(
    namespace,
    `table ip gateway {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
  }
  chain out { type nat hook postrouting priority 100; policy accept; }
}
`,
  )
}

/** Neighbours may still know the address as somebody else's, a gateway's before this one.. Not awaited: arping takes a second. */
function announce(namespace: string, link: string, address: string): void {
  void outcome(inNamespace(namespace, ['arping', '-q', '-U', '-c', '1', '-I', link, address]))
}
