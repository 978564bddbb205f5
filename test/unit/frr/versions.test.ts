import t from 'tap'
import { holds, troubles, troublesOf } from '../../../agent/frr/versions.ts'

t.test('a range holds its first version and not its last', async (t) => {
  const range = ['10.2', '10.2.3'] as const
  const inside = ['10.2', '10.2.0', '10.2.2', '10.2.2-1~deb12u1', '10.2-dev']
  const outside = ['10.1.4', '10.2.3', '10.3', '9.2.1', '100.2', '8.4.4', 'unknown', '']
  t.same(
    inside.filter((version) => !holds(range, version)),
    [],
  )
  t.same(
    outside.filter((version) => holds(range, version)),
    [],
  )
  t.ok(holds(['10.3', null], '11.0'), 'a trouble without an end has none')
})

t.test('what nothing here can help is told with version, symptom and link', async (t) => {
  t.match(troublesOf('8.0.1'), [/^FRR 8\.0\.1 .*never been tried.*https:/])
})

t.test('what the configuration or the agent meets is no complaint', async (t) => {
  for (const version of ['8.1', '8.4.4', '8.5.1', '8.5.4', '9.1', '10.2.1', '10.3', '10.7.0'])
    t.same(troublesOf(version), [], version)
})

t.test('a link is one to FRR’s own pages, and every range begins before it ends', async (t) => {
  for (const { link, versions } of troubles) {
    if (link !== null) t.match(link, /^https:\/\/github\.com\/FRRouting\/frr\//)
    for (const [from, until] of versions) if (until !== null) t.ok(holds([from, until], from), from)
  }
})
