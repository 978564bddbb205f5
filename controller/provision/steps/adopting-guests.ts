import { scalarOf } from '../../../lib/opennebula/index.ts'
import type { Adopting } from '../../documents/index.ts'
import type { AddressRange, Host, Network, Vm } from '../../opennebula/index.ts'
import { isClosed } from '../closed-host.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import { guestsOf } from '../guests.ts'
import { vmsOnNetwork } from '../unmanaged.ts'
import type { Work } from '../work.ts'
import { isArmed, isOld } from './former-range.ts'

/**
 * First in every state of what is taken over: bridges and devices are made anew, so nobody may have a
 * virtual machine there until they are. The hosts are closed, and then it is looked at who is on them: after
 * a failure days may have passed, and somebody may have opened them. Hosts that have let edgectl in are past
 * it, and so is what runs on them.
 */
export function closingSteps(work: Work, adopting: Adopting): Step[] {
  return [
    { name: 'hosts closed', run: () => closeHosts(work, adopting) },
    { name: 'no guests', needs: ['hosts closed'], run: () => refuseGuests(work, adopting) },
  ]
}

async function closeHosts(work: Work, adopting: Adopting): Promise<void> {
  const { hosts } = work.ports.opennebula
  const { waiting } = sorted(await hosts.list(), adopting)
  for (const { id, name } of waiting.filter((host) => !isClosed(host))) {
    await hosts.status(id, 'disable')
    work.log('info', `Host ${id} (${name}) is disabled until its networks run`)
  }
}

/** Directly before a host loses its devices and rules. Throws EDGE_STOCK_GUESTS. */
export async function refuseGuestsOn({ ports }: Work, hostId: number): Promise<void> {
  const guests = guestsOf(await ports.opennebula.vms.list(), hostId)
  if (guests.length === 0) return
  const ids = guests.map(({ id }) => id).join(', ')
  throw fault('EDGE_STOCK_GUESTS', `On host ${hostId} are virtual machines ${ids}`)
}

/** Throws EDGE_STOCK_GUESTS. */
async function refuseGuests({ ports }: Work, adopting: Adopting): Promise<void> {
  const { hosts, vms, networks } = ports.opennebula
  const own = idsOf(adopting.one, 'network')
  const [known, all, every] = await Promise.all([hosts.list(), vms.list(), networks.list()])
  const { waiting, past } = sorted(known, adopting)
  const sentences = [
    ...(waiting.length > 0
      ? [
          ...said('virtual machines', [
            ...waiting.flatMap(({ id }) => guestsOf(all, id).map((vm) => vm.id)),
            ...vmsOn(
              every.filter(({ id }) => own.has(id)),
              all.filter((vm) => !isOn(vm, past)),
            ),
          ]),
          ...said(
            'reservations',
            every
              .filter(({ parentNetworkId }) => own.has(parentNetworkId ?? -1))
              .map(({ id }) => id),
          ),
        ]
      : []),
    ...said('leases of address ranges', await heldRanges(networks, adopting, waiting.length > 0)),
  ]
  if (sentences.length === 0) return
  throw fault('EDGE_STOCK_GUESTS', `On its hosts and networks are ${sentences.join(', and ')}`)
}

/** Of the stock IPAM driver, or of users; those that are edgectl's already may be in use. */
async function heldRanges(
  networks: Work['ports']['opennebula']['networks'],
  { ranges }: Adopting,
  any: boolean,
): Promise<number[]> {
  const ids = [...new Set(ranges.map(({ network }) => network))]
  const found = await Promise.all(ids.map((id) => networks.get(id)))
  const matters = (network: Network, range: AddressRange) =>
    ranges.some((old) => old.network === network.id && isOld(range, old)) && isArmed(range)
  return found.flatMap((network) =>
    network.ranges
      .filter((range) => range.usedLeases > 0)
      .filter((range) => matters(network, range) || (any && !range.attributes['EDGE_KEY']))
      .map(({ id }) => id),
  )
}

/** Hosts that have not let edgectl in, and those that have. */
function sorted(hosts: readonly Host[], { one }: Adopting) {
  const ids = idsOf(one, 'host')
  const own = hosts.filter(({ id }) => ids.has(id))
  const isPast = ({ template }: Host) => scalarOf(template, 'EDGE_HOST_KEY') !== undefined
  return {
    waiting: own.filter((host) => !isPast(host)),
    past: new Set(own.filter(isPast).map(({ id }) => id)),
  }
}

function isOn({ history }: Vm, hosts: ReadonlySet<number>): boolean {
  return hosts.has(history.at(-1)?.hostId ?? -1)
}

function vmsOn(networks: readonly Network[], vms: readonly Vm[]): number[] {
  return networks.flatMap((network) => vmsOnNetwork(vms, network))
}

function said(what: string, ids: readonly number[]): string[] {
  const inOrder = [...new Set(ids)].sort((a, b) => a - b)
  return inOrder.length === 0 ? [] : [`${what} ${inOrder.join(', ')}`]
}

function idsOf(one: Adopting['one'], kind: Adopting['one'][number]['kind']): ReadonlySet<number> {
  return new Set(one.filter((object) => object.kind === kind).map(({ id }) => id))
}
