import t from 'tap'
import type { Exec } from '../../../agent/exec/index.ts'
import { parseLinks } from '../../../agent/observe/parse-ip.ts'
import { plan } from '../../../agent/plan/index.ts'
import { createNetwork, type Network } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { type Logger, silent } from '../../../lib/log/index.ts'
import { createModel, type Model } from './model.ts'
import { answerOf, stacksChanged } from './programs.ts'
import { elasticOf, hostSpec, vmPort } from './specs.ts'

const fine: Exec = {
  run: async (argv, { input = '' } = {}) => ({
    ...{ argv, code: 0, timedOut: false, elapsedMs: 0 },
    ...answerOf(stacksChanged(argv, input) ?? []),
  }),
  follow: async (argv) => ({
    ...{ argv, code: 0, stdout: '', stderr: '' },
    ...{ timedOut: false, elapsedMs: 0 },
  }),
}

/** A network over the model of a kernel; `between` happens after each look, before it is acted on. */
function networkOver(model: Model, between: (look: number) => void = () => undefined) {
  const said: string[] = []
  const note = (message: string) => void said.push(message)
  const logger: Logger = {
    ...{ info: note, warn: note, error: note },
    debug: () => undefined,
    child: () => logger,
  }
  let looks = 0
  const network: Network = createNetwork({
    exec: fine,
    logger,
    clock: createClock(),
    frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
    observe: async (spec) => {
      const observed = model.observed()
      const { ground, network } = plan(spec, observed)
      model.apply([...ground, ...network])
      between(++looks)
      return observed
    },
  })
  return { network, said, looks: () => looks }
}

const vms = [1, 2, 3, 4].map((vm) => vmPort(vm, 4, `100.64.0.${2 * vm + 1}`))
const spec: HostSpec = hostSpec({
  ports: vms,
  elastics: [1, 2, 3, 4].map((vm) => elasticOf(vm, vm)),
})

t.test('virtual machines that start one after another are no fault and no repair', async (t) => {
  const model = createModel()
  await networkOver(model).network.reconcile(spec)
  const { network, looks } = networkOver(model, (look) => {
    if (look <= 3) model.plug(`one-${look + 1}-0`, 'onebr4')
  })
  model.plug('one-1-0', 'onebr4')
  const { ok, faults, steps, repairs } = await network.reconcile(spec)
  t.same([ok, faults, repairs], [true, [], []])
  t.ok(steps.some(({ sentence }) => sentence.startsWith('know 100.64.0.9 as')))
  t.equal(looks(), 5, 'it looks until nothing is left to do')
})

t.test('a step that does not hold is a fault, told once', async (t) => {
  const model = createModel()
  await networkOver(model).network.reconcile(spec)
  const bend = () => {
    const device = 'onebr5'
    const neighbour = { device, address: '10.0.0.9', mac: '02:00:00:00:00:99', protocol: '88' }
    model.apply([{ kind: 'neighbour-set', at: null, neighbour, sentence: 'somebody else' }])
  }
  const { network, said, looks } = networkOver(model, bend)
  await network.reconcile(spec)
  const { faults } = await network.reconcile(spec)
  t.same(faults, ['It does not stay done: no longer know 10.0.0.9 as 02:00:00:00:00:99 on onebr5'])
  t.equal(looks(), 4, 'after three rounds')
  t.equal(said.filter((line) => line.startsWith('It does not stay')).length, 1)
})

t.test(
  'only what had been right before counts as repaired, and a calm look says nothing',
  async (t) => {
    const model = createModel()
    const { network, said } = networkOver(model)
    t.same((await network.reconcile(spec)).repairs, [], 'a bare host is built, not repaired')
    model.plug('one-1-0', 'onebr4')
    const armed = await network.reconcile(spec)
    t.ok(armed.steps.length > 5)
    t.same(armed.repairs, [], 'a VM that starts is news')
    said.length = 0
    t.same(await network.reconcile(spec), {
      ...{ ok: true, steps: [], repairs: [], faults: [], carriedOut: true, overtaken: false },
    })
    t.same(said, [])
    model.apply([{ kind: 'link-delete', name: 'scwpn.105', sentence: 'a hand' }])
    const { steps, repairs } = await network.reconcile(spec)
    t.ok(steps.length > 0)
    t.same(
      repairs,
      steps.map(({ sentence }) => sentence),
    )
    model.unplug('one-1-0')
    t.same((await network.reconcile(spec)).repairs, [], 'and one that ends, too')
    model.apply([{ kind: 'link-delete', name: 'scwpn.105', sentence: 'a hand' }])
    const newer = await network.reconcile({ ...spec, generation: 2 })
    t.same(newer.repairs, [], 'a new specification is carried out, not repaired')
  },
)

