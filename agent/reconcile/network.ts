import type { Clock } from '../../lib/clock/index.ts'
import type { HostSpec } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Exec } from '../exec/index.ts'
import { readHost, readNamespace, readSysctls } from '../observe/index.ts'
import {
  type FrrOutcome,
  type FrrPort,
  type NetworkStep,
  type Observed,
  type Plan,
  plan,
  type Step,
  unmarked,
  type Wanted,
  wantedOf,
} from '../plan/index.ts'
import { apply } from './apply.ts'

export interface NetworkSettings {
  readonly exec: Exec
  readonly frr: FrrPort
  readonly logger: Logger
  readonly clock: Clock
}

export interface Reconciled {
  readonly ok: boolean
  /** What was changed; empty when the host already was as the spec says. */
  readonly steps: Step[]
  /** What was refused or failed, one sentence each. */
  readonly faults: string[]
}

export interface Network {
  /** Makes the host match the spec. Never throws; never runs twice at the same time. */
  reconcile(spec: HostSpec): Promise<Reconciled>
  /** What `reconcile` would do now. */
  plan(spec: HostSpec): Promise<Step[]>
  /** The host as the planner sees it, read now. */
  observed(spec: HostSpec): Promise<Observed>
}

/** How many trusted namespaces are read in full each time, in turn. */
const readInTurn = 10
/** How many namespaces are entered at the same time. */
const readAtOnce = 4
/** One round changes, the next verifies; a third for what only shows once the second is done. */
const maxRounds = 3

export function createNetwork({ exec, frr, logger, clock }: NetworkSettings): Network {
  let turn = 0
  let running: Promise<unknown> = Promise.resolve()

  /** Two looks: the second needs to know which sysctls and namespaces the spec speaks of. */
  const observe = async (spec: HostSpec): Promise<Observed> => {
    const { host, namespaces } = await readHost(exec)
    const first: Observed = { host, namespaces, inside: {} }
    const wanted = wantedOf(spec, first)
    const present = wanted.routers.filter(({ namespace }) => namespaces.includes(namespace))
    const suspect = new Set(unmarked(wanted, first))
    const trusted = present.filter(({ namespace }) => !suspect.has(namespace))
    const chosen = [
      ...present.filter(({ namespace }) => suspect.has(namespace)),
      ...Array.from(
        { length: Math.min(readInTurn, trusted.length) },
        (_, index) => trusted[(turn + index) % trusted.length],
      ),
    ].filter((router) => router !== undefined)
    turn += readInTurn
    const keys = wanted.sysctls.map(({ key }) => key)
    const sysctls = await readSysctls(exec, keys)
    const inside: Record<string, Observed['host']> = {}
    for (let from = 0; from < chosen.length; from += readAtOnce) {
      const some = chosen.slice(from, from + readAtOnce)
      const stacks = await Promise.all(some.map((router) => readInside(exec, router, logger)))
      Object.assign(inside, Object.fromEntries(stacks.filter((stack) => stack !== null)))
    }
    return { host: { ...host, sysctls }, namespaces, inside }
  }

  const round = async (
    spec: HostSpec,
    steps: Step[],
  ): Promise<{ changed: boolean; left: readonly NetworkStep[]; faults: string[] }> => {
    const planned = plan(spec, await observe(spec))
    const faults = [...planned.faults]
    const ground = await apply(exec, planned.ground)
    const routed = await frrOutcome(frr, spec)
    const network = await apply(exec, planned.network)
    const left = [...planned.ground, ...planned.network]
    steps.push(...planned.ground, ...routed.steps, ...planned.network)
    return {
      changed: left.length > 0,
      left,
      faults: [...faults, ...ground.faults, ...routed.faults, ...network.faults],
    }
  }

  const reconcile = async (spec: HostSpec): Promise<Reconciled> => {
    const startedMs = clock.elapsed()
    const steps: Step[] = []
    let faults: string[] = []
    try {
      for (let count = 1; ; count++) {
        const { changed, left, faults: found } = await round(spec, steps)
        faults = found
        if (!changed) break
        if (count < maxRounds) continue
        if (found.length === 0)
          faults = left.map(({ sentence }) => `Still to do after ${maxRounds} rounds: ${sentence}`)
        break
      }
    } catch (error) {
      faults.push(sentenceOf(error))
    }
    for (const { sentence } of steps) logger.info(sentence)
    for (const fault of faults) logger.warn(fault)
    logger.debug('reconciled', {
      steps: steps.length,
      elapsedMs: Math.round(clock.elapsed() - startedMs),
    })
    return { ok: faults.length === 0, steps, faults: [...new Set(faults)] }
  }

  return {
    reconcile(spec) {
      const next = running.then(() => reconcile(spec))
      running = next
      return next
    },
    async plan(spec) {
      const { ground, network }: Plan = plan(spec, await observe(spec))
      return [...ground, ...(await frr.plan(spec)), ...network]
    },
    observed: observe,
  }
}

/** A namespace that cannot be read is left for the next time; its trouble is not the others'. */
async function readInside(
  exec: Exec,
  { namespace, inside }: Wanted['routers'][number],
  logger: Logger,
): Promise<[string, Observed['host']] | null> {
  try {
    const keys = inside.sysctls.map(({ key }) => key)
    return [namespace, await readNamespace(exec, namespace, keys)]
  } catch (error) {
    logger.warn(sentenceOf(error), { namespace })
    return null
  }
}

/** FRR's trouble is reported, and the flood list carries the traffic meanwhile. */
async function frrOutcome(frr: FrrPort, spec: HostSpec): Promise<FrrOutcome> {
  try {
    return await frr.apply(spec)
  } catch (error) {
    return { steps: [], faults: [sentenceOf(error)] }
  }
}
