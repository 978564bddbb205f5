import t from 'tap'
import { plan } from '../../../agent/plan/index.ts'
import { createModel } from './model.ts'
import { hostSpec } from './specs.ts'

t.test('a namespace that could not be read is not vouched for', async (t) => {
  const spec = hostSpec()
  const model = createModel()
  for (let round = 0; round < 3; round++) {
    const { ground, network } = plan(spec, model.observed())
    model.apply([...ground, ...network])
  }
  const observed = model.observed()
  const { fx5: _, ...inside } = observed.inside
  const links = observed.host.links.map((link) =>
    link.name === 'fxr5' ? { ...link, alias: 'fx:changing' } : link,
  )
  const unread = { ...observed, inside, host: { ...observed.host, links } }
  const { ground, network, faults } = plan(spec, unread)
  t.same([...ground, ...network], [], 'nobody knows what is to be done')
  t.match(faults, [/fx5.*could not be read/])
  const marked = { ...observed, inside }
  t.same(plan(spec, marked).faults, [], 'one that is marked need not be')
})
