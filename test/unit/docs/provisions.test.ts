import { readFileSync } from 'node:fs'
import t from 'tap'
import { reservedRanges, userInputs } from '../../../controller/provision/index.ts'

const page = readFileSync(new URL('../../../docs/provisions.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `(\w+)` \| `(.*?)` \| (.*?) ?\| .+ \|$/gm)]

t.test('the page names exactly the inputs that exist, in their order', async (t) => {
  t.strictSame(
    rows.map(([, name]) => name),
    userInputs.map(({ name }) => name),
  )
})

t.test('the page tells the true defaults and values', async (t) => {
  for (const [index, spec] of userInputs.entries()) {
    const [, name = '', standard, values = ''] = rows[index] ?? []
    t.equal(standard, JSON.stringify(spec.default), name)
    const { match } = spec
    if (match?.type === 'number')
      t.equal(values, `${match.values.min} to ${match.values.max}`, name)
    if (match?.type === 'list')
      t.strictSame(
        [...values.matchAll(/`([^`]+)`/g)].map(([, value]) => value),
        match.values,
        name,
      )
  }
})

t.test('the page names every range that cidr_block may not touch', async (t) => {
  for (const { cidr } of reservedRanges) t.ok(page.includes(cidr), cidr)
})
