import type { Fault } from '../../lib/fault/index.ts'
import { vectorOf } from '../../lib/opennebula/index.ts'
import type { AdoptedOneObject, ProvisionBody } from '../documents/index.ts'
import type { Datastore, Network, OpenNebula, Vm } from '../opennebula/index.ts'
import { fault } from './faults.ts'
import { type Found, keyOf } from './objects.ts'

type Holdings = Record<string, Record<string, string[]>>

/** What others keep on a provision, by OpenNebula id, in OneForm's shape: `{hosts: {12: {vm: ["11"]}}}`. */
export interface Unmanaged {
  hosts?: Holdings
  datastores?: Holdings
  networks?: Holdings
}

type Pools = Pick<OpenNebula, 'vms' | 'hosts' | 'networks' | 'datastores' | 'clusters'>

/** Whose holdings are looked for. */
export interface Whose {
  readonly id: number
  readonly body: Pick<ProvisionBody, 'uuid' | 'adopting'>
}

/**
 * Virtual machines on the provision's hosts or networks, images in its datastores, and networks that
 * users made in its cluster. Empty when undeploying harms nobody.
 */
export async function findUnmanaged(one: Pools, whose: Whose): Promise<Unmanaged> {
  const { uuid } = whose.body
  const isHost = mineOf(whose, 'host')
  const isNetwork = mineOf(whose, 'network')
  const isDatastore = mineOf(whose, 'datastore')
  const isCluster = mineOf(whose, 'cluster')
  const [vms, hosts, networks, datastores, clusters] = await Promise.all([
    one.vms.list(),
    one.hosts.list(),
    one.networks.list(),
    one.datastores.list(),
    one.clusters.list(),
  ])
  const cluster = clusters.find(isCluster)?.id
  const parents = new Set(networks.filter(isNetwork).map(({ id }) => id))
  const found: Unmanaged = {}
  for (const { id } of hosts.filter(isHost)) add(found, 'hosts', id, 'vm', vmsOnHost(vms, id))
  for (const network of networks) {
    if (isNetwork(network)) add(found, 'networks', network.id, 'vm', vmsOnNetwork(vms, network))
    const inside = cluster !== undefined && network.clusterIds.includes(cluster)
    const reserved = parents.has(network.parentNetworkId ?? -1)
    if (isUsers(network, uuid) || (!isNetwork(network) && (inside || reserved)))
      add(found, 'networks', network.id, 'vnet', [network.id])
  }
  for (const datastore of datastores.filter(isDatastore))
    add(found, 'datastores', datastore.id, 'image', imagesOf(datastore))
  return found
}

/** By our mark; what is being taken over may have none yet, and is the provision's by its id. */
function mineOf({ id, body }: Whose, kind: AdoptedOneObject['kind']) {
  const taken = new Set(
    (body.adopting?.one ?? []).filter((one) => one.kind === kind).map((one) => one.id),
  )
  return ({ id: object, template }: Pick<Found, 'id' | 'template'>): boolean => {
    if (keyOf(template)?.startsWith(`${body.uuid}/`)) return true
    return taken.has(object) && vectorOf(template, 'ONEFORM')?.['PROVISION_ID'] === String(id)
  }
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
