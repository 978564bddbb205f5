import { isTransient, retry } from '../../lib/clock/index.ts'
import { type Fault, reportOf, sentenceOf } from '../../lib/fault/index.ts'
import { type StateName, stateName, states, withHistory } from '../documents/index.ts'
import type { EngineTools } from './engine.ts'
import type { Happening } from './events.ts'
import { fault } from './faults.ts'
import { dispensable, type Failed, goOnWithout, stateAfterFailure } from './outcome.ts'
import type { Ports } from './ports.ts'
import { stages } from './stages.ts'
import { startWork, type Work, type WorkBody } from './work.ts'

const maxAttempts = 6

/** How work on a provision has ended. */
export interface Ending {
  readonly state: StateName
  /** What it failed with. */
  readonly why?: string
}

/** State after state, until one waits for somebody or fails; answers which. */
export async function drive(
  ports: Ports,
  id: number,
  signal: AbortSignal,
  emit: (happening: Happening) => void,
): Promise<Ending> {
  let failures: Failed[] = []
  const tools: EngineTools = {
    ...{ clock: ports.clock, emit, signal },
    failed: ({ host }, error) => failures.push({ host, error }),
  }
  const patiently = <T>(work: () => Promise<T>, attempts: number) =>
    persist(ports, signal, emit, work, attempts)
  // An OpenNebula that is away for an hour must not leave a provision that nobody drives.
  const forever = <T>(work: () => Promise<T>) => patiently(work, Number.POSITIVE_INFINITY)
  while (true) {
    const { body } = await forever(() => ports.provisions.get(id))
    const state = stateName(body.state) as StateName
    const stage = stages[state]
    if (stage === undefined) return { state }
    if (!(await forever(() => ports.opennebula.isLeader()))) throw notLeader(id)
    let work: Work | undefined
    const failure = await patiently(async () => {
      failures = []
      work = await startWork({ id, ports, tools })
      await stage.run(work)
    }, maxAttempts).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    signal.throwIfAborted()
    const dropped = failure && work ? dispensable(state, work, failures) : []
    if (dropped.length > 0) {
      await forever(() => drop(ports, id, emit, dropped, failures))
      continue
    }
    let reached: StateName | undefined
    const why = failure && reportOf(failure.error)
    await forever(() =>
      changeState(ports, id, emit, (from, draft) => {
        // An earlier attempt has written it, and its answer was lost: the document decides what is next.
        if (from !== state) return undefined
        if (why === undefined) {
          stage.leave?.(draft)
          reached = stage.next
          return reached
        }
        emit({ kind: 'log', level: 'error', text: why })
        draft.historic = withHistory(draft.historic, 'Failure', why, ports.clock.now())
        reached = stateAfterFailure(state, draft)
        return reached
      }),
    )
    if (reached !== undefined && stages[reached] === undefined)
      return { state: reached, ...(why === undefined ? {} : { why }) }
  }
}

/** The provision goes on without hosts that cannot come. */
async function drop(
  ports: Ports,
  id: number,
  emit: (happening: Happening) => void,
  keys: readonly string[],
  failures: readonly Failed[],
): Promise<void> {
  let told: string[] = []
  await ports.provisions.update(id, (draft: WorkBody) => {
    told = goOnWithout(draft, keys, failures, ports.clock.now())
    return undefined
  })
  for (const text of told) emit({ kind: 'log', level: 'warn', text })
}

/** All work looks first, so what failed in passing is simply done again, a few times. */
async function persist<T>(
  { clock }: Ports,
  signal: AbortSignal,
  emit: (happening: Happening) => void,
  work: () => Promise<T>,
  attempts: number,
): Promise<T> {
  let failures = 0
  let said = ''
  const again = (error: unknown) => {
    if (!isTransient(error) || ++failures >= attempts) return false
    const text = `Trying again: ${sentenceOf(error)}`
    if (text !== said) emit({ kind: 'log', level: 'warn', text })
    said = text
    return true
  }
  const policy = { firstMs: 2_000, capMs: 30_000, withinMs: Number.POSITIVE_INFINITY }
  signal.throwIfAborted()
  return await retry(clock, { ...policy, signal, again }, work)
}

/**
 * Changes the state in the document, its history and the event stream; undefined leaves it as it is.
 * A lost answer is no failure while the document has the new state.
 */
export async function changeState(
  ports: Ports,
  id: number,
  emit: (happening: Happening) => void,
  decide: (from: string, draft: WorkBody) => StateName | undefined,
): Promise<void> {
  let told = ''
  let reached: StateName | undefined
  try {
    await ports.provisions.update(id, (draft: WorkBody) => {
      const from = stateName(draft.state)
      reached = decide(from, draft)
      if (reached === undefined) return undefined
      told = `State changed from ${from} to ${reached}`
      draft.state = states[reached]
      draft.historic = withHistory(draft.historic, 'State changed', told, ports.clock.now())
      return undefined
    })
  } catch (error) {
    if (reached === undefined || !isTransient(error)) throw error
    const { body } = await ports.provisions.get(id)
    if (body.state !== states[reached] || body.historic.at(-1)?.description !== told) throw error
  }
  if (reached === undefined) return
  emit({ kind: 'log', level: reached.endsWith('_FAILURE') ? 'error' : 'info', text: told })
  emit({ kind: 'state', state: reached })
}

function notLeader(id: number): Fault {
  return fault('EDGE_NOT_LEADER', `Provision ${id} is left to the controller at the Raft leader`)
}
