import type { HostSpec } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import { emptyStack, type Observed } from '../host/index.ts'
import { withMasters } from '../observe/index.ts'
import { changedPart, hasten, type NetworkStep, partOf, wantedOf } from '../plan/index.ts'
import { inside, type Share } from './inside.ts'
import { isMark, writeMarks } from './write-marks.ts'

/** Carries out at once what of a new spec need not wait for a look at the host. */
export interface Haste {
  /** The host was made to be like this, as far as anybody knows. */
  remember(spec: HostSpec, observed: Observed): void
  /** It is no longer known how the host is. */
  forget(): void
  /** What need not wait; nothing when that is not known. Each answer is to be carried out, or lost. */
  plan(spec: HostSpec): Promise<readonly NetworkStep[]>
  /** Failures are the following look's. Throws when marks cannot be written: nothing was changed then. */
  carryOut(steps: readonly NetworkStep[]): Promise<void>
}

interface Last {
  readonly spec: HostSpec
  readonly observed: Observed
}

export function createHaste(exec: Exec, devices: string): Haste {
  let last: Last | null = null
  return {
    remember(spec, { host, namespaces, controllers = [] }) {
      // Of a full host the rest is large, and nothing here asks for it.
      const { links, addresses, routes } = host
      const slim = { ...emptyStack, links, addresses, routes }
      last = { spec, observed: { ...blank, host: slim, namespaces, controllers } }
    },
    forget() {
      last = null
    },
    async plan(spec) {
      if (last === null || isSame(last.spec, spec)) return []
      const { spec: before, observed } = last
      const part = changedPart(before, spec)
      if (part === null) return []
      last = null
      const wanted = wantedOf(partOf(before, part), observed)
      const now = await withMasters(observed, part.ports, devices)
      return hasten({ wanted, observed: now }, partOf(spec, part))
    },
    carryOut: (steps) => carryOut(exec, devices, steps),
  }
}

/**
 * In one process, because somebody waits: what leaves, then inside the namespaces, then all of the
 * host's own, then the neighbours are told and old connections forgotten. A packet that came before its
 * translation would keep its flow without.
 */
async function carryOut(exec: Exec, devices: string, steps: readonly NetworkStep[]): Promise<void> {
  const start = steps.findIndex((step) => !isMark(step))
  if (start < 0) return
  const work = steps.slice(start).filter((step) => !isMark(step))
  const host = work.filter((step) => !isWithin(step))
  const leaves = host.filter(({ kind }) => kind.endsWith('-delete'))
  const within = Map.groupBy(work.filter(isWithin), ({ at }) => at)
  const isLast = ({ kind }: NetworkStep) => kind === 'flush'
  const shares: Share[] = [
    { at: null, steps: leaves },
    ...[...within].map(([at, own]) => ({ at, steps: own.filter((step) => !isLast(step)) })),
    { at: null, steps: host.filter(({ kind }) => !kind.endsWith('-delete')) },
    ...[...within].map(([at, own]) => ({ at, steps: own.filter(isLast) })),
  ].filter((share) => share.steps.length > 0)
  await writeMarks(devices, steps.slice(0, start))
  const failed = shares.length === 0 ? [] : await inside(exec, shares)
  // What was not forgotten or announced stands in the mark, and the look that follows goes on with it.
  if (failed.length === 0) await writeMarks(devices, steps.slice(start))
}

type Within = Extract<NetworkStep, { readonly at: unknown }> & { readonly at: string }

const isWithin = (step: NetworkStep): step is Within => 'at' in step && step.at !== null

const blank = { inside: {}, broken: [] } as const

const isSame = (a: HostSpec, b: HostSpec): boolean =>
  a.epoch === b.epoch && a.generation === b.generation
