import { type Guests, type StateName, stateName } from '../documents/index.ts'
import { changeState } from './drive.ts'
import type { Happening } from './events.ts'
import { fault } from './faults.ts'
import { planAddAddresses, planRemoveAddress } from './plan-addresses.ts'
import {
  type Accept,
  type Leavers,
  planAddHosts,
  planGiveUp,
  planRemoveHosts,
  planReplaceHost,
} from './plan-changes.ts'
import type { Ports } from './ports.ts'
import { isWorking } from './stages.ts'
import { startWork, type Work } from './work.ts'

/** Ways to change a provision that runs; hosts and ranges are named by OpenNebula's ids. */
export interface Changes {
  addHosts(id: number, amount: number): Promise<void>
  /** Virtual machines on hosts that go are in the way, migrated or terminated. */
  removeHosts(id: number, leavers: Leavers, guests: Guests): Promise<void>
  replaceHost(id: number, hostId: number, guests: Guests): Promise<void>
  addAddresses(id: number, amount: number): Promise<void>
  removeAddress(id: number, rangeId: number): Promise<void>
  /** After a failure: leaves out what of the change has not come. */
  giveUp(id: number): Promise<void>
}

export interface ChangesParts {
  readonly ports: Ports
  readonly emitFor: (id: number) => (happening: Happening) => void
  /** Aborted when the controller ends. */
  readonly closing: AbortSignal
  /** Has the work begin once it is accepted, and the work that led to the present state is over. */
  readonly start: (id: number, accepted: Promise<void>) => Promise<void>
}

/** Somebody waits for the answer. */
const plannedWithinMs = 30_000

/**
 * Accepts changes: looks whether one is possible, then writes into the document what is to be done,
 * and only then has it begin. The state decides that nobody else's slips in between.
 */
export function createChanges({ ports, emitFor, closing, start }: ChangesParts): Changes {
  async function change(
    id: number,
    doing: string,
    plan: (work: Work) => Promise<Accept>,
    from: StateName = 'RUNNING',
  ): Promise<void> {
    const fit = (state: string) => {
      if (state === from) return
      const message = `Cannot ${doing} provision ${id} in state: ${state}`
      throw fault(isWorking(state) ? 'EDGE_PROVISION_BUSY' : 'EDGE_PROVISION_STATE', message)
    }
    fit(stateName((await ports.provisions.get(id)).body.state))
    const patience = AbortSignal.timeout(Math.ceil(ports.clock.patience(plannedWithinMs)))
    const signal = AbortSignal.any([patience, closing])
    const tools = { clock: ports.clock, emit: emitFor(id), signal }
    const accept = await startWork({ id, ports, tools })
      .then(plan)
      .catch((cause: unknown) => {
        if (!patience.aborted) throw cause
        throw fault('EDGE_PROVISION_UNCHECKED', `Cannot ${doing} provision ${id} now`, { cause })
      })
    const accepted = changeState(ports, id, emitFor(id), (state, draft) => {
      fit(state)
      draft.scaling = accept(draft)
      return 'SCALING'
    })
    await start(id, accepted)
  }

  return {
    addHosts: (id, amount) => change(id, 'scale up', (work) => planAddHosts(work, amount)),
    removeHosts: (id, leavers, guests) =>
      change(id, 'scale down', (work) => planRemoveHosts(work, leavers, guests)),
    replaceHost: (id, hostId, guests) =>
      change(id, 'replace a host of', (work) => planReplaceHost(work, hostId, guests)),
    addAddresses: (id, amount) =>
      change(id, 'add addresses to', (work) => planAddAddresses(work, amount)),
    removeAddress: (id, rangeId) =>
      change(id, 'remove an address of', (work) => planRemoveAddress(work, rangeId)),
    giveUp: (id) => change(id, 'give up changes of', planGiveUp, 'SCALING_FAILURE'),
  }
}
