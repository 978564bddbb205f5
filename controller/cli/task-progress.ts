import { Listr } from 'listr2'
import type { StepEvent } from '../provision/index.ts'
import { duration, failureOf, type Progress, planning } from './progress.ts'

interface Task {
  title: string
  output: string
}

interface Phase {
  readonly state: string
  readonly began: number
  readonly running: Map<string, { step: StepEvent; since: number }>
  done: number
  /** What the phase has found and stays on the screen. */
  found: string
  task?: Task
  finish(error?: Error): void
}

const refreshMs = 1000

/** A list of the states passed through; under the present one what runs, for how long, and why. */
export function taskProgress(): Progress {
  const lists: Promise<unknown>[] = []
  let phase: Phase | undefined
  let failure: string | undefined
  const refresh = setInterval(() => draw(phase), refreshMs)
  const leave = (error?: Error) => {
    phase?.finish(error)
    phase = undefined
  }
  return {
    show: (event) => {
      failure = failureOf(event) ?? failure
      if (event.kind === 'step' && phase) {
        note(phase, event)
        draw(phase)
      }
      if (event.kind !== 'state' || event.state === phase?.state) return
      leave(event.state.endsWith('_FAILURE') ? new Error(failure ?? event.state) : undefined)
      if (/^(RUNNING|DONE|.*_FAILURE)$/.test(event.state)) return
      const previous = lists.at(-1) ?? Promise.resolve()
      const entered = enter(event.state)
      phase = entered.phase
      lists.push(previous.then(entered.run))
    },
    end: async () => {
      clearInterval(refresh)
      leave()
      await lists.at(-1)
    },
    get failure() {
      return failure
    },
  }
}

/** One list for each state, drawn one below the other as the work goes on. */
function enter(state: string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const phase: Phase = {
    ...{ state, began: performance.now(), running: new Map(), done: 0, found: '' },
    finish: (error) => (error ? reject(error) : resolve()),
  }
  promise.catch(() => undefined)
  const list = new Listr(
    {
      title: state,
      task: async (_context, task) => {
        phase.task = task
        draw(phase)
        await promise
        task.title = titleOf(phase)
      },
      rendererOptions: { outputBar: Number.POSITIVE_INFINITY },
    },
    { exitOnError: false, registerSignalListeners: false, fallbackRenderer: 'simple' },
  )
  return { phase, run: () => list.run().catch(() => undefined) }
}

function note(phase: Phase, step: StepEvent): void {
  if (phase.state === planning && step.detail) phase.found = `: ${step.detail}`
  const known = phase.running.get(step.name)
  const since = known?.since ?? performance.now() - (step.elapsedMs ?? 0)
  if (step.status === 'started' || step.status === 'waiting') {
    phase.running.set(step.name, { step, since })
    return
  }
  phase.running.delete(step.name)
  phase.done += 1
}

function draw(phase: Phase | undefined): void {
  if (!phase?.task) return
  phase.task.title = titleOf(phase)
  phase.task.output = [...phase.running.values()]
    .map(({ step: { name, detail }, since }) => {
      const waits = detail ? `: ${detail}` : ''
      return `${name}${waits} (${duration(performance.now() - since)})`
    })
    .join('\n')
}

function titleOf({ state, began, done, found }: Phase): string {
  const steps = done === 0 ? '' : `, ${done} ${done === 1 ? 'step' : 'steps'} done`
  return `${state} (${duration(performance.now() - began)}${steps})${found}`
}
