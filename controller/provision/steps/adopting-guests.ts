import type { Adopting } from '../../documents/index.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import { guestsOf } from '../guests.ts'
import { vmsOnNetwork } from '../unmanaged.ts'
import type { Work } from '../work.ts'

const closed: ReadonlySet<string> = new Set(['DISABLED', 'MONITORING_DISABLED', 'OFFLINE'])

/**
 * PLANNING of what is taken over: its bridges and devices are made anew, so nobody may start a virtual
 * machine there until they are. The hosts are closed first, and then it is looked at who is on them.
 */
export function closingSteps(work: Work, adopting: Adopting): Step[] {
  return [
    { name: 'hosts closed', run: () => closeHosts(work, adopting) },
    { name: 'no guests', needs: ['hosts closed'], run: () => refuseGuests(work, adopting) },
  ]
}

async function closeHosts({ ports, log }: Work, { one }: Adopting): Promise<void> {
  const { hosts } = ports.opennebula
  const ids = idsOf(one, 'host')
  for (const { id, name, state } of await hosts.list()) {
    if (!ids.has(id) || closed.has(state)) continue
    await hosts.status(id, 'disable')
    log('info', `Host ${id} (${name}) is disabled until its networks run`)
  }
}

/** Throws EDGE_STOCK_GUESTS. */
async function refuseGuests({ ports }: Work, { one, ranges }: Adopting): Promise<void> {
  const { vms, networks } = ports.opennebula
  const own = idsOf(one, 'network')
  const [all, every] = await Promise.all([vms.list(), networks.list()])
  const guests = [
    ...[...idsOf(one, 'host')].flatMap((id) => guestsOf(all, id).map((vm) => vm.id)),
    ...every.filter(({ id }) => own.has(id)).flatMap((network) => vmsOnNetwork(all, network)),
  ]
  const reserved = every.filter(({ parentNetworkId }) => own.has(parentNetworkId ?? -1))
  const held = (
    await Promise.all(
      [...new Set(ranges.map(({ network }) => network))].map((id) => networks.get(id)),
    )
  ).flatMap((network) => network.ranges.filter(({ usedLeases }) => usedLeases > 0))
  const sentences = [
    ...said('virtual machines', guests),
    ...said(
      'reservations',
      reserved.map(({ id }) => id),
    ),
    ...said(
      'leases of address ranges',
      held.map(({ id }) => id),
    ),
  ]
  if (sentences.length === 0) return
  throw fault('EDGE_STOCK_GUESTS', `On its hosts and networks are ${sentences.join(', and ')}`)
}

function said(what: string, ids: readonly number[]): string[] {
  const sorted = [...new Set(ids)].sort((a, b) => a - b)
  return sorted.length === 0 ? [] : [`${what} ${sorted.join(', ')}`]
}

function idsOf(one: Adopting['one'], kind: Adopting['one'][number]['kind']): ReadonlySet<number> {
  return new Set(one.filter((object) => object.kind === kind).map(({ id }) => id))
}