t.test('a newer spec does not wait for the looks that verify the one before', async (t) => {
  const model = createModel()
  const { network, looks } = networkOver(model)
  const first = await network.reconcile(spec, AbortSignal.abort())
  t.match(first, { ok: true, overtaken: true })
  t.equal(looks(), 1, 'it was carried out, and not looked at again')
  const second = await network.reconcile({ ...spec, generation: 2 }, AbortSignal.abort())
  t.match(
    second,
    { ok: true, steps: [], carriedOut: true, overtaken: false },
    'one that was seen to hold is not',
  )
  t.equal(looks(), 2)
})

t.test('a look for its own sake ends when a newer spec comes, and the newer begins', async (t) => {
  const model = createModel()
  const looks: string[] = []
  const hang = Promise.withResolvers<void>()
  const network = createNetwork({
    ...{ exec: fine, logger: silent, clock: createClock() },
    frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
    observe: async ({ generation }, { giveWay } = {}) => {
      looks.push(`${generation}${giveWay === undefined ? '' : ', may end'}`)
      const observed = model.observed()
      const { ground, network: steps } = plan(spec, observed)
      model.apply([...ground, ...steps])
      if (giveWay !== undefined) await hang.promise
      return observed
    },
  })
  await network.reconcile(spec)
  const newer = new AbortController()
  const resync = network.reconcile(spec, newer.signal)
  const next = network.reconcile({ ...spec, generation: 2 }, newer.signal)
  while (!looks.includes('1, may end')) await new Promise(setImmediate)
  newer.abort()
  t.match(await resync, { ok: true, steps: [], overtaken: true })
  t.match(await next, { ok: true, overtaken: false })
  hang.resolve()
  t.same(
    looks,
    ['1', '1', '1, may end', '2'],
    'what was not carried out yet is looked at to its end',
  )
})

t.test('nothing waits for FRR that has nothing to be told', async (t) => {
  for (const isKnown of [true, false]) {
    const asked = Promise.withResolvers<void>()
    const order: string[] = []
    const exec: Exec = {
      ...fine,
      run: async (argv, options) => {
        order.push(argv[0] ?? '')
        return fine.run(argv, options)
      },
    }
    const model = createModel()
    await networkOver(model).network.reconcile(spec)
    model.plug('one-1-0', 'onebr4')
    const network = createNetwork({
      exec,
      ...{ logger: silent, clock: createClock(), observe: async () => model.observed() },
      frr: {
        apply: async () => {
          await asked.promise
          order.push('frr')
          return { steps: [], faults: [] }
        },
        knows: () => isKnown,
        plan: async () => [],
      },
    })
    const done = network.reconcile(spec, AbortSignal.abort())
    await new Promise((resolve) => setTimeout(resolve, 20))
    t.equal(order.includes('ip'), isKnown, isKnown ? 'while it is asked' : 'it comes first')
    asked.resolve()
    await done
    t.equal(order.indexOf('frr') > order.indexOf('ip'), isKnown)
    t.ok(order.includes('ip') && order.includes('frr'))
  }
})

t.test('a namespace that cannot be entered is made anew', (t) => {
  const model = createModel()
  const { ground, network } = plan(hostSpec(), model.observed())
  model.apply([...ground, ...network])
  const observed = { ...model.observed(), broken: ['fx5'] }
  const again = plan(hostSpec(), observed)
  model.apply([...again.ground, ...again.network])
  const sentences = [...again.ground, ...again.network].map(({ sentence }) => sentence)
  t.ok(sentences.includes('delete router namespace fx5'))
  t.ok(sentences.includes('create router namespace fx5 for network "red"'))
  t.notOk(sentences.some((sentence) => sentence.includes('fx6')))
  t.end()
})

t.test("words of Ubuntu's Fan patch in the JSON of ip are read over", (t) => {
  const [link] = parseLinks(
    '[{"ifname":"scwpn.105","ifalias":"fan-map x","linkinfo":{"info_kind":"vxlan","info_data":{"id":105fan-map ,"local":"10.180.0.11","port":4789,"learning":false}}}]\n',
  )
  t.match(link?.vxlan, { id: 105, local: '10.180.0.11', port: 4789, learning: false })
  t.equal(link?.alias, 'fan-map x')
  t.throws(() => parseLinks('[{"ifname":'), SyntaxError)
  t.end()
})
