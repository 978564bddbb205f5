import fc from 'fast-check'
import t from 'tap'
import { runSteps, type Step, undoSteps } from '../../../controller/provision/engine.ts'
import type { Happening } from '../../../controller/provision/events.ts'
import { createClock, poll } from '../../../lib/clock/index.ts'

const clock = createClock({ scale: 0 })

function tools(signal = new AbortController().signal) {
  const events: Happening[] = []
  return { clock, signal, events, emit: (event: Happening) => void events.push(event) }
}

/** Random graphs: step n may need any earlier steps; some fail. */
const graph = fc
  .array(fc.record({ needs: fc.array(fc.nat(20), { maxLength: 4 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((nodes) =>
    nodes.map(({ needs, fails }, index) => ({
      name: `s${index}`,
      needs: index === 0 ? [] : [...new Set(needs.map((need) => `s${need % index}`))],
      fails: fails && index % 3 === 2,
    })),
  )

t.test('a step runs after all it needs, others run all the same when one fails', (t) =>
  fc
    .assert(
      fc.asyncProperty(graph, async (nodes) => {
        const ran: string[] = []
        const failed = new Set<string>()
        const steps = nodes.map(
          ({ name, needs, fails }): Step => ({
            name,
            needs,
            run: async () => {
              await Promise.resolve()
              ran.push(name)
              if (fails) {
                failed.add(name)
                throw new Error(name)
              }
            },
          }),
        )
        const outcome = await runSteps(steps, tools()).then(
          () => 'fine',
          () => 'failed',
        )
        const doomed = new Set<string>()
        for (const { name, needs, fails } of nodes)
          if (fails || needs.some((need) => doomed.has(need))) doomed.add(name)
        const skipped = nodes.filter(({ needs }) => needs.some((need) => doomed.has(need)))
        return (
          ran.length === nodes.length - skipped.length &&
          nodes.every(({ name, needs }) =>
            needs.every((need) => !ran.includes(name) || ran.indexOf(need) < ran.indexOf(name)),
          ) &&
          outcome === (failed.size > 0 ? 'failed' : 'fine')
        )
      }),
    )
    .then(() => t.end()),
)

t.test('undo walks the graph backwards, whether or not a step has run', (t) =>
  fc
    .assert(
      fc.asyncProperty(graph, async (nodes) => {
        const undone: string[] = []
        const steps = nodes.map(
          ({ name, needs }): Step => ({
            name,
            needs,
            run: async () => {},
            undo: async () => void undone.push(name),
          }),
        )
        await undoSteps(steps, tools())
        return (
          undone.length === nodes.length &&
          nodes.every(({ name, needs }) =>
            needs.every((need) => undone.indexOf(need) > undone.indexOf(name)),
          )
        )
      }),
    )
    .then(() => t.end()),
)

t.test('independent steps run at once', async (t) => {
  let inside = 0
  let most = 0
  const step = (name: string): Step => ({
    name,
    run: async () => {
      most = Math.max(most, ++inside)
      await new Promise((done) => setTimeout(done, 5))
      inside--
    },
  })
  await runSteps(['a', 'b', 'c'].map(step), tools())
  t.equal(most, 3)
})

t.test(
  'events tell what starts, what is waited for once per change, and why it failed',
  async (t) => {
    const kit = tools()
    const steps: Step[] = [
      {
        name: 'host-1 installed',
        host: 'host-1',
        run: async ({ tell }) => {
          for (const detail of ['installing', 'installing', 'nearly']) tell(`host-1: ${detail}`)
          throw new Error('disk on fire')
        },
      },
      { name: 'attached', needs: ['host-1 installed'], run: async () => {} },
    ]
    await t.rejects(runSteps(steps, kit), /disk on fire/)
    const seen = kit.events.map((event) =>
      event.kind === 'step' ? `${event.name} ${event.status} ${event.detail ?? ''}`.trim() : '',
    )
    t.same(seen, [
      'host-1 installed started',
      'host-1 installed waiting host-1: installing',
      'host-1 installed waiting host-1: nearly',
      'host-1 installed failed disk on fire',
      'attached skipped',
    ])
  },
)

t.test('work that is stopped starts nothing more and reports no failure', async (t) => {
  const stop = new AbortController()
  const kit = tools(stop.signal)
  const steps: Step[] = [
    { name: 'a', run: async () => void stop.abort(new Error('stopped')) },
    { name: 'b', needs: ['a'], run: async () => void t.fail('b must not start') },
  ]
  await t.rejects(runSteps(steps, kit), /stopped/)
  t.notOk(kit.events.some((event) => event.kind === 'step' && event.status === 'failed'))
})

t.test('a graph that cannot be walked is refused before anything runs', async (t) => {
  const run = async () => void t.fail('nothing may run')
  t.throws(() => runSteps([{ name: 'a', needs: ['b'], run }], tools()), /no step/)
  t.throws(
    () =>
      runSteps(
        [
          { name: 'a', run },
          { name: 'a', run },
        ],
        tools(),
      ),
    /same name/,
  )
  const circle: Step[] = [
    { name: 'a', needs: ['b'], run },
    { name: 'b', needs: ['a'], run },
  ]
  t.throws(() => runSteps(circle, tools()), /need each other/)
})

t.test('a wait in vain ends with what was seen last, as the other side’s answer', async (t) => {
  const it = tools()
  const step: Step = {
    name: 'host-0 delivered',
    run: ({ tell }) =>
      poll(clock, { what: 'host-0 to be delivered', everyMs: 1, withinMs: 0 }, () => {
        tell('host-0: delivering')
        return undefined
      }),
  }
  await t.rejects(runSteps([step], it), {
    code: 'EDGE_WAITED_TOO_LONG',
    sentence: /^Waited 0 min for host-0 to be delivered, in vain — answer: host-0: delivering — /,
  })
  t.match(it.events.at(-1), { status: 'failed', detail: /answer: host-0: delivering/ })
})
