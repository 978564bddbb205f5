import { scalarOf, type Template, vectorOf } from '../../lib/opennebula/index.ts'
import type { Network, OpenNebula } from '../opennebula/index.ts'
import { guestsOf, vmsOnNetwork } from '../provision/index.ts'
import type { OneFound, OneNetwork, OneRange } from './found.ts'
import type { StockProvision } from './stock-provision.ts'

export type Pools = Pick<OpenNebula, 'clusters' | 'hosts' | 'networks' | 'datastores' | 'vms'>

/** What the private network would get other values of. */
const told = [
  'PHYDEV',
  'BRIDGE',
  'VXLAN_TEP',
  'IP_LINK_CONF',
  'NETWORK_ADDRESS',
  'GATEWAY',
] as const

/**
 * The document's objects by their ids, as long as OpenNebula says of them too that they are this
 * provision's: ids alone may be somebody else's by now.
 */
export async function lookAtOpenNebula(
  one: Pools,
  { id, body }: StockProvision,
): Promise<OneFound> {
  const [clusters, hosts, networks, datastores, vms] = await Promise.all([
    one.clusters.list(),
    one.hosts.list(),
    one.networks.list(),
    one.datastores.list(),
    one.vms.list(),
  ])
  const objects = body.one_objects
  const named = (all: readonly { readonly id: number | null }[]) => new Set(all.map((o) => o.id))
  const its = <T extends { readonly id: number; readonly template: Template }>(
    all: readonly T[],
    ids: ReadonlySet<number | null>,
  ) =>
    all.filter(
      ({ id: object, template }) =>
        ids.has(object) && vectorOf(template, 'ONEFORM')?.['PROVISION_ID'] === String(id),
    )
  const clusterId = 'id' in objects.cluster ? objects.cluster.id : null
  const [cluster] = its(clusters, new Set([clusterId]))
  const ownHosts = its(hosts, named(objects.hosts))
  const ownNetworks = its(networks, named(objects.networks))
  const machines = [
    ...ownHosts.flatMap((host) => guestsOf(vms, host.id).map((vm) => vm.id)),
    ...ownNetworks.flatMap((network) => vmsOnNetwork(vms, network)),
  ]
  const foreign = networks.filter(
    (network) =>
      cluster !== undefined &&
      network.clusterIds.includes(cluster.id) &&
      !ownNetworks.includes(network),
  )
  return {
    cluster: cluster && { id: cluster.id, name: cluster.name },
    hosts: ownHosts.map(({ id: host, name, state }) => ({ id: host, name, state })),
    networks: ownNetworks.map(described),
    datastores: its(datastores, named(objects.datastores)).map((store) => ({
      ...{ id: store.id, name: store.name },
    })),
    ranges: ownNetworks.flatMap(rangesOf),
    machines: [...new Set(machines)].sort((a, b) => a - b),
    foreignNetworks: foreign.map((network) => ({ id: network.id, name: network.name })),
  }
}

function described({ id, name, vnMad, bridge, phydev, template }: Network): OneNetwork {
  const attributes = Object.fromEntries(told.map((word) => [word, scalarOf(template, word)]))
  return { id, name, vnMad, attributes: { ...attributes, BRIDGE: bridge, PHYDEV: phydev } }
}

function rangesOf({ id: network, vnMad, ranges }: Network): OneRange[] {
  if (vnMad !== 'elastic') return []
  return ranges.map(({ id, ip, attributes }) => ({
    ...{ network, id, ip, external: attributes['EXTERNAL_IP'] },
    ...{ flexibleIp: attributes['SCALEWAY_IP_ID'], gateway: attributes['GATEWAY'] },
  }))
}
