import type { Clock } from '../lib/clock/index.ts'
import type { Applied, HostSpec, Repair } from '../lib/contract/index.ts'
import { sentenceOf } from '../lib/fault/index.ts'
import type { Logger } from '../lib/log/index.ts'
import type { Guard } from './probation/index.ts'
import type { Network } from './reconcile/index.ts'

export interface LoopOptions {
  readonly network: Pick<Network, 'reconcile'>
  readonly clock: Clock
  readonly logger: Logger
  /** Called when a generation was carried out for the first time, or its outcome changed. */
  readonly onOutcome: (outcome: Omit<Applied, 'type'>) => void
  /** Takes back what cuts this host off, and keeps for the next boot what does not. */
  readonly guard: Guard
}

/** Makes the newest spec true, and keeps it true. */
export interface Loop {
  /** From now on the host shall be this. */
  want(spec: HostSpec): void
  /** Something changed in the kernel: look again soon. */
  wake(): void
  /** Resolves after the first round that follows this call. */
  round(): Promise<void>
  readonly state: LoopState
  stop(): Promise<void>
}

export interface LoopState {
  readonly spec: HostSpec | null
  /** The outcome of the last round that none overtook; null before the first. */
  readonly outcome: Omit<Applied, 'type'> | null
  /** Steps that put right what had been right before under the same spec, since the agent started. */
  readonly repairs: number
  /** The last twenty of them, oldest first. */
  readonly lastRepairs: readonly Repair[]
  /** How long the last round took, in milliseconds; null before the first. */
  readonly roundMs: number | null
}

const resyncMs = 30_000
/** After a change: what others do in answer to it (zebra, a hypervisor) may undo a part of it. */
const secondLookMs = 2000
/** A VM that starts makes bursts of kernel events; one look per pause is enough. */
const kernelPauseMs = 300
const repairsKept = 20
/** Characters of a repair's sentence that are kept. */
const repairLength = 300

export function createLoop({ network, clock, logger, onOutcome, guard }: LoopOptions): Loop {
  const stopped = new AbortController()
  const waiting: (() => void)[] = []
  let state: LoopState = { spec: null, outcome: null, repairs: 0, lastRepairs: [], roundMs: null }
  let due = new AbortController()
  let newer = new AbortController()
  /** The last one was carried out and overtaken before it was ever seen to hold. */
  let unseen = false
  let lastRoundMs = Number.NEGATIVE_INFINITY

  /** Carries a spec out, or the one before it; returns after how long to look again. */
  const run = async (wanted: HostSpec): Promise<number> => {
    const startedMs = clock.elapsed()
    newer = new AbortController()
    // Never two in a row: in a stream of new ones every second is seen to hold.
    const giveWay = unseen ? undefined : newer.signal
    const spec = await guard.choose(wanted)
    // A newer one may have come meanwhile; it is next.
    if (state.spec === wanted) state = { ...state, spec }
    const { steps, repairs, ...result } = await network.reconcile(spec, giveWay)
    const roundMs = Math.round(clock.elapsed() - startedMs)
    const faults = [...result.faults, ...guard.faults(spec)]
    const ok = faults.length === 0
    const { epoch, generation } = spec
    const outcome = { epoch, generation, ok, steps: steps.length, faults }
    const before = state.outcome
    const again = before?.epoch === epoch && before.generation === generation
    state = { ...state, roundMs, ...repaired(state, repairs) }
    // Nobody waits any more for one that was not yet seen to hold: the newer one is next.
    unseen = result.overtaken && !again
    if (!result.overtaken) state = { ...state, outcome }
    if (!result.overtaken && (!again || before.ok !== ok || before.faults.join() !== faults.join()))
      onOutcome(outcome)
    // Last, because a full disk must not hide what became of the host.
    if (result.carriedOut) await guard.applied(spec, steps.length > 0)
    return Math.min(ok && steps.length > 0 ? secondLookMs : resyncMs, guard.nextMs ?? resyncMs)
  }
  const repaired = (before: LoopState, sentences: readonly string[]) => ({
    repairs: before.repairs + sentences.length,
    lastRepairs: [
      ...before.lastRepairs,
      ...sentences
        .slice(-repairsKept)
        .map((sentence) => ({ at: clock.now(), sentence: sentence.slice(0, repairLength) })),
    ].slice(-repairsKept),
  })
  const turn = async (): Promise<number> => {
    let nextMs = resyncMs
    const finished = waiting.splice(0)
    due = new AbortController()
    try {
      if (state.spec) nextMs = await run(state.spec)
    } catch (error) {
      logger.error(`A round came to nothing: ${sentenceOf(error)}`)
    }
    lastRoundMs = clock.elapsed()
    for (const tell of finished) tell()
    return nextMs
  }
  const work = async (): Promise<void> => {
    let nextMs = resyncMs
    while (!stopped.signal.aborted) {
      await pause(nextMs, AbortSignal.any([due.signal, stopped.signal]))
      if (!stopped.signal.aborted) nextMs = await turn()
    }
  }
  const pause = (ms: number, signal: AbortSignal) => clock.sleep(ms, signal).catch(() => undefined)
  const working = work()

  return {
    want: (spec) => {
      newer.abort()
      state = { ...state, spec }
      due.abort()
    },
    wake: () => {
      const since = clock.elapsed() - lastRoundMs
      const mine = due
      void pause(Math.max(0, kernelPauseMs - since), stopped.signal).then(() => mine.abort())
    },
    round: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        due.abort()
      }),
    get state() {
      return state
    },
    stop: async () => {
      stopped.abort()
      await working
    },
  }
}
