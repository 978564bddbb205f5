import t from 'tap'
import type { Exec } from '../../../agent/exec/index.ts'
import { plan } from '../../../agent/plan/index.ts'
import { createHaste } from '../../../agent/reconcile/haste.ts'
import { createModel } from './model.ts'
import { elasticOf, hostSpec, vmPort } from './specs.ts'

t.test('connections that could not be forgotten are told, for no look sees them', async (t) => {
  const spec = hostSpec({ ports: [vmPort(1, 4, '100.64.0.3')], elastics: [elasticOf(1, 1)] })
  const model = createModel()
  for (let round = 0; round < 2; round++) {
    const { ground, network } = plan(spec, model.observed())
    model.apply([...ground, ...network])
    if (round === 0) model.plug('one-1-0', 'onebr4')
  }
  const { ground, network } = plan(spec, model.observed())
  model.apply([...ground, ...network])
  const observed = model.observed()
  const run: Exec['run'] = async (argv) => ({
    ...{ argv, stdout: '', stderr: 'conntrack: no', timedOut: false, elapsedMs: 0 },
    code: argv.join(' ').includes('conntrack') ? 2 : 0,
  })
  const haste = createHaste({ run, follow: (argv) => run(argv) }, '/nonexistent')
  haste.remember(spec, plan(spec, observed).wanted, observed)
  const late: string[] = []
  await haste.run({ ...spec, generation: 2, elastics: [] }, (fault) => late.push(fault))
  t.match(late, [/^forget connections of 195\.154\.0\.1 in fx4 failed: conntrack: no/])
})
