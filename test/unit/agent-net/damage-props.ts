import fc from 'fast-check'
import { plan, unmarked } from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { anySpec } from './any-spec.ts'
import {
  bared,
  converge,
  copyOf,
  dieAfter,
  firstDifference,
  oursOf,
  replug,
  stepsOf,
  strangersOf,
} from './converge.ts'
import { anyDamage, type Damage, inflict } from './damage.ts'
import type { Knobs } from './kernel/world.ts'
import { createModel, type Model } from './model.ts'

const anyKnobs: fc.Arbitrary<Knobs> = fc.record({
  promotes: fc.boolean(),
  chainsDie: fc.boolean(),
  ipv6: fc.boolean(),
  bridgeFilter: fc.boolean(),
})

/** A host as it may be found: specs it went through, and what was done to it after each. */
const anyPast = fc.array(
  fc.record({ spec: anySpec, damages: fc.array(anyDamage, { minLength: 0, maxLength: 6 }) }),
  { minLength: 1, maxLength: 3 },
)

type Past = readonly { readonly spec: HostSpec; readonly damages: readonly Damage[] }[]

export interface Case {
  readonly knobs: Knobs
  readonly past: Past
  readonly spec: HostSpec
}

/** A host in any state, and what it shall be. */
export const anyCase: fc.Arbitrary<Case> = fc.record({
  knobs: anyKnobs,
  past: anyPast,
  spec: anySpec,
})

function hostOf(knobs: Knobs, past: Past): Model {
  const model = createModel(knobs)
  for (const [index, { spec, damages }] of past.entries()) {
    // Between specs the host need not come to rest: one round, and on.
    if (index === 0) converge(model, spec)
    else dieAfter(model, spec, Number.POSITIVE_INFINITY)
    for (const damage of damages) inflict(model.kernel, damage)
  }
  return model
}

function assertSame(a: unknown, b: unknown, what: string): void {
  const difference = firstDifference(a, b)
  if (difference !== null) throw new Error(`${what}: ${difference}`)
}

/** It becomes as a host that never was anything else, and strangers' objects stay as they were. */
export function checkRepaired({ knobs, past, spec }: Case): void {
  const found = hostOf(knobs, past)
  const before = strangersOf(found, spec)
  converge(found, spec)
  assertSame(strangersOf(found, spec), before, "strangers' objects were touched")
  const fresh = bared(found, spec)
  converge(fresh, spec)
  replug(found, fresh)
  converge(fresh, spec)
  assertSame(oursOf(found.observed()), oursOf(fresh.observed()), 'not as on a fresh host')
}

/** Cut after any line of the plan and begun anew, it ends the same. */
export function checkCrash({ knobs, past, spec }: Case): void {
  const found = hostOf(knobs, past)
  const whole = copyOf(found)
  converge(whole, spec)
  const want = oursOf(whole.observed())
  const lines = dieAfter(copyOf(found), spec, 0)
  for (let line = 0; line <= lines; line++) {
    const cut = copyOf(found)
    dieAfter(cut, spec, line)
    converge(cut, spec)
    assertSame(oursOf(cut.observed()), want, `cut after ${line} of ${lines} lines`)
  }
}

interface Change {
  readonly knobs: Knobs
  readonly from: HostSpec
  readonly to: HostSpec
}

/** An undamaged host on its way from one spec to another. */
export const anyChange: fc.Arbitrary<Change> = fc.record({
  knobs: anyKnobs,
  from: anySpec,
  to: anySpec,
})

/**
 * Cut after any line, no mark vouches for a namespace that is otherwise: neither for whoever goes on,
 * nor for an agent that starts again with the spec of before. Says how often a mark could have lied.
 */
export function checkMarks({ knobs, from, to }: Change): number {
  const found = createModel(knobs)
  converge(found, from)
  const bridges = new Set(found.observed().host.links.map(({ name }) => name))
  for (const { port, network } of from.ports) {
    if (bridges.has(`onebr${network}`)) found.plug(port, `onebr${network}`)
  }
  converge(found, from)
  const lines = dieAfter(copyOf(found), to, 0)
  let vouched = 0
  for (let line = 0; line <= lines; line++) {
    const cut = copyOf(found)
    dieAfter(cut, to, line)
    for (const spec of [from, to]) {
      const observed = cut.observed()
      const { wanted } = plan(spec, observed)
      const suspect = new Set(unmarked(wanted, observed))
      const trusted = wanted.routers
        .map(({ namespace }) => namespace)
        .filter((name) => !suspect.has(name) && observed.namespaces.includes(name))
      vouched += trusted.length
      const lie = stepsOf(spec, observed).find(
        (step) => 'at' in step && step.at !== null && trusted.includes(step.at),
      )
      if (lie !== undefined)
        throw new Error(`cut after ${line} of ${lines} lines, a mark hides: ${lie.sentence}`)
    }
  }
  return vouched
}
