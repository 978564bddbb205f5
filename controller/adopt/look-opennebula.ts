import { scalarOf, type Template, vectorOf } from '../../lib/opennebula/index.ts'
import type { Network, OpenNebula } from '../opennebula/index.ts'
import { guestsOf, isClosed, vmsOnNetwork } from '../provision/index.ts'
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
  const ownHostIds = new Set(ownHosts.map((host) => host.id))
  const foreignHosts = hosts.filter(
    (host) => cluster !== undefined && host.clusterId === cluster.id && !ownHostIds.has(host.id),
  )
  const own = new Set(ownNetworks.map((network) => network.id))
  const foreign = networks.filter(
    ({ id: network, clusterIds, parentNetworkId }) =>
      !own.has(network) &&
      ((cluster !== undefined && clusterIds.includes(cluster.id)) ||
        own.has(parentNetworkId ?? -1)),
  )
  // Only a network by itself is shown with its leases.
  const elastic = ownNetworks.filter(({ vnMad }) => vnMad === 'elastic')
  const whole = await Promise.all(elastic.map((network) => one.networks.get(network.id)))
  return {
    cluster: cluster && { id: cluster.id, name: cluster.name },
    hosts: ownHosts.map(({ id: host, name, state, vmMad, template }) => ({
      ...{ id: host, name, state, vmMad },
      resource: vectorOf(template, 'ONEFORM')?.['RESOURCE_ID'],
      keptClosed: isClosed({ state }) && scalarOf(template, 'EDGE_KEY') === undefined,
    })),
    networks: ownNetworks.map(described),
    datastores: its(datastores, named(objects.datastores)).map((store) => ({
      ...{ id: store.id, name: store.name, type: store.type },
    })),
    ranges: whole.flatMap(rangesOf),
    machines: [...new Set(machines)].sort((a, b) => a - b),
    foreignNetworks: foreign.map((network) => ({ id: network.id, name: network.name })),
    foreignHosts: foreignHosts.map((host) => ({ id: host.id, name: host.name })),
  }
}

function described({ id, name, vnMad, vlanId, bridge, phydev, template }: Network): OneNetwork {
  const attributes = Object.fromEntries(told.map((word) => [word, scalarOf(template, word)]))
  return { id, name, vnMad, vlanId, attributes: { ...attributes, BRIDGE: bridge, PHYDEV: phydev } }
}

function rangesOf({ id: network, ranges }: Network): OneRange[] {
  return ranges.map(({ id, ip, usedLeases, attributes }) => ({
    ...{ network, id, ip, external: attributes['EXTERNAL_IP'] },
    ...{ flexibleIp: attributes['SCALEWAY_IP_ID'], gateway: attributes['GATEWAY'] },
    used: usedLeases,
  }))
}
