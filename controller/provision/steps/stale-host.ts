import type { Host } from '../../opennebula/index.ts'
import { fault } from '../faults.ts'
import { guestsOf } from '../guests.ts'
import { type HostFacts, hostFacts } from '../host-facts.ts'
import { deleteObject, edgeKey, keyOf, ours } from '../objects.ts'
import type { Work } from '../work.ts'

/** True for the host of a server that had the same key and has been replaced. */
export function isOfFormerServer({ template }: Host, { server }: HostFacts): boolean {
  const known = hostFacts(template)
  return known !== undefined && known.server !== server
}

/** Takes the host of a server that is gone out of OpenNebula and lets its agent go. */
async function dismiss(work: Work, { id, template }: Host): Promise<void> {
  const { hosts } = work.ports.opennebula
  // Before oned forgets it: should we die in between, the host is found and dismissed once more.
  await work.updateObjects((objects) => {
    objects.hosts = objects.hosts.filter((one) => one.id !== id)
  })
  await deleteObject(
    work,
    `host ${id}`,
    () => hosts.delete(id),
    () => hosts.get(id),
  )
  const server = hostFacts(template)?.server
  if (server !== undefined) work.ports.hosts.forget(server)
}

/** The same unless its server is there after all, or somebody uses it. Throws EDGE_FORMER_HOST_USED. */
export async function dismissFormer(work: Work, host: Host, key: string): Promise<void> {
  const why = await useOf(work, host)
  if (why === undefined) return await dismiss(work, host)
  const message = `Host ${host.id} (${host.name}) is of a server that ${key} had before`
  throw fault('EDGE_FORMER_HOST_USED', message, { object: `host ${host.id}`, answer: why })
}

/** Why the host must stay, in a sentence. */
async function useOf({ ports, hardware }: Work, { id, template }: Host) {
  const server = hostFacts(template)?.server
  if (server !== undefined && (await hardware.isServerThere(server)))
    return `Its server ${server} is there as well`
  const guests = guestsOf(await ports.opennebula.vms.list(), id)
  if (guests.length === 0) return undefined
  const ids = guests.map((vm) => vm.id).join(', ')
  return `Its server is gone, and virtual machines ${ids} are still on it`
}

/**
 * Scaleway gives addresses of servers that are gone to new ones, and hosts are named by their address. Frees
 * the name where a host of this provision has it whose server is gone and that nobody uses; throws
 * EDGE_HOST_NAME_TAKEN, which says what to do, for every other.
 */
export async function freeName(work: Work, { address, key }: HostFacts): Promise<void> {
  const { hosts } = work.ports.opennebula
  const other = (await hosts.list()).find(
    ({ name, template }) => name === address && keyOf(template) !== edgeKey(work, key),
  )
  if (other === undefined) return
  const [former] = ours(work, [other])
  if (former === undefined) throw taken(other, address, 'It is not of this provision')
  const why = await useOf(work, former)
  if (why !== undefined) throw taken(other, address, why)
  work.log(
    'warn',
    `Host ${other.id} had the address of ${key}, and its server is gone: it is deleted`,
  )
  await dismiss(work, other)
}

function taken({ id }: Host, address: string, why: string) {
  const message = `OpenNebula has host ${id} named ${address}, an address that Scaleway has given to a new server`
  const hint = `${why}. Take virtual machines off host ${id}, delete it (onehost delete ${id}), then retry.`
  return fault('EDGE_HOST_NAME_TAKEN', message, { object: `host ${id}`, hint })
}
