import { readdirSync } from 'node:fs'
import t from 'tap'
import { compare, type Difference } from './replay/differences.ts'
import { requestDifferences, sent } from './replay/requests.ts'
import { rows, tells } from './replay/rows.ts'
import { scenarios } from './replay/scenarios.ts'
import { stage } from './replay/stage.ts'
import { workDifferences, works } from './replay/work.ts'
import { createWorld } from './replay/world.ts'
import { recorded } from './support.ts'

const directory = new URL('../../recorded/oneform/', import.meta.url)
const recordings = readdirSync(directory)
  .filter((name) => name.endsWith('.txt') && name !== 'cli-transcript.txt')
  .map((name) => name.replace(/\.txt$/, ''))

const told = (one: Difference) =>
  `${one.recording}:${one.path} was ${short(one.recorded)}, is ${short(one.here)}`
const short = (value: unknown) => JSON.stringify(value)?.slice(0, 300) ?? 'nothing'

t.test('every recorded answer of stock OneForm has its scenario here', async (t) => {
  t.same([...Object.keys(scenarios), ...Object.keys(works)].sort(), recordings.sort())
  t.equal(sent.length, 72)
})

t.test('every answer is the recorded one, or docs/compatibility.md tells why not', async (t) => {
  const all: Difference[] = []
  for (const [name, scenario] of Object.entries(scenarios)) {
    const it = stage(createWorld())
    all.push(...compare(name, recorded(name), await scenario(it)))
    await it.close()
  }
  all.push(...(await requestDifferences()), ...(await workDifferences()))
  const found = new Map(all.map((one) => [`${one.recording}:${one.path}`, one]))
  const tokens = rows().flatMap(({ seen }) => seen)
  for (const one of found.values())
    t.ok(
      tokens.some((token) => tells(token, one)),
      told(one),
    )
  for (const token of tokens)
    t.ok(
      [...found.values()].some((one) => tells(token, one)),
      `${token} tells of no difference any more`,
    )
})
