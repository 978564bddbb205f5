import t from 'tap'
import type { Exec } from '../../../agent/exec/index.ts'
import { type Observed, routerPortOf } from '../../../agent/host/index.ts'
import { plan, wantedOf } from '../../../agent/plan/index.ts'
import { createObserver } from '../../../agent/reconcile/observer.ts'
import { silent } from '../../../lib/log/index.ts'
import { createModel } from './model.ts'
import { hostSpec, privateNetwork } from './specs.ts'

const spec = hostSpec({
  networks: Array.from({ length: 14 }, (_, index) => privateNetwork(10 + index, `net${index}`)),
  publicNetworks: [],
})

/** A host whose routers have these marks; notes which namespaces are entered. */
function hostOf(observed: Observed) {
  const entered: string[] = []
  const marks = new Map(wantedOf(spec, observed).routers.map(({ port, mark }) => [port, mark]))
  const answer = (argv: readonly string[]): string => {
    const [program, at = ''] = argv
    if (program === 'nsenter') {
      entered.push(at.split('/').at(-1) ?? '')
      return '\n\n\n\n\n\n\0{"nftables":[]}\0'
    }
    if (program !== 'ip') return '[]\0{"nftables":[]}\0\0'
    const links = [...marks].map(([ifname, ifalias]) => ({ ifname, ifalias }))
    const names = observed.namespaces.map((name) => ({ name }))
    return [JSON.stringify(links), '', '', '', '', '', JSON.stringify(names)].join('\n')
  }
  const run: Exec['run'] = async (argv) => ({
    ...{ argv, code: 0, stderr: '', timedOut: false, elapsedMs: 0 },
    stdout: answer(argv),
  })
  const exec: Exec = { run, follow: (argv) => run(argv) }
  return { exec, entered, marks }
}

function built(): Observed {
  const model = createModel()
  const { ground, network } = plan(spec, model.observed())
  model.apply([...ground, ...network])
  return model.observed()
}

t.test('marked namespaces are read ten at a time, in turn, until all were', async (t) => {
  const { exec, entered } = hostOf(built())
  const look = createObserver(exec, silent)
  await look(spec)
  t.equal(entered.length, 10)
  await look(spec)
  t.equal(entered.length, 20)
  t.equal(new Set(entered).size, 14)
})

t.test('a new spec is in a hurry: only what its marks do not vouch for is read', async (t) => {
  const { exec, entered, marks } = hostOf(built())
  const look = createObserver(exec, silent)
  await look(spec)
  entered.length = 0
  marks.set(routerPortOf(12), 'of another spec')
  const newer = { ...spec, generation: 2 }
  await look(newer)
  t.same(entered, ['fx12'])
  await look(newer)
  t.equal(entered.length, 1 + 11, 'and when it is verified, the others in turn as well')
})
