import type { Clock } from '../../lib/clock/index.ts'
import { Fault, reportOf } from '../../lib/fault/index.ts'
import type { Happening } from './events.ts'

export interface StepTalk {
  /** Says what the step waits for just now. */
  readonly tell: (detail: string) => void
  /** Aborted when the work shall stop; waits end then, requests under way are finished. */
  readonly signal: AbortSignal
}

/** One piece of work that looks first, so that running it again changes nothing. */
export interface Step {
  /** Unique in its graph. */
  readonly name: string
  /** The host whose pipeline it belongs to. */
  readonly host?: string
  /** Names of steps that must have succeeded before. */
  readonly needs?: readonly string[]
  run(talk: StepTalk): Promise<void>
  /** Takes back what `run` may have made, whether or not it did. */
  undo?(talk: StepTalk): Promise<void>
}

export interface EngineTools {
  readonly clock: Clock
  readonly emit: (happening: Happening) => void
  readonly signal: AbortSignal
  /** Told of every step that failed, not only of the first. */
  readonly failed?: (step: Pick<Step, 'name' | 'host'>, error: unknown) => void
}

/**
 * Runs each step as soon as what it needs has succeeded. When one fails, the steps that need it are
 * skipped and all others still run, so that a retry has less to do; then the first failure is thrown.
 * Throws TypeError for a graph with unknown needs, equal names or a cycle.
 */
export function runSteps(steps: readonly Step[], tools: EngineTools): Promise<void> {
  return walk(
    checked(steps),
    (step) => step.needs ?? [],
    (step, talk) => step.run(talk),
    tools,
  )
}

/** Walks the graph backwards: a step is undone once all that need it are. */
export function undoSteps(steps: readonly Step[], tools: EngineTools): Promise<void> {
  const undoable = checked(steps)
  const neededBy = (step: Step) =>
    undoable.filter(({ needs }) => needs?.includes(step.name)).map(({ name }) => name)
  return walk(undoable, neededBy, async (step, talk) => step.undo?.(talk), tools)
}

type Outcome = 'done' | 'failed' | 'skipped'

async function walk(
  steps: readonly Step[],
  before: (step: Step) => readonly string[],
  work: (step: Step, talk: StepTalk) => Promise<void>,
  tools: EngineTools,
): Promise<void> {
  tools.signal.throwIfAborted()
  const failures: unknown[] = []
  const outcomes = new Map<string, Promise<Outcome>>()
  const outcomeOf = (name: string): Promise<Outcome> => {
    const known = outcomes.get(name)
    if (known) return known
    const step = steps.find((one) => one.name === name)
    if (step === undefined) throw new TypeError(`No step is called ${name}`)
    const outcome = Promise.all(before(step).map(outcomeOf)).then((earlier) =>
      earlier.every((one) => one === 'done')
        ? attempt(step, work, tools, failures)
        : skip(step, tools),
    )
    outcomes.set(name, outcome)
    return outcome
  }
  await Promise.all(steps.map(({ name }) => outcomeOf(name)))
  tools.signal.throwIfAborted()
  if (failures.length > 0) throw failures[0]
}

async function attempt(
  step: Step,
  work: (step: Step, talk: StepTalk) => Promise<void>,
  { clock, emit, signal, failed }: EngineTools,
  failures: unknown[],
): Promise<Outcome> {
  if (signal.aborted) return 'skipped'
  const started = clock.elapsed()
  const happen = (status: 'started' | 'waiting' | 'done' | 'failed', detail?: string) =>
    emit({
      kind: 'step',
      ...named(step),
      status,
      elapsedMs: Math.round(clock.elapsed() - started),
      ...(detail === undefined ? {} : { detail }),
    })
  let last = ''
  const tell = (detail: string) => {
    if (detail !== last) happen('waiting', detail)
    last = detail
  }
  happen('started')
  try {
    await work(step, { tell, signal })
    happen('done')
    return 'done'
  } catch (thrown) {
    if (!signal.aborted) {
      const error = lastSeen(thrown, last)
      failures.push(error)
      failed?.(step, error)
      happen('failed', reportOf(error))
    }
    return 'failed'
  }
}

/** Waited for in vain: what was seen of it last is what the other side said. */
function lastSeen(error: unknown, seen: string): unknown {
  const inVain = error instanceof Fault && error.code === 'EDGE_WAITED_TOO_LONG'
  return inVain && seen !== '' ? error.with({ answer: seen }) : error
}

function skip(step: Step, { emit, signal }: EngineTools): Outcome {
  if (!signal.aborted) emit({ kind: 'step', ...named(step), status: 'skipped' })
  return 'skipped'
}

function named({ name, host }: Step): { name: string; host?: string } {
  return host === undefined ? { name } : { name, host }
}

function checked(steps: readonly Step[]): readonly Step[] {
  const byName = new Map(steps.map((step) => [step.name, step]))
  if (byName.size !== steps.length) throw new TypeError('Two steps have the same name')
  const visit = (name: string, path: readonly string[]): void => {
    const step = byName.get(name)
    if (step === undefined) throw new TypeError(`${path.at(-1)} needs ${name}, which is no step`)
    if (path.includes(name)) throw new TypeError(`Steps need each other: ${path.join(', ')}`)
    for (const need of step.needs ?? []) visit(need, [...path, name])
  }
  for (const { name } of steps) visit(name, [])
  return steps
}
