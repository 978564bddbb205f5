import t, { type Test } from 'tap'
import type { Host } from '../agent/cluster.ts'
import { createSite } from '../paths/site.ts'
import { difference, stateOf } from '../paths/whole-state.ts'
import { type Damage, type Victim, victimsOf } from './damages.ts'

const site = await createSite(['web', 'api', 'red1', 'red2', 'green'], { probes: false })
t.teardown(() => site.close())
const [h1] = site.hosts as readonly [Host]
h1.spec = {
  ...h1.spec,
  public: { ...h1.spec.public, neighbour: 'proxy' },
  firewall: { management: ['203.0.113.0/24'] },
}
await site.settle()
const before = await stateOf(h1)
const victims = victimsOf(await h1.network.observed(h1.spec))

interface Hurt extends Damage {
  readonly object: string
}

/** The nth damage of every object at once: what the agent does for one does nothing for another. */
function roundsOf(all: readonly Victim[]): Hurt[][] {
  const own = all.map(({ object, damages }) =>
    damages.filter(({ cascades }) => cascades !== true).map((one) => ({ object, ...one })),
  )
  const length = Math.max(...own.map((list) => list.length))
  return Array.from({ length }, (_, at) =>
    own.flatMap((list) => list[at] ?? []).toSorted((a, b) => rank(a) - rank(b)),
  )
}

/** What goes takes along what hangs on it, so addresses and then links are hurt last. */
const rank = ({ object }: Hurt): number =>
  object.startsWith('link ') ? 2 : object.startsWith('address ') ? 1 : 0

/** Both at once would hide one: a table whose structure differs is loaded anew, elements and all. */
const isSet = ({ object }: Victim): boolean => object.startsWith('nft set ')

async function mended(t: Test, hurt: readonly Hurt[]): Promise<void> {
  await h1.sh(hurt.map(({ script }) => `( ${script}\n)`).join('\n'))
  const { faults, repairs, steps } = await h1.network.reconcile(h1.spec)
  const what = hurt.map(({ object, title }) => `${object} ${title}`)
  t.same(faults, [], `${what.length} damages: ${what.join('; ')}`)
  t.not(repairs, 0, `${repairs} of ${steps.length} steps are repairs`)
  for (const { after = '' } of hurt) {
    if (after === '') continue
    await h1.sh(after)
    await h1.network.reconcile(h1.spec)
  }
  t.same(difference(before, await stateOf(h1)), [], 'everything is as it was')
}

t.test('every object of ours that is bent or deleted is back after one look', async (t) => {
  console.error(
    `${victims.length} objects, ${victims.flatMap(({ damages }) => damages).length} damages`,
  )
  for (const hurt of roundsOf(victims.filter((victim) => !isSet(victim)))) await mended(t, hurt)
  for (const hurt of roundsOf(victims.filter(isSet))) await mended(t, hurt)
})

/** Each takes a look of its own: EVERY=1 does them all, the gate every third. */
const stride = process.env['EVERY'] === undefined ? 3 : 1

t.test('what takes others with it is back as well', async (t) => {
  const falls = victims.flatMap(({ object, damages }) =>
    damages.filter(({ cascades }) => cascades).map((one) => ({ object, ...one })),
  )
  for (const one of falls.filter((_, at) => at % stride === 0)) await mended(t, [one])
})
