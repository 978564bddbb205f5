import {
  type HostSpec,
  type PrivateNetwork,
  type PublicNetwork,
  underlayName,
} from '../../lib/contract/index.ts'
import { addressOf, contains, isIpv4, overlaps, parseCidr } from '../../lib/net/index.ts'
import { scalarOf } from '../../lib/opennebula/index.ts'
import type { Network } from '../opennebula/index.ts'
import type { Pools, ProvisionFacts, ServerFacts } from './facts.ts'

/** Collects what a tenant asked for and cannot have, one sentence each. */
export type Refuse = (sentence: string) => void

const ifName = /^[A-Za-z0-9_.:-]{1,15}$/
const overlayMtu = 1450
const publicMtu = 1500
const vxlanBytes = 50
const egresses = ['public-gateway', 'host', 'none'] as const
/** Nothing a VM network may use as its gateway: this-host, loopback, link-local, multicast and up. */
const reserved = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map(parseCidr)

/** The networks of the cluster that this fleet serves, oldest first, whoever made them. */
export function clusterNetworks(all: readonly Network[], clusterId: number): Network[] {
  return all
    .filter(({ state }) => state !== 'DONE' && state !== 'LOCK_DELETE')
    .filter(({ clusterIds }) => clusterIds.includes(clusterId))
    .filter(({ parentNetworkId }) => parentNetworkId === undefined)
    .toSorted((a, b) => a.id - b.id)
}

/**
 * Private and public networks as hosts see them. A network that cannot be is refused by name; of two
 * that want one bridge or one VNI, the older keeps it.
 */
export function compileNetworks(
  networks: readonly Network[],
  facts: ProvisionFacts,
  self: ServerFacts,
  pools: Pools,
  refuse: Refuse,
): Pick<HostSpec, 'networks' | 'publicNetworks'> {
  const taken = new Map<string, string>()
  const free = (network: Network, marks: readonly string[]): boolean => {
    const other = marks.map((mark) => taken.get(mark)).find((name) => name !== undefined)
    if (other !== undefined) refuse(`${nameOf(network)} shares ${marks.join(' or ')} with ${other}`)
    else for (const mark of marks) taken.set(mark, nameOf(network))
    return other === undefined
  }
  const vteps = facts.servers
    .filter(({ server }) => server !== self.server)
    .map(({ underlay }) => addressOf(underlay.address))
    .toSorted()
  const privates: PrivateNetwork[] = []
  const publics: PublicNetwork[] = []
  for (const network of networks) {
    if (network.vnMad === 'elastic') {
      if (!bridgeFits(network, refuse) || !free(network, [`bridge ${network.bridge}`])) continue
      publics.push(publicNetwork(network))
    } else if (network.vnMad === 'vxlan') {
      const shape = overlayOf(network, refuse)
      if (!shape || !free(network, [`bridge ${network.bridge}`, `VNI ${shape.vni}`])) continue
      const gateway = gatewayOf(network, facts, pools, refuse)
      const egress = egressOf(network, refuse)
      const mtu = mtuOf(network, self.underlay.mtu - vxlanBytes)
      privates.push({ ...base(network), ...shape, mtu, vteps, gateway, egress })
    }
  }
  return { networks: privates, publicNetworks: publics }
}

export function nameOf({ id, name }: Network): string {
  return `network ${id} (${name})`
}

function base({ id, name, bridge }: Network) {
  return { id, name, bridge }
}

function publicNetwork(network: Network): PublicNetwork {
  return { ...base(network), mtu: mtuOf(network, publicMtu, publicMtu) }
}

function bridgeFits(network: Network, refuse: Refuse): boolean {
  if (ifName.test(network.bridge) && network.bridge !== underlayName) return true
  refuse(`${nameOf(network)} has the bridge name "${network.bridge}", which no interface may have`)
  return false
}

function overlayOf(network: Network, refuse: Refuse) {
  if (!bridgeFits(network, refuse)) return undefined
  const { phydev, vlanId: vni } = network
  if (phydev !== underlayName) {
    refuse(`${nameOf(network)} has PHYDEV ${phydev ?? 'unset'}; only ${underlayName} is carried`)
    return undefined
  }
  if (vni === undefined || vni < 1 || vni > 16777215) {
    refuse(`${nameOf(network)} has no VLAN_ID between 1 and 16777215`)
    return undefined
  }
  return { vni, device: `${phydev}.${vni}` }
}

function mtuOf({ template }: Network, most: number, usual = overlayMtu): number {
  const asked = Number(scalarOf(template, 'MTU') ?? usual)
  return Number.isInteger(asked) && asked >= 1280 && asked <= most ? asked : Math.min(usual, most)
}

function egressOf(network: Network, refuse: Refuse): PrivateNetwork['egress'] {
  const asked = scalarOf(network.template, 'EDGE_EGRESS')?.toLowerCase() ?? 'public-gateway'
  const known = egresses.find((one) => one === asked)
  if (known === undefined) {
    refuse(`${nameOf(network)} has EDGE_EGRESS "${asked}", which is none of ${egresses.join(', ')}`)
  }
  return known ?? 'none'
}

/** The gateway with its prefix length, or null and a refusal where it would harm somebody else. */
function gatewayOf(
  network: Network,
  facts: ProvisionFacts,
  pools: Pools,
  refuse: Refuse,
): string | null {
  const gateway = scalarOf(network.template, 'GATEWAY')
  if (gateway === undefined) return null
  const no = (why: string): null => {
    refuse(`${nameOf(network)} has the gateway ${gateway}, ${why}`)
    return null
  }
  if (!isIpv4(gateway)) return no('which is not an IPv4 address')
  const bits = prefixLength(scalarOf(network.template, 'NETWORK_MASK') ?? '255.255.255.0')
  if (bits === undefined) return no('but no valid NETWORK_MASK')
  const prefix = parseCidr(`${gateway}/${bits}`)
  const address = scalarOf(network.template, 'NETWORK_ADDRESS')
  if (address !== undefined && !(isIpv4(address) && contains(prefix, address))) {
    return no(`which is outside its network ${address}/${bits}`)
  }
  const underlays = facts.servers.map(({ underlay }) => parseCidr(underlay.address))
  if (underlays.some((underlay) => overlaps(underlay, prefix))) {
    return no('whose prefix overlaps the underlay')
  }
  const own = [pools.links, pools.elastic].map(parseCidr)
  if (own.some((pool) => overlaps(pool, prefix))) return no('whose prefix overlaps our own pools')
  if (reserved.some((range) => overlaps(range, prefix))) return no('whose prefix is reserved')
  if (facts.servers.some(({ publicAddress }) => contains(prefix, publicAddress))) {
    return no('whose prefix holds a public address of a host')
  }
  return `${gateway}/${bits}`
}

function prefixLength(mask: string): number | undefined {
  if (!isIpv4(mask)) return undefined
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('')
  const length = bits.indexOf('0') === -1 ? 32 : bits.indexOf('0')
  return bits.slice(length).includes('1') || length < 8 || length > 30 ? undefined : length
}
