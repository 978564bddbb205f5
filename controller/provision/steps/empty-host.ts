import { poll } from '../../../lib/clock/index.ts'
import { Fault, sentenceOf } from '../../../lib/fault/index.ts'
import { type Host, lcmState, type Vm, vmState } from '../../opennebula/index.ts'
import type { StepTalk } from '../engine.ts'
import { fault } from '../faults.ts'
import { guestsOf } from '../guests.ts'
import { ours } from '../objects.ts'
import type { Work } from '../work.ts'

const lookEveryMs = 2_000
const terminatedWithinMs = 10 * 60_000
/** Disks are copied over the network. */
const migratedWithinMs = 120 * 60_000
/** A refused order, or a move that came back, is asked for again after so many looks. */
const looksBetween = 10
const maxMoves = 3

/**
 * Until no virtual machine is on the host: as was asked for, they are terminated, moved to the emptiest
 * host that stays, or in the way. Throws EDGE_PROVISION_UNMANAGED naming those that are left.
 */
export async function emptyHost(
  work: Work,
  host: Host,
  staying: ReadonlySet<number>,
  { tell, signal }: StepTalk,
): Promise<void> {
  const { opennebula: one, clock } = work.ports
  const policy = work.body.scaling?.guests ?? 'refuse'
  const orders = new Map<number, Order>()
  const withinMs = policy === 'migrate' ? migratedWithinMs : terminatedWithinMs
  const options = { what: `host ${host.id} to be empty`, everyMs: lookEveryMs, withinMs, signal }
  let looks = 0
  await poll(clock, options, async () => {
    looks++
    const vms = await one.vms.list()
    const here = guestsOf(vms, host.id)
    if (here.length === 0) return true
    if (policy === 'refuse') throw inTheWay(host, here)
    const ids = here.map(({ id }) => id).join(', ')
    tell(`${policy === 'migrate' ? 'moving' : 'terminating'} virtual machines ${ids}`)
    for (const vm of here) {
      const before = orders.get(vm.id)
      if (before && looks - before.look < looksBetween) continue
      if (policy === 'terminate') {
        // On a host that is dead nothing can be terminated any more.
        const end = isStuck(vm) ? one.vms.remove(vm.id) : one.vms.terminate(vm.id, true)
        const refusal = await refused(end)
        orders.set(vm.id, { look: looks, times: 1, refusal })
        continue
      }
      if (isStuck(vm) || (before?.times ?? 0) >= maxMoves) throw immovable(host, vm, before)
      if (!isAtRest(vm)) continue
      const target = emptiest(vms, staying, ours(work, await one.hosts.list()))
      if (target === undefined) throw inTheWay(host, here, 'no host that stays is enabled')
      work.log('info', `Virtual machine ${vm.id} moves to host ${target}`)
      const refusal = await refused(one.vms.migrate(vm.id, target, vm.state === vmState.active))
      orders.set(vm.id, { look: looks, times: (before?.times ?? 0) + 1, refusal })
    }
    return undefined
  })
}

interface Order {
  readonly look: number
  readonly times: number
  readonly refusal: string | undefined
}

/** oned takes orders for it now; one that is on its way, either way, is waited for. */
function isAtRest({ state, lcmState: moment }: Vm): boolean {
  return state !== vmState.active || moment === lcmState.running
}

const stuckIn: ReadonlySet<number> = new Set([
  lcmState.unknown,
  lcmState.bootFailure,
  lcmState.bootMigrateFailure,
  lcmState.prologFailure,
  lcmState.prologMigrateFailure,
  lcmState.epilogFailure,
])

/** It waits for somebody to recover it. */
function isStuck({ state, lcmState: moment }: Vm): boolean {
  return state === vmState.active && stuckIn.has(moment)
}

const takesNothing: ReadonlySet<Host['state']> = new Set([
  'DISABLED',
  'MONITORING_DISABLED',
  'OFFLINE',
  'ERROR',
  'MONITORING_ERROR',
])

function emptiest(
  vms: readonly Vm[],
  staying: ReadonlySet<number>,
  hosts: readonly Host[],
): number | undefined {
  return hosts
    .filter(({ id, state }) => staying.has(id) && !takesNothing.has(state))
    .map(({ id }) => ({ id, load: guestsOf(vms, id).length }))
    .sort((a, b) => a.load - b.load || a.id - b.id)[0]?.id
}

/** A machine may be on its way already, or in a state that takes no orders for a moment. */
async function refused(work: Promise<void>): Promise<string | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (!(error instanceof Fault) || (error.kind !== 'missing' && error.kind !== 'conflict'))
      throw error
    return sentenceOf(error)
  }
}

const hint =
  'Move or terminate what is there, then retry; or give the change up: edgectl provision retry --give-up.'

function inTheWay(host: Host, vms: readonly Vm[], answer?: string): Fault {
  const ids = vms.map(({ id }) => String(id))
  const message = `Host ${host.id} (${host.name}) has virtual machines ${ids.join(', ')}`
  const context = { hosts: { [host.id]: { vm: ids } } }
  const details = answer === undefined ? { context, hint } : { answer, context, hint }
  return fault('EDGE_PROVISION_UNMANAGED', message, details)
}

function immovable(host: Host, { id, userTemplate }: Vm, order: Order | undefined): Fault {
  const answer = userTemplate['ERROR'] ?? order?.refusal
  const message = `Virtual machine ${id} cannot be moved from host ${host.id} (${host.name})`
  const context = { hosts: { [host.id]: { vm: [String(id)] } } }
  const details = typeof answer === 'string' ? { answer, context, hint } : { context, hint }
  return fault('EDGE_PROVISION_UNMANAGED', message, details)
}
