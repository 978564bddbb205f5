import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { catalogues } from '../../../scripts/docs/catalogues.ts'
import { errorsPage } from '../../../scripts/docs/errors-page.ts'

const root = resolve(import.meta.dirname, '../../..')
const rooms = await catalogues()
const all = rooms.flatMap(({ room, entries }) =>
  Object.entries(entries).map(([code, entry]) => ({ room, code, ...entry })),
)
const sources = globSync('{agent,controller,ipam,lib}/**/*.ts', { cwd: root })
  .sort()
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))

/** Names in the same form that are none of a fault: attributes of OpenNebula and of the environment. */
const attributes = new Set([
  ...['EDGE_KEY', 'EDGE_HOST', 'EDGE_HOST_KEY', 'EDGE_EGRESS', 'EDGE_AGENT_KEY'],
  ...['ONE_AUTH', 'ONE_XMLRPC'],
])

t.test('docs/errors.md tells every fault there is: `npm run docs` writes it', async (t) => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  t.equal(page, errorsPage(rooms))
  t.ok(all.length > 80)
})

t.test('a code stands in one catalogue only', async (t) => {
  const twice = all.filter(({ code }, index) => all.findIndex((one) => one.code === code) < index)
  t.same(twice, [])
})

t.test('every fault says what to do, but those that are tried again by themselves', async (t) => {
  for (const { code, kind, hint, meaning } of all) {
    t.match(meaning, /^[A-Z\w].*[.]$/s, code)
    if (kind !== 'transient') t.match(hint ?? '', /.\.$|\?$/, `${code} (${kind}) has a hint`)
  }
})

t.test('every code of a catalogue is used', async (t) => {
  for (const { code } of all)
    t.ok(
      sources.some(({ text }) => text.includes(`'${code}'`)),
      code,
    )
})

t.test('every code that is thrown or compared stands in a catalogue', async (t) => {
  const known = new Set(all.map(({ code }) => code))
  for (const { file, text } of sources) {
    const named = [...text.matchAll(/'((?:EDGE|ONE)_[A-Z0-9_]+)'/g)].map(([, code = '']) => code)
    for (const code of named) if (!attributes.has(code)) t.ok(known.has(code), `${file}: ${code}`)
    if (!file.startsWith('lib/fault/'))
      t.notMatch(text, /new Fault\(/, `${file} makes its faults from a catalogue`)
  }
})
