import { Fault } from '../../../lib/fault/index.ts'
import type { Host } from '../../opennebula/index.ts'
import type { Step } from '../engine.ts'
import { type HostFacts, hostAttributes } from '../host-facts.ts'
import { knownHosts } from '../known-hosts.ts'
import { hostKeys } from '../members.ts'
import { ensureObject, marks, oursByKey } from '../objects.ts'
import type { Work } from '../work.ts'
import { type Placed, placedIn } from './placed.ts'
import { putObject } from './put-object.ts'
import { dismissFormer, freeName, isOfFormerServer } from './stale-host.ts'

/** One host per server, named by its public address; then the system datastore's replica host. */
export function hostSteps(work: Work, placed: Placed): Step[] {
  const keys = hostKeys(work)
  let known: Promise<HostFacts[]> | undefined
  const look = () => {
    known ??= knownHosts(work, keys)
    return known
  }
  return [
    { name: 'servers found', run: async () => void (await look()) },
    ...keys.map((host) => ({
      name: `${host} in OpenNebula`,
      host,
      needs: ['cluster', 'servers found'],
      run: async () => {
        const facts = (await look()).find(({ key }) => key === host)
        if (facts) await ensureHost(work, facts, placedIn(placed))
      },
    })),
    {
      name: 'replica host',
      needs: ['system datastore', 'servers found'],
      run: async () => {
        const [first] = await look()
        if (first) await setReplicaHost(work, first.address)
      },
    },
  ]
}

/** Answers the host as it was found or made. */
export async function ensureHost(work: Work, facts: HostFacts, clusterId: number): Promise<Host> {
  const { hosts } = work.ports.opennebula
  const { hypervisor } = work.inputs
  const resourceId = `${work.hardware.zone}/${facts.server}`
  const attributes = { ...marks(work, facts.key, resourceId), ...hostAttributes(facts) }
  const ensure = () =>
    ensureObject(work, {
      what: 'host',
      key: facts.key,
      list: () => hosts.list(),
      create: () => hosts.create(facts.address, hypervisor, hypervisor, clusterId),
      mark: (id) => hosts.update(id, attributes),
      unmarked: (object) => object.name === facts.address && object.clusterId === clusterId,
    })
  const ensureNamed = () =>
    ensure().catch(async (error: unknown) => {
      if (!(error instanceof Fault) || error.code !== 'ONE_TAKEN') throw error
      await freeName(work, facts)
      return await ensure()
    })
  const found = await ensureNamed()
  const former = isOfFormerServer(found, facts)
  if (former) await dismissFormer(work, found, facts.key)
  const host = former ? await ensureNamed() : found
  // A server may have come back with another VLAN or address.
  await hosts.update(host.id, attributes)
  await work.updateObjects((objects) =>
    putObject(objects.hosts, {
      id: host.id,
      resource_id: resourceId,
      name: host.name,
      childs: {},
    }),
  )
  return host
}

/** Copies of images start from here; the datastore follows when this host leaves. */
export async function setReplicaHost(work: Work, address: string): Promise<void> {
  const { datastores } = work.ports.opennebula
  const system = oursByKey(work, await datastores.list(), 'system-datastore')
  if (system && system.template['REPLICA_HOST'] !== address)
    await datastores.update(system.id, { REPLICA_HOST: address })
}
