import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Config, defaults, loadConfig } from '../../../controller/config/index.ts'

const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')

/** `profile.sshUser` and the like, sections included. */
function membersOf(schema: object, prefix = ''): string[] {
  const { properties = {} } = schema as { properties?: Record<string, object> }
  return Object.entries(properties).flatMap(([name, inner]) => [
    `${prefix}${name}`,
    ...membersOf(inner, `${prefix}${name}.`),
  ])
}

const rows = [...page.matchAll(/^\| `([\w.]+)` \| (?:`(.*?)`)? *\|/gm)]

t.test('the page names exactly the members that exist, in their order', async (t) => {
  t.strictSame(
    rows.map(([, name]) => name),
    membersOf(Config),
  )
})

t.test('the page tells the true defaults', async (t) => {
  for (const [, name = '', told] of rows) {
    let value: unknown = defaults('<install dir>')
    for (const word of name.split('.')) value = (value as Record<string, unknown>)[word]
    const section = typeof value === 'object' && value !== null && !Array.isArray(value)
    t.equal(told, section ? undefined : JSON.stringify(value), name)
  }
})

t.test('a file overrides single members, in sections too', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'edgectl-config-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'edgectl.json')
  writeFileSync(file, '{"port": 80, "profile": {"hypervisor": "lxc"}}')
  const expected = defaults('/x')
  t.strictSame(await loadConfig(file, '/x'), {
    ...expected,
    port: 80,
    profile: { ...expected.profile, hypervisor: 'lxc' },
  })
  writeFileSync(file, '{"port": "eighty"}')
  await t.rejects(loadConfig(file, '/x'), { message: /port/ })
  writeFileSync(file, '{"port": 80')
  await t.rejects(loadConfig(file, '/x'), { code: 'EDGE_CONFIG_UNREADABLE' })
  await t.rejects(loadConfig(join(directory, 'none'), '/x'), { code: 'EDGE_CONFIG_UNREADABLE' })
})
