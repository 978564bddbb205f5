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
export async function dismiss(work: Work, { id, template }: Host): Promise<void> {
  const { hosts } = work.ports.opennebula
  // Before oned forgets it: should we die in between, the host is found and dismissed once more.
  await work.updateObjects((objects) => {
    objects.hosts = objects.hosts.filter((one) => one.id !== id)
  })
  const server = hostFacts(template)?.server
  if (server !== undefined) work.ports.hosts.forget(server)
  await deleteObject(
    work,
    `host ${id}`,
    () => hosts.delete(id),
    () => hosts.get(id),
  )
}

/**
 * Scaleway gives addresses of servers that are gone to new ones, and hosts are named by their address. Frees
 * the name where a host of this provision has it whose server is gone and that nobody uses; throws
 * EDGE_HOST_NAME_TAKEN, which says what to do, for every other.
 */
export async function freeName(work: Work, { address, key }: HostFacts): Promise<void> {
  const { hosts, vms } = work.ports.opennebula
  const other = (await hosts.list()).find(
    ({ name, template }) => name === address && keyOf(template) !== edgeKey(work, key),
  )
  if (other === undefined) return
  const [former] = ours(work, [other])
  if (former === undefined) throw taken(other, address, 'It is not of this provision')
  const server = hostFacts(former.template)?.server
  const isThere = (await work.hardware.findServers()).some(({ id }) => id === server)
  if (isThere) throw taken(other, address, `Its server ${server} is there as well`)
  const guests = guestsOf(await vms.list(), former.id)
  if (guests.length > 0) {
    const ids = guests.map(({ id }) => id).join(', ')
    throw taken(other, address, `Its server is gone, and virtual machines ${ids} are still on it`)
  }
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
