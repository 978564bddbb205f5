import type { Fault } from '../../lib/fault/index.ts'
import type { Guests, ScaledRange, Scaling } from '../documents/index.ts'
import type { Host } from '../opennebula/index.ts'
import { type Candidate, chooseHosts } from './choose-hosts.ts'
import { fault } from './faults.ts'
import { guestsOf } from './guests.ts'
import { checkLimit } from './limits.ts'
import { hostKeys, takeHostKeys } from './members.ts'
import { oursByKey } from './objects.ts'
import { publicNetwork } from './steps/public-addresses.ts'
import { unmanagedFault } from './unmanaged.ts'
import type { Work, WorkBody } from './work.ts'

/** How a change that is possible is written into the document. */
export type Accept = (draft: WorkBody) => Scaling

/** A change in which nothing comes or goes. */
export const nothing: Scaling = {
  hosts_up: [],
  hosts_down: [],
  hosts_kept: [],
  guests: 'refuse',
  ips_up: [],
  ips_given_up: [],
  ranges_down: [],
}

/** Which hosts shall go: these OpenNebula hosts, or so many. */
export type Leavers = { readonly hostIds: readonly number[] } | { readonly amount: number }

// Each of these looks whether a change is possible now, spends nothing, and throws what is in the way.

export async function planAddHosts(work: Work, amount: number): Promise<Accept> {
  const total = hostKeys(work).length + amount
  checkLimit(work, 'oneform_hosts', total, 'nodes')
  await work.ports.hosts.ready(work.inputs.hypervisor)
  await work.hardware.plan({ ...work.inputs, moreHosts: amount })
  return (draft) => ({ ...nothing, hosts_up: takeHostKeys(draft, amount) })
}

export async function planRemoveHosts(
  work: Work,
  leavers: Leavers,
  guests: Guests,
): Promise<Accept> {
  const candidates = await candidatesOf(work)
  const going =
    'amount' in leavers
      ? chooseHosts(candidates, leavers.amount)
      : [...new Set(leavers.hostIds)].map((id) => known(work, candidates, id))
  const staying = candidates.filter((one) => one.host !== undefined && !going.includes(one))
  const enough = !('amount' in leavers) || leavers.amount < candidates.length
  if (staying.length === 0 || !enough) throw lastHost(work, candidates.length)
  if (guests === 'refuse') refuseBusy(going)
  return () => ({ ...nothing, guests, hosts_down: going.map(({ key }) => key) })
}

/** One more, then the old one goes: so there must be stock and quota for one more. */
export async function planReplaceHost(work: Work, hostId: number, guests: Guests): Promise<Accept> {
  const old = known(work, await candidatesOf(work), hostId)
  if (guests === 'refuse') refuseBusy([old])
  await work.ports.hosts.ready(work.inputs.hypervisor)
  await work.hardware.plan({ ...work.inputs, moreHosts: 1 })
  return (draft) => ({
    ...nothing,
    guests,
    hosts_up: takeHostKeys(draft, 1),
    hosts_down: [old.key],
  })
}

/**
 * The change without what has not come yet: hosts that did not join are released, and so are addresses
 * without a range; hosts that were to go stay if OpenNebula still has them.
 */
export async function planGiveUp(work: Work): Promise<Accept> {
  const all = await work.ports.opennebula.hosts.list()
  const stays = (key: string) =>
    hostKeys(work).includes(key) && oursByKey(work, all, key) !== undefined
  const unwanted = work.body.scaling?.ranges_down ?? []
  const ranges = unwanted.length === 0 ? [] : (await publicNetwork(work)).ranges
  const isThere = (one: ScaledRange) => ranges.some(({ id, ip }) => id === one.id && ip === one.ip)
  return ({ scaling = nothing }) => ({
    ...nothing,
    hosts_down: [...scaling.hosts_up, ...scaling.hosts_down.filter((key) => !stays(key))],
    hosts_kept: [...scaling.hosts_kept, ...scaling.hosts_down.filter(stays)],
    ips_given_up: [...scaling.ips_given_up, ...scaling.ips_up],
    // Those that are removed already are only counted once more.
    ranges_down: scaling.ranges_down.filter((one) => !isThere(one)),
  })
}

interface Placed extends Candidate {
  /** Undefined when somebody deleted it in OpenNebula: its server costs on, and serves nobody. */
  readonly host: Host | undefined
  readonly vms: readonly string[]
}

async function candidatesOf(work: Work): Promise<Placed[]> {
  const { hosts, vms, datastores } = work.ports.opennebula
  const [all, machines, stores] = await Promise.all([hosts.list(), vms.list(), datastores.list()])
  const replica = oursByKey(work, stores, 'system-datastore')?.template['REPLICA_HOST']
  return hostKeys(work).map((key) => {
    const host = oursByKey(work, all, key)
    const on = host ? guestsOf(machines, host.id).map(({ id }) => String(id)) : []
    const hostId = host?.id ?? Number.MAX_SAFE_INTEGER
    const replicas = host !== undefined && replica === host.name
    return { key, host, hostId, vms: on, guests: on.length, replicas }
  })
}

function known(work: Work, candidates: readonly Placed[], hostId: number): Placed {
  const found = candidates.find(({ host }) => host?.id === hostId)
  if (found) return found
  const all = candidates.flatMap(({ host }) => (host ? `${host.id} (${host.name})` : []))
  throw fault('EDGE_HOST_UNKNOWN', `Provision ${work.id} has no host ${hostId}`, {
    hint: `Its hosts are ${all.join(', ') || 'none'}.`,
  })
}

function refuseBusy(going: readonly Placed[]): void {
  const busy = going.filter(({ vms }) => vms.length > 0)
  if (busy.length === 0) return
  const hosts = Object.fromEntries(busy.map(({ hostId, vms }) => [hostId, { vm: [...vms] }]))
  throw unmanagedFault({ hosts })
}

function lastHost({ id }: Work, hosts: number): Fault {
  const message = `Provision ${id} has ${hosts} ${hosts === 1 ? 'host' : 'hosts'}, of which one must stay`
  return fault('EDGE_HOST_LAST', message)
}
