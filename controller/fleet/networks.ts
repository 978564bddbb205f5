import {
  type HostSpec,
  type PrivateNetwork,
  type PublicNetwork,
  underlayName,
} from '../../lib/contract/index.ts'
import { addressOf } from '../../lib/net/index.ts'
import { scalarOf } from '../../lib/opennebula/index.ts'
import type { Network } from '../opennebula/index.ts'
import type { Pools, ProvisionFacts, ServerFacts } from './facts.ts'
import { gatewayOf } from './gateway.ts'
import { nameOf, type Refuse } from './refuse.ts'

const ifName = /^[A-Za-z0-9_.:-]{1,15}$/
const overlayMtu = 1450
const publicMtu = 1500
/** What IPv6 needs, and the least that hosts take (`lib/contract`). */
const leastMtu = 1280
const vxlanBytes = 50
const egresses = ['public-gateway', 'host', 'none'] as const

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
  if (vni === undefined || !Number.isInteger(vni) || vni < 1 || vni > 16777215) {
    refuse(`${nameOf(network)} has no VLAN_ID between 1 and 16777215`)
    return undefined
  }
  return { vni, device: `${phydev}.${vni}` }
}

function mtuOf({ template }: Network, most: number, usual = overlayMtu): number {
  const asked = Number(scalarOf(template, 'MTU') ?? usual)
  const fits = Number.isInteger(asked) && asked >= leastMtu && asked <= most
  return fits ? asked : Math.max(leastMtu, Math.min(usual, most))
}

function egressOf(network: Network, refuse: Refuse): PrivateNetwork['egress'] {
  const asked = scalarOf(network.template, 'EDGE_EGRESS')?.toLowerCase() ?? 'public-gateway'
  const known = egresses.find((one) => one === asked)
  if (known === undefined) {
    refuse(`${nameOf(network)} has EDGE_EGRESS "${asked}", which is none of ${egresses.join(', ')}`)
  }
  return known ?? 'none'
}
