import { isTransient, retry } from '../../lib/clock/index.ts'
import { type Fault, sentenceOf } from '../../lib/fault/index.ts'
import { type ProvisionBody, stateName, withHistory } from '../documents/index.ts'
import { attend } from './attend.ts'
import { createChanges } from './changes.ts'
import { changeState } from './drive.ts'
import type { EngineTools } from './engine.ts'
import { createEvents, type Happening } from './events.ts'
import { fault } from './faults.ts'
import { giveUpGone } from './give-up-gone.ts'
import { createJobs } from './jobs.ts'
import type { Lifecycle } from './lifecycle.ts'
import { lostServers } from './lost-servers.ts'
import type { Ports } from './ports.ts'
import { isWorking, retriedState } from './stages.ts'
import { findUnmanaged, isEmpty, type Unmanaged, unmanagedFault } from './unmanaged.ts'

/** What the controller that died asked for last may still be under way and in no list yet. */
const afterDeathMs = 10_000
const lookWithinMs = 30_000
const leftOut = 'What was still to come or to go is left out, because all of it is undeployed'

export function createLifecycle(ports: Ports): Lifecycle {
  const events = createEvents((error) =>
    ports.logger.warn('what happens to a provision could not be told', { why: sentenceOf(error) }),
  )
  const closing = new AbortController()

  const emitFor = (provision: number) => (happening: Happening) =>
    events.emit({ provision, at: ports.clock.now(), ...happening })
  const jobs = createJobs({ ports, emitFor, closing: closing.signal })

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

  const change = createChanges({ ports, emitFor, closing: closing.signal, start: jobs.begin })

  /** For looks that somebody waits for. */
  const briefTools = (id: number): EngineTools => {
    const patience = AbortSignal.timeout(Math.ceil(ports.clock.patience(lookWithinMs)))
    const signal = AbortSignal.any([patience, closing.signal])
    return { clock: ports.clock, emit: emitFor(id), signal }
  }

  async function unmanaged(id: number): Promise<Unmanaged> {
    return await findUnmanaged(ports.opennebula, await ports.provisions.get(id))
  }

  return {
    subscribe: events.subscribe,
    tell: (id, level, text) => emitFor(id)({ kind: 'log', level, text }),
    unmanaged,
    create: async (id) => jobs.start(id),
    change,
    retry: async (id, { giveUp = false, force = false } = {}) => {
      const { body } = await ports.provisions.get(id)
      if (giveUp && body.adopting)
        return await jobs.begin(id, giveUpGone(ports, id, briefTools(id)))
      if (giveUp) return await change.giveUp(id)
      const lost = await lostServers({ id, ports, tools: briefTools(id) })
      const accepted = changeState(ports, id, emitFor(id), (from, draft) => {
        const to = retriedState(from)
        if (to === 'DEPROVISIONING_ONE' && force) draft.forced = true
        if (to) return lost && to.startsWith('CONFIGURING') ? 'APPLYING' : to
        if (isWorking(from)) throw busy(id)
        throw fault('EDGE_PROVISION_STATE', `Cannot recover to state ${from} from ${from}`)
      })
      if (lost && lost.length > 0 && !body.adopting)
        void accepted.then(
          () => emitFor(id)({ kind: 'log', level: 'warn', text: orderedAgain(lost) }),
          () => undefined,
        )
      await jobs.begin(id, accepted)
    },
    undeploy: async (id, { force }) => {
      const { body } = await ports.provisions.get(id)
      mayUndeploy(id, stateName(body.state), force)
      const found = force ? {} : await unmanaged(id)
      if (!isEmpty(found)) throw unmanagedFault(found)
      await jobs.halt(id)
      try {
        await changeState(ports, id, emitFor(id), (from, draft) => {
          mayUndeploy(id, from, force)
          draft.forced = force
          if (draft.scaling)
            draft.historic = withHistory(
              draft.historic,
              'Change given up',
              leftOut,
              ports.clock.now(),
            )
          delete draft.scaling
          return 'DEPROVISIONING_ONE'
        })
      } finally {
        // Refused or not, work that was stopped for it goes on.
        jobs.start(id)
      }
    },
    resume: async () => {
      for (const { id, body } of await ports.provisions.list()) {
        const state = stateName(body.state)
        await attendOrLater(id, body)
        if (isWorking(state)) jobs.start(id, afterDeathMs)
      }
    },
    idle: jobs.idle,
    close: async () => {
      closing.abort()
      await jobs.haltAll()
    },
  }
}

function mayUndeploy(id: number, state: string, force: boolean): void {
  if (isWorking(state) && !force) throw busy(id)
  if (state === 'DONE' || (state.startsWith('DEPROVISIONING') && !state.endsWith('_FAILURE')))
    throw fault('EDGE_PROVISION_STATE', `Cannot deprovision provision in state: ${state}`)
}

function orderedAgain(keys: readonly string[]): string {
  const servers = keys.length === 1 ? 'a server is' : `${keys.length} servers are`
  return `${keys.join(', ')} vanished at Scaleway: ${servers} ordered again`
}

function busy(id: number): Fault {
  return fault('EDGE_PROVISION_BUSY', `Work on provision ${id} is under way`)
}
