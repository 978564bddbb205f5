import type { Clock } from '../../lib/clock/index.ts'
import type { HostSpec } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Exec } from '../exec/index.ts'
import type { Observed } from '../host/index.ts'
import {
  type FrrPort,
  type NetworkStep,
  type Plan,
  plan,
  repairs,
  type Step,
  type Wanted,
} from '../plan/index.ts'
import { apply } from './apply.ts'
import { frrOutcome, isInForce } from './frr-turn.ts'
import { unlessAborted } from './give-way.ts'
import { createHaste } from './haste.ts'
import { marksHold } from './marks-hold.ts'
import { createObserver, type Look, type Observer } from './observer.ts'
import { type Round, rounds } from './rounds.ts'
import { createStopwatch, type Stopwatch } from './stopwatch.ts'

export interface NetworkSettings {
  readonly exec: Exec
  readonly frr: FrrPort
  readonly logger: Logger
  readonly clock: Clock
  /** The kernel's view of devices; `/sys/class/net` unless given. */
  readonly devices?: string
  /** How the host is read; the kernel by its tools unless given. */
  readonly observe?: Look
  /** Addresses from which controllers came, newest first; the firewall keeps them in. */
  readonly controllers?: () => readonly string[]
}

export interface Reconciled {
  readonly ok: boolean
  /** What was changed; empty when the host already was as the spec says. */
  readonly steps: Step[]
  /** The sentences of those that put right what had been right before under this spec. */
  readonly repairs: string[]
  /** What was refused or failed, one sentence each. */
  readonly faults: string[]
  /** Whether its steps were tried; not when the host could not even be read. */
  readonly carriedOut: boolean
  /** A newer spec came after that, before it was seen that this one holds. */
  readonly overtaken: boolean
}

export interface Network {
  /**
   * Makes the host match the spec. Never throws; never runs twice at the same time. Once the spec has
   * been carried out, looks that verify it end when `giveWay` aborts: a newer one has come.
   */
  reconcile(spec: HostSpec, giveWay?: AbortSignal): Promise<Reconciled>
  /** The kernel told of a change: the next look is at everything. */
  heard(): void
  /** What `reconcile` would do now. */
  plan(spec: HostSpec): Promise<Step[]>
  /** The whole host as the planner sees it, read now. */
  observed(spec: HostSpec): Promise<Observed>
}

/** What was seen to be right, and for which spec. */
interface Settled {
  readonly spec: string
  readonly wanted: Wanted
  /** Whether FRR was right as well. */
  readonly frr: boolean
  /** What of the spec was left out. */
  readonly faults: readonly string[]
}

type Watch = Stopwatch<'observe' | 'plan' | 'apply' | 'frr'>

