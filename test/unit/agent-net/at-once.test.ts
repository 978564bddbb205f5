import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { atOnce, type Exec, type ExecFacts, namespacesAtOnce } from '../../../agent/exec/index.ts'
import { type NetworkStep, plan } from '../../../agent/plan/index.ts'
import { apply } from '../../../agent/reconcile/apply.ts'
import { createModel } from './model.ts'
import { answerOf, stacksChanged } from './programs.ts'
import { hostSpec, privateNetwork } from './specs.ts'

/** Programs that take a while, and what ran at the same time; in namespaces in `broken` they fail. */
function slowExec(broken: readonly string[] = []) {
  const log: string[] = []
  let running = 0
  let most = 0
  const exec: Exec = {
    async run(argv, { input = '' } = {}): Promise<ExecFacts> {
      const entered = /netns\/(fx\d+)/.exec(argv.join(' '))?.[1]
      const changed = stacksChanged(argv, input)
      const names = changed ?? (entered === undefined ? [] : [entered])
      most = Math.max(most, ++running)
      await pause(names.includes('fx5') ? 40 : 10)
      running--
      log.push(...(names.length > 0 && names[0] !== '' ? names : [`${argv[0]} ${input}`]))
      const facts = { argv, code: 0, timedOut: false, elapsedMs: 0 }
      return { ...facts, ...answerOf(changed ?? [], broken, 'no') }
    },
    follow: () => Promise.reject(new Error('nothing is followed here')),
  }
  return { exec, log, most: () => most }
}

const ids = [5, 6, 7, 8, 9, 10]
const spec = hostSpec({
  networks: ids.map((id) => privateNetwork(id, `n${id}`)),
  publicNetworks: [],
})

t.test('some namespaces are worked in at once, and what comes after waits for all', async (t) => {
  const { exec, log, most } = slowExec()
  const { network } = plan(spec, createModel().observed())
  t.same((await apply(exec, network)).faults, [])
  t.equal(most(), namespacesAtOnce)
  const inside = log.flatMap((line, at) => (line.startsWith('fx') ? [at] : []))
  t.equal(inside.length, ids.length)
  const marked = log.findIndex((line) => line.includes('alias'))
  t.ok(Math.max(...inside) < marked, 'they are marked when all are done')
})

t.test('trouble in a namespace stays with it', async (t) => {
  const { exec, log } = slowExec(['fx5', 'fx9'])
  const { network } = plan(spec, createModel().observed())
  const { faults, unfinished } = await apply(exec, network)
  t.same(faults.toSorted(), [
    'bring about the inside of fx5 failed: no',
    'bring about the inside of fx9 failed: no',
  ])
  t.same([...unfinished].sort(), ['fx5', 'fx9'])
  const marks = log.filter((line) => line.includes('alias')).join('')
  t.match(marks, 'fxr6 alias')
  t.notMatch(marks, /fxr(5|9) alias/)
})

t.test('steps of one namespace that are apart keep their order', async (t) => {
  const { exec, log } = slowExec()
  const up = (namespace: string): NetworkStep => ({
    ...{ kind: 'link-set', at: namespace, name: 'r0', to: { what: 'up' } },
    sentence: `bring r0 up in ${namespace}`,
  })
  await apply(exec, [up('fx5'), up('fx6'), up('fx5'), up('fx7')])
  t.same(log, ['fx6', 'fx5', 'fx7', 'fx5'])
})

t.test(
  'connections of many addresses are forgotten by one process in each namespace',
  async (t) => {
    const { exec, log, most } = slowExec()
    const flushes = Array.from({ length: 200 }, (_, index): NetworkStep => {
      const [at, address] = [index < 100 ? 'fx4' : 'fx5', `195.154.0.${index}`]
      return { kind: 'flush', at, address, sentence: `forget ${address}` }
    })
    await apply(exec, flushes)
    t.same(log.toSorted(), ['fx4', 'fx5'])
    t.equal(most(), 2)
  },
)

t.test('results come in the order of the items, and one that throws ends the whole', async (t) => {
  const slow = async (ms: number) => pause(ms, ms)
  t.same(await atOnce(2, [30, 1, 20, 2], slow), [30, 1, 20, 2])
  t.same(await atOnce(2, [], slow), [])
  await t.rejects(
    atOnce(2, [1, 2], () => Promise.reject(new Error('no'))),
    /no/,
  )
})
