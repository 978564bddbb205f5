import { isTransient, retry } from '../../lib/clock/index.ts'
import { type Fault, sentenceOf } from '../../lib/fault/index.ts'
import { type ProvisionBody, stateName } from '../documents/index.ts'
import { attend } from './attend.ts'
import { type Changes, createChanges } from './changes.ts'
import { changeState, drive, type Ending } from './drive.ts'
import { createEvents, type Happening, type Listener, type LogLevel } from './events.ts'
import { fault } from './faults.ts'
import type { Ports } from './ports.ts'
import { isWorking, retriedState } from './stages.ts'
import { findUnmanaged, isEmpty, type Unmanaged, unmanagedFault } from './unmanaged.ts'

/** The work on provisions. Each call resolves once the work is accepted, not when it is done. */
export interface Lifecycle {
  /** Begins a PENDING provision. */
  create(id: number): Promise<void>
  /**
   * Does the work of the state that failed once more; giving up, only what of a change has not come is
   * taken back. Forced, a removal that failed goes on as a forced one. Throws EDGE_PROVISION_STATE,
   * EDGE_PROVISION_BUSY.
   */
  retry(
    id: number,
    options?: { readonly giveUp?: boolean; readonly force?: boolean },
  ): Promise<void>
  /**
   * Changes a RUNNING provision, one thing at a time. What cannot be done now is refused before anything
   * is changed or costs money. Throws EDGE_PROVISION_STATE, EDGE_PROVISION_BUSY, and what is in the way.
   */
  readonly change: Changes
  /**
   * Takes everything back; work under way is stopped only when forced. Throws EDGE_PROVISION_STATE,
   * EDGE_PROVISION_BUSY, EDGE_PROVISION_UNMANAGED.
   */
  undeploy(id: number, options: { readonly force: boolean }): Promise<void>
  /** What others keep on it, as undeploy without force would refuse. */
  unmanaged(id: number): Promise<Unmanaged>
  /** After a start: goes on with all work that was interrupted, and attends to what runs. */
  resume(): Promise<void>
  /** Tells those who follow a provision of what happened to it outside of any work. */
  tell(id: number, level: LogLevel, text: string): void
  /** Every event from now on; answers how to stop listening. */
  subscribe(listener: Listener): () => void
  /**
   * Resolves when the work on this provision that is under way now has ended, with how it did: somebody
   * else's may have begun by then. Undefined when none was, or it was stopped where it is.
   */
  idle(id: number): Promise<Ending | undefined>
  /** Stops all work where it is; the next start resumes it. */
  close(): Promise<void>
}

interface Job {
  readonly stop: AbortController
  readonly done: Promise<Ending | undefined>
}

/** What the controller that died asked for last may still be under way and in no list yet. */
const afterDeathMs = 10_000

export function createLifecycle(ports: Ports): Lifecycle {
  const events = createEvents((error) =>
    ports.logger.warn('what happens to a provision could not be told', { why: sentenceOf(error) }),
  )
  const jobs = new Map<number, Job>()
  const closing = new AbortController()

  const emitFor = (provision: number) => (happening: Happening) =>
    events.emit({ provision, at: ports.clock.now(), ...happening })

  function start(id: number, pauseMs = 0): void {
    if (jobs.has(id)) return
    const stop = new AbortController()
    const done = ports.clock
      .sleep(pauseMs, stop.signal)
      .then(() => drive(ports, id, stop.signal, emitFor(id)))
      .catch((error: unknown) => {
        if (stop.signal.aborted) return undefined
        ports.logger.error('work on a provision ended', { provision: id, why: sentenceOf(error) })
        emitFor(id)({ kind: 'log', level: 'error', text: sentenceOf(error) })
        return undefined
      })
      .finally(() => jobs.delete(id))
    jobs.set(id, { stop, done })
  }

  /** What oned does not answer now it will later; the start of everything else does not wait for it. */
  async function attendOrLater(id: number, body: ProvisionBody): Promise<void> {
    const work = () => attend(ports, id, body)
    const report = (error: unknown) => {
      const why = sentenceOf(error)
      ports.logger.warn('a provision is not attended to', { provision: id, why })
    }
    await work().catch((error: unknown) => {
      report(error)
      if (!isTransient(error)) return
      const { signal } = closing
      const policy = { firstMs: 2_000, capMs: 30_000, withinMs: Number.POSITIVE_INFINITY, signal }
      retry(ports.clock, policy, work).catch((later: unknown) => {
        if (!signal.aborted) report(later)
      })
    })
  }

  async function halt(id: number): Promise<void> {
    const job = jobs.get(id)
    job?.stop.abort(fault('EDGE_PROVISION_STOPPED', `Work on provision ${id} was stopped`))
    await job?.done
  }

  /** The work that led to the present state may be about to end. */
  async function next(id: number): Promise<void> {
    await jobs.get(id)?.done
    start(id)
  }

  /** Where only the answer was lost, the document says what to do, and nobody else would do it. */
  async function begin(id: number, accepted: Promise<void>): Promise<void> {
    await accepted.catch((error: unknown) => {
      if (isTransient(error) && !closing.signal.aborted) void next(id)
      throw error
    })
    await next(id)
  }

  const change = createChanges({ ports, emitFor, closing: closing.signal, start: begin })

  async function unmanaged(id: number): Promise<Unmanaged> {
    const { body } = await ports.provisions.get(id)
    return await findUnmanaged(ports.opennebula, body.uuid)
  }

  return {
    subscribe: events.subscribe,
    tell: (id, level, text) => emitFor(id)({ kind: 'log', level, text }),
    unmanaged,
    create: async (id) => start(id),
    change,
    retry: async (id, { giveUp = false, force = false } = {}) => {
      if (giveUp) return await change.giveUp(id)
      const accepted = changeState(ports, id, emitFor(id), (from, draft) => {
        const to = retriedState(from)
        if (to === 'DEPROVISIONING_ONE' && force) draft.forced = true
        if (to) return to
        if (isWorking(from)) throw busy(id)
        throw fault('EDGE_PROVISION_STATE', `Cannot recover to state ${from} from ${from}`)
      })
      await begin(id, accepted)
    },
    undeploy: async (id, { force }) => {
      const { body } = await ports.provisions.get(id)
      mayUndeploy(id, stateName(body.state), force)
      const found = force ? {} : await unmanaged(id)
      if (!isEmpty(found)) throw unmanagedFault(found)
      await halt(id)
      try {
        await changeState(ports, id, emitFor(id), (from, draft) => {
          mayUndeploy(id, from, force)
          draft.forced = force
          delete draft.scaling
          return 'DEPROVISIONING_ONE'
        })
      } finally {
        // Refused or not, work that was stopped for it goes on.
        start(id)
      }
    },
    resume: async () => {
      for (const { id, body } of await ports.provisions.list()) {
        const state = stateName(body.state)
        await attendOrLater(id, body)
        if (isWorking(state)) start(id, afterDeathMs)
      }
    },
    idle: async (id) => await jobs.get(id)?.done,
    close: async () => {
      closing.abort()
      await Promise.all([...jobs.keys()].map(halt))
    },
  }
}

function mayUndeploy(id: number, state: string, force: boolean): void {
  if (isWorking(state) && !force) throw busy(id)
  if (state === 'DONE' || (state.startsWith('DEPROVISIONING') && !state.endsWith('_FAILURE')))
    throw fault('EDGE_PROVISION_STATE', `Cannot deprovision provision in state: ${state}`)
}

function busy(id: number): Fault {
  return fault('EDGE_PROVISION_BUSY', `Work on provision ${id} is under way`)
}