export function createNetwork(settings: NetworkSettings): Network {
  const { exec, frr, logger, clock } = settings
  const observer = settings.observe ? restless(settings.observe) : createObserver(exec, logger)
  const controllers = () => settings.controllers?.() ?? []
  const observe = (
    spec: HostSpec,
    giveWay: AbortSignal | undefined,
    changed: readonly string[],
  ): Promise<Observed> => observer.look(spec, { controllers: controllers(), giveWay, changed })
  const observeWhole = (spec: HostSpec): Promise<Observed> =>
    observer.look(spec, { controllers: controllers(), whole: true })
  let running: Promise<unknown> = Promise.resolve()
  const devices = settings.devices ?? '/sys/class/net'
  const haste = createHaste(exec, devices)
  let settled: Settled | null = null
  /** The last spec whose steps were all tried. */
  let carried = ''
  let complaints = ''

  /** What was tried of a new spec without a look. */
  const hurry = async (spec: HostSpec, watch: Watch): Promise<readonly NetworkStep[]> => {
    const steps = await watch.lap('plan', () => haste.plan(spec))
    if (steps.length > 0) await watch.lap('apply', () => haste.carryOut(steps))
    return steps
  }

  /** A round over a host that is as it was when nothing was to be done; null when it is not, or gave way. */
  const rest = async (
    spec: HostSpec,
    before: Settled,
    watch: Watch,
    giveWay: AbortSignal | undefined,
  ): Promise<Round | null> => {
    const glance = observer.isStill(spec, { controllers: controllers(), giveWay })
    if (!(await watch.lap('observe', () => unlessAborted(glance, giveWay)))) return null
    const routed = await watch.lap('frr', () => frrOutcome(frr, spec))
    settled = { ...before, frr: routed.faults.length === 0 }
    return {
      isRight: true,
      steps: [],
      frrSteps: routed.steps,
      faults: [...before.faults, ...routed.faults],
      repairs: before.frr ? routed.steps.map(({ sentence }) => sentence) : [],
    }
  }

  /** Null when it gave way before it changed anything. `changed`: namespaces that just were. */
  const round = async (
    spec: HostSpec,
    watch: Watch,
    giveWay: AbortSignal | undefined,
    changed: readonly string[],
  ): Promise<Round | null> => {
    const name = nameOf(spec)
    // What was not carried out yet is not left undone for a newer one.
    const mayEnd = carried === name ? giveWay : undefined
    const rested = settled?.spec === name ? await rest(spec, settled, watch, mayEnd) : null
    if (rested !== null || mayEnd?.aborted) return rested
    const observed = await watch.lap('observe', () =>
      unlessAborted(observe(spec, mayEnd, changed), mayEnd),
    )
    if (observed === null) return null
    const planned = await watch.lap('plan', () => plan(spec, observed))
    const before = settled?.spec === name ? settled : null
    const ground = await watch.lap('apply', () => apply(exec, planned.ground, devices))
    const isKnown = planned.ground.length === 0 && isInForce(frr, spec)
    const routing = watch.lap('frr', () => frrOutcome(frr, spec))
    // What FRR has to be told comes first; looking whether it forgot holds nobody up.
    if (!isKnown) await routing
    const work = watch.lap('apply', () => apply(exec, planned.network, devices))
    // Both end before the next round begins, whatever becomes of the other.
    const network = await work.finally(() => routing)
    const routed = await routing
    const steps = [...planned.ground, ...planned.network]
    if (ground.faults.length + network.faults.length > 0) haste.forget()
    else haste.remember(spec, observed)
    carried = name
    const frrIsRight = routed.faults.length === 0
    const { wanted, faults } = planned
    const isRight = await marksHold(devices, steps)
    settled = isRight ? { spec: name, wanted, frr: frrIsRight, faults } : null
    if (steps.length === 0) observer.settle()
    return {
      isRight,
      steps,
      frrSteps: routed.steps,
      faults: [...planned.faults, ...ground.faults, ...routed.faults, ...network.faults],
      repairs: [
        ...(before === null ? [] : repairs(before.wanted, observed, steps)),
        ...(before?.frr ? routed.steps : []),
      ].map(({ sentence }) => sentence),
    }
  }

  const reconcile = async (spec: HostSpec, giveWay?: AbortSignal): Promise<Reconciled> => {
    const watch: Watch = createStopwatch(clock)
    const done: Round[] = []
    const hasty = await hurry(spec, watch).catch((error) => {
      logger.warn(`What hurries waits for the look: ${sentenceOf(error)}`)
      return []
    })
    let changed = namespacesOf(hasty)
    const next = () => {
      const now = changed
      changed = []
      return round(spec, watch, giveWay, now)
    }
    const ended = await rounds(next, done, giveWay).catch((error) => ({
      faults: [...done.flatMap((round) => round.faults), sentenceOf(error)],
      gaveWay: false,
    }))
    const { faults, gaveWay } = ended
    const looked = done.flatMap((round): Step[] => [...round.steps, ...round.frrSteps])
    const steps = [...hasty, ...looked]
    for (const { sentence } of steps) logger.info(sentence)
    // A trouble that lasts is told once, not at every look.
    if (complaints !== faults.join('\n')) for (const fault of faults) logger.warn(fault)
    complaints = faults.join('\n')
    logger.debug('reconciled', {
      rounds: done.length,
      steps: steps.length,
      ...watch.read(),
    })
    return {
      ok: faults.length === 0,
      steps,
      repairs: done.flatMap((round) => round.repairs),
      faults: [...new Set(faults)],
      carriedOut: carried === nameOf(spec),
      overtaken: gaveWay,
    }
  }

  return {
    reconcile(spec, giveWay) {
      const next = running.then(() => reconcile(spec, giveWay))
      running = next
      return next
    },
    heard: () => observer.heard(),
    async plan(spec) {
      const { ground, network }: Plan = plan(spec, await observeWhole(spec))
      return [...ground, ...(await frr.plan(spec)), ...network]
    },
    observed: observeWhole,
  }
}

const namespacesOf = (steps: readonly NetworkStep[]): string[] => [
  ...new Set(steps.flatMap((step) => ('at' in step && step.at !== null ? [step.at] : []))),
]

/** An observer that looks each time. */
const restless = (look: Look): Observer => ({
  look,
  isStill: async () => false,
  heard: () => undefined,
  settle: () => undefined,
})

const nameOf = ({ epoch, generation }: HostSpec): string => `${epoch}/${generation}`
