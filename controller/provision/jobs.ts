import { isTransient } from '../../lib/clock/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import { drive, type Ending } from './drive.ts'
import type { Happening } from './events.ts'
import { fault } from './faults.ts'
import type { Ports } from './ports.ts'

/** Work on provisions that is under way, one at a time on each. */
export interface Jobs {
  /** Does what the provision's state asks for, unless somebody does already. */
  start(id: number, pauseMs?: number): void
  /** The same once it is accepted, and the work that led to the present state is over. */
  begin(id: number, accepted: Promise<void>): Promise<void>
  /** Stops the work where it is. */
  halt(id: number): Promise<void>
  haltAll(): Promise<void>
  /** Resolves when the work that is under way now has ended, with how; undefined if there was none. */
  idle(id: number): Promise<Ending | undefined>
}

export interface JobsParts {
  readonly ports: Ports
  readonly emitFor: (id: number) => (happening: Happening) => void
  /** Aborted when the controller ends: nothing begins any more. */
  readonly closing: AbortSignal
}

interface Job {
  readonly stop: AbortController
  readonly done: Promise<Ending | undefined>
}

export function createJobs({ ports, emitFor, closing }: JobsParts): Jobs {
  const jobs = new Map<number, Job>()

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

  return {
    start,
    halt,
    begin: async (id, accepted) => {
      await accepted.catch((error: unknown) => {
        // Where only the answer was lost, the document says what to do, and nobody else would do it.
        if (isTransient(error) && !closing.aborted) void next(id)
        throw error
      })
      await next(id)
    },
    haltAll: async () => void (await Promise.all([...jobs.keys()].map(halt))),
    idle: async (id) => await jobs.get(id)?.done,
  }
}
