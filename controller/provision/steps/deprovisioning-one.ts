import { poll } from '../../../lib/clock/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import type { Host } from '../../opennebula/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import { fault } from '../faults.ts'
import { hostFacts } from '../host-facts.ts'
import { deleteObject, ours } from '../objects.ts'
import { describeUnmanaged, findUnmanaged, isEmpty } from '../unmanaged.ts'
import type { Work } from '../work.ts'

const guestsGoneWithinMs = 10 * 60_000
const lookEveryMs = 2_000

/**
 * DEPROVISIONING_ONE: everything of the provision in OpenNebula goes, addresses through their IPAM
 * driver. Nobody may start a virtual machine meanwhile, so the hosts are disabled first and what
 * lives on them is looked at again.
 */
export function deprovisioningOneSteps(work: Work): Step[] {
  const { opennebula: one } = work.ports
  return [
    { name: 'hosts disabled', run: () => disableHosts(work) },
    { name: 'guests', needs: ['hosts disabled'], run: (talk) => emptyHosts(work, talk) },
    { name: 'public addresses', needs: ['guests'], run: (talk) => removeRanges(work, talk) },
    {
      name: 'networks',
      needs: ['public addresses'],
      run: () => removeAll(work, 'network', one.networks),
    },
    {
      name: 'network template',
      needs: ['guests'],
      run: () => removeAll(work, 'network template', one.networkTemplates),
    },
    {
      name: 'datastores',
      needs: ['guests'],
      run: () => removeAll(work, 'datastore', one.datastores),
    },
    { name: 'hosts', needs: ['public addresses'], run: () => removeHosts(work) },
    {
      name: 'cluster',
      needs: ['networks', 'network template', 'datastores', 'hosts'],
      run: async () => {
        await removeAll(work, 'cluster', one.clusters)
        work.ports.fleet.forget(work.id)
        await work.updateObjects((objects) => {
          objects.cluster = {}
          objects.hosts = []
          objects.networks = []
          objects.datastores = []
          delete objects.network_templates
        })
      },
    },
  ]
}

async function disableHosts(work: Work): Promise<void> {
  for (const { id, state } of await ourHosts(work)) {
    if (state !== 'DISABLED' && state !== 'MONITORING_DISABLED')
      await work.ports.opennebula.hosts.status(id, 'disable')
  }
}

/** Throws EDGE_PROVISION_UNMANAGED unless nothing is left or the undeploy was forced. */
async function emptyHosts(work: Work, { tell, signal }: StepTalk): Promise<void> {
  const { opennebula: one, clock } = work.ports
  const look = () => findUnmanaged(one, work)
  const unmanaged = await look()
  if (isEmpty(unmanaged)) return
  if (!work.body.forced || unmanaged.datastores) {
    throw fault('EDGE_PROVISION_UNMANAGED', `In the way: ${describeUnmanaged(unmanaged)}`, {
      context: { ...unmanaged },
      hint: unmanaged.datastores
        ? 'Delete the images, which may exist nowhere else, then retry.'
        : 'Terminate them, or undeploy with force.',
    })
  }
  const options = {
    what: 'virtual machines to be gone',
    everyMs: lookEveryMs,
    withinMs: guestsGoneWithinMs,
    signal,
  }
  const asked = new Set<string>()
  await poll(clock, options, async () => {
    const vms = guestsOf(await look())
    if (vms.length > 0) tell(`terminating virtual machines ${vms.join(', ')}`)
    for (const vm of vms.filter((id) => !asked.has(id))) {
      await tolerate(one.vms.terminate(Number(vm), true))
      asked.add(vm)
    }
    return vms.length === 0 ? true : undefined
  })
}

function guestsOf({ hosts = {}, networks = {} }: Awaited<ReturnType<typeof findUnmanaged>>) {
  const held = [...Object.values(hosts), ...Object.values(networks)]
  return [...new Set(held.flatMap(({ vm = [] }) => vm))]
}

/** Each removal makes oned call our IPAM driver, which releases the address at Scaleway. */
async function removeRanges(work: Work, { tell }: StepTalk): Promise<void> {
  const { networks } = work.ports.opennebula
  const elastic = ours(work, await networks.list()).filter(({ vnMad }) => vnMad === 'elastic')
  for (const { id, ranges } of elastic) {
    for (const range of ranges) {
      tell(`releasing ${range.attributes['EXTERNAL_IP'] ?? range.ip ?? `range ${range.id}`}`)
      await networks.removeRange(id, range.id, work.body.forced ?? false)
    }
  }
}

interface Removable {
  list(): Promise<
    readonly { readonly id: number; readonly template: Host['template']; readonly name: string }[]
  >
  get(id: number): Promise<unknown>
  delete(id: number): Promise<void>
}

async function removeAll(work: Work, what: string, room: Removable): Promise<void> {
  for (const { id } of ours(work, await room.list()))
    await deleteObject(
      work,
      `${what} ${id}`,
      () => room.delete(id),
      () => room.get(id),
    )
}

/** The agents are let go once nothing needs their networks any more. */
async function removeHosts(work: Work): Promise<void> {
  const found = await ourHosts(work)
  await removeAll(work, 'host', work.ports.opennebula.hosts)
  for (const { template } of found) {
    const facts = hostFacts(template)
    if (facts) work.ports.hosts.forget(facts.server)
  }
}

async function ourHosts(work: Work): Promise<Host[]> {
  return ours(work, await work.ports.opennebula.hosts.list())
}

/** A machine may be on its way out already, or in a state that takes no orders for a moment. */
async function tolerate(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Fault) || (error.kind !== 'missing' && error.kind !== 'conflict'))
      throw error
  }
}
