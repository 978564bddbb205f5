import type { Fault } from '../../lib/fault/index.ts'
import type { Datastore, Network, OpenNebula, Vm } from '../opennebula/index.ts'
import { fault } from './faults.ts'
import { keyOf } from './objects.ts'

type Holdings = Record<string, Record<string, string[]>>

/** What others keep on a provision, by OpenNebula id, in OneForm's shape: `{hosts: {12: {vm: ["11"]}}}`. */
export interface Unmanaged {
  hosts?: Holdings
  datastores?: Holdings
  networks?: Holdings
}

type Pools = Pick<OpenNebula, 'vms' | 'hosts' | 'networks' | 'datastores' | 'clusters'>

/**
 * Virtual machines on the provision's hosts or networks, images in its datastores, and networks that
 * users made in its cluster. Empty when undeploying harms nobody.
 */
export async function findUnmanaged(one: Pools, uuid: string): Promise<Unmanaged> {
  const mine = ({ template }: { template: Parameters<typeof keyOf>[0] }) =>
    keyOf(template)?.startsWith(`${uuid}/`) ?? false
  const [vms, hosts, networks, datastores, clusters] = await Promise.all([
    one.vms.list(),
    one.hosts.list(),
    one.networks.list(),
    one.datastores.list(),
    one.clusters.list(),
  ])
  const cluster = clusters.find(mine)?.id
  const parents = new Set(networks.filter(mine).map(({ id }) => id))
  const found: Unmanaged = {}
  for (const { id } of hosts.filter(mine)) add(found, 'hosts', id, 'vm', vmsOnHost(vms, id))
  for (const network of networks) {
    if (mine(network)) add(found, 'networks', network.id, 'vm', vmsOnNetwork(vms, network))
    const inside = cluster !== undefined && network.clusterIds.includes(cluster)
    const reserved = parents.has(network.parentNetworkId ?? -1)
    if (isUsers(network, uuid) || (!mine(network) && (inside || reserved)))
      add(found, 'networks', network.id, 'vnet', [network.id])
  }
  for (const datastore of datastores.filter(mine))
    add(found, 'datastores', datastore.id, 'image', imagesOf(datastore))
  return found
}

export function isEmpty(unmanaged: Unmanaged): boolean {
  return Object.keys(unmanaged).length === 0
}

/** One sentence naming what is in the way. */
export function describeUnmanaged(unmanaged: Unmanaged): string {
  return Object.entries(unmanaged)
    .flatMap(([kind, holdings]) =>
      Object.entries(holdings as Holdings).map(
        ([id, held]) =>
          `${kind.replace(/s$/, '')} ${id} has ${Object.entries(held)
            .map(([what, ids]) => `${what} ${ids.join(', ')}`)
            .join(' and ')}`,
      ),
    )
    .join('; ')
}

/** What a change is refused with that would harm others: OneForm's sentence, and which they are beside it. */
export function unmanagedFault(unmanaged: Unmanaged): Fault {
  const message = 'Unmanaged resources found, use `force` option to delete them'
  return fault('EDGE_PROVISION_UNMANAGED', message, { context: { ...unmanaged } })
}

/** Networks made of the provision's template carry the template's key. */
export function isUsers({ template }: Network, uuid: string): boolean {
  return keyOf(template) === `${uuid}/network-template`
}

/** Virtual machines that are, or will come back, on one of the provision's hosts. */
export function vmsOnHost(vms: readonly Vm[], hostId: number): number[] {
  return vms.filter(({ history }) => history.at(-1)?.hostId === hostId).map(({ id }) => id)
}

export function vmsOnNetwork(vms: readonly Vm[], network: Network): number[] {
  return vms
    .filter(({ nics }) => nics.some(({ networkId }) => networkId === network.id))
    .map(({ id }) => id)
}

function imagesOf({ type, imageIds }: Datastore): readonly number[] {
  return type === 'image' ? imageIds : []
}

function add(
  found: Unmanaged,
  kind: keyof Unmanaged,
  id: number,
  what: string,
  ids: readonly number[],
): void {
  if (ids.length === 0) return
  const holdings = found[kind] ?? {}
  found[kind] = holdings
  holdings[id] = { ...holdings[id], [what]: ids.map(String) }
}
