import t from 'tap'
import type { Observed } from '../../../agent/host/index.ts'
import { plan, type WantedRouter, wantedOf } from '../../../agent/plan/index.ts'
import { createTrust } from '../../../agent/reconcile/trust.ts'
import { createModel } from './model.ts'
import { hostSpec, privateNetwork } from './specs.ts'

const spec = hostSpec({
  networks: Array.from({ length: 14 }, (_, index) => privateNetwork(10 + index, `net${index}`)),
  publicNetworks: [],
})

function built(): { observed: Observed; routers: readonly WantedRouter[] } {
  const model = createModel()
  for (let round = 0; round < 2; round++) {
    const { ground, network } = plan(spec, model.observed())
    model.apply([...ground, ...network])
  }
  const observed = model.observed()
  return { observed, routers: wantedOf(spec, observed).routers }
}

const { observed, routers } = built()
const digests = new Map(routers.map(({ namespace }) => [namespace, 'as it was']))
const none: ReadonlySet<string> = new Set()
const namesOf = (shares: WantedRouter[][]) => shares.flat().map(({ namespace }) => namespace)
const insideOf = (names: readonly string[]): Observed['inside'] =>
  Object.fromEntries(Object.entries(observed.inside).filter(([name]) => names.includes(name)))

/** Looks until nothing is read any more; how often something was. */
function learn(trust: ReturnType<typeof createTrust>): number {
  for (let looks = 0; ; looks++) {
    const names = namesOf(trust.toRead(routers, none, digests))
    if (names.length === 0 || looks === 20) return looks
    trust.learn(routers, insideOf(names), digests)
  }
}

t.test('once all were seen to be right, none is read until its digest changes', async (t) => {
  const trust = createTrust()
  t.equal(learn(trust), 2, 'ten at a time')
  const changed = new Map([...digests, ['fx12', 'otherwise']])
  t.same(namesOf(trust.toRead(routers, none, changed)), ['fx12'], 'at once, not in its turn')
  trust.learn(routers, insideOf(['fx12']), changed)
  t.same(namesOf(trust.toRead(routers, none, changed)), [], 'it was right all the same')
  t.same(namesOf(trust.toRead(routers, none, digests)), ['fx12'])
})

t.test('one that could not be glanced at any more is read', async (t) => {
  const trust = createTrust()
  learn(trust)
  const fewer = new Map([...digests].filter(([name]) => name !== 'fx13'))
  t.same(namesOf(trust.toRead(routers, none, fewer)), ['fx13'])
})

t.test('what is wrong inside is not learnt, whatever its digest', async (t) => {
  const trust = createTrust()
  learn(trust)
  const changed = new Map([...digests, ['fx12', 'otherwise']])
  const stack = observed.inside['fx12']
  if (stack === undefined) throw new Error('fx12 is missing')
  trust.learn(routers, { fx12: { ...stack, routes: [] } }, changed)
  t.same(namesOf(trust.toRead(routers, none, changed)), ['fx12'], 'read until it is right')
})

t.test('a right digest does not vouch for what the spec now wants otherwise', async (t) => {
  const trust = createTrust()
  learn(trust)
  const others = routers.map((router) => ({ ...router, mark: `${router.mark}2` }))
  const suspects = new Set(['fx10', 'fx11'])
  t.same(namesOf(trust.toRead(others, suspects, null)), ['fx10', 'fx11'], 'of news only those')
  const first = namesOf(trust.toRead(others, suspects, digests))
  t.equal(first.length, 12, 'and ten that were not read since they were marked')
})

t.test('without digests they are read in turn for ever', async (t) => {
  const trust = createTrust()
  const read = new Set<string>()
  for (let look = 0; look < 4; look++) {
    const names = namesOf(trust.toRead(routers, none, new Map()))
    t.equal(names.length, 10)
    trust.learn(routers, insideOf(names), new Map())
    for (const name of names) read.add(name)
  }
  t.equal(read.size, 14)
})
