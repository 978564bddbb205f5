import t from 'tap'
import type { Exec } from '../../../agent/exec/index.ts'
import { type Observed, routerPortOf } from '../../../agent/host/index.ts'
import { plan, wantedOf } from '../../../agent/plan/index.ts'
import { createObserver } from '../../../agent/reconcile/observer.ts'
import { type Logger, silent } from '../../../lib/log/index.ts'
import { createModel } from './model.ts'
import { stacksAsked } from './programs.ts'
import { hostSpec, privateNetwork } from './specs.ts'

const spec = hostSpec({
  networks: Array.from({ length: 14 }, (_, index) => privateNetwork(10 + index, `net${index}`)),
  publicNetworks: [],
})

/** A host whose routers have these marks; notes which namespaces are entered. */
function hostOf(observed: Observed) {
  const entered: string[] = []
  const processes: number[] = []
  const marks = new Map(wantedOf(spec, observed).routers.map(({ port, mark }) => [port, mark]))
  const answer = (argv: readonly string[]): string => {
    const [program] = argv
    const asked = stacksAsked(argv)
    if (asked !== null) {
      const { names, isGlance } = asked
      if (isGlance) return names.map((name) => `\x01${name}\0as it is`).join('')
      processes.push(names.length)
      entered.push(...names)
      return names.map((name) => `\x01${name}\0\n\n\n\n\n\n\0{"nftables":[]}\0\x000`).join('')
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
  return { exec, entered, processes, marks }
}

function built(): Observed {
  const model = createModel()
  const { ground, network } = plan(spec, model.observed())
  model.apply([...ground, ...network])
  return model.observed()
}

t.test('marked namespaces are read a few at a time, in turn, until all were', async (t) => {
  const { exec, entered, processes } = hostOf(built())
  const { look } = createObserver(exec, silent)
  await look(spec)
  t.equal(entered.length, 10)
  t.same(processes, [10], 'in one process')
  await look(spec)
  t.equal(entered.length, 20)
  t.equal(new Set(entered).size, 14)
})

t.test('a new spec is in a hurry: only what its marks do not vouch for is read', async (t) => {
  const { exec, entered, marks } = hostOf(built())
  const { look } = createObserver(exec, silent)
  await look(spec)
  entered.length = 0
  marks.set(routerPortOf(12), 'of another spec')
  const newer = { ...spec, generation: 2 }
  await look(newer)
  t.same(entered, ['fx12'])
  await look(newer)
  t.equal(entered.length, 1 + 11, 'and when it is verified, the others in turn as well')
})

t.test('what was just changed is read while the host is, and once', async (t) => {
  const { exec, entered, marks } = hostOf(built())
  const events: string[] = []
  const { look } = createObserver(
    {
      ...exec,
      run: async (argv, options) => {
        if (argv[0] === 'ip') await new Promise((later) => setTimeout(later, 20))
        const asked = stacksAsked(argv)
        events.push(asked === null ? `${argv[0]}` : asked.names.join())
        return exec.run(argv, options)
      },
    },
    silent,
  )
  await look(spec)
  marks.set(routerPortOf(12), 'of another spec')
  marks.set(routerPortOf(13), 'of another spec')
  entered.length = events.length = 0
  const seen = await look({ ...spec, generation: 2 }, { changed: ['fx12', 'fx99'] })
  t.same(entered, ['fx12', 'fx13'], 'the other one when the host is known')
  t.ok(events.indexOf('fx12') < events.indexOf('ip'), events.join())
  t.same(Object.keys(seen.inside).toSorted(), ['fx12', 'fx13'])
})

t.test('what is to be trusted with its glance is not read before it', async (t) => {
  const { exec, marks } = hostOf(built())
  const events: string[] = []
  const run: Exec['run'] = async (argv, options) => {
    const asked = stacksAsked(argv)
    events.push(asked === null ? `${argv[0]}` : asked.isGlance ? 'glance' : asked.names.join())
    return exec.run(argv, options)
  }
  const { look } = createObserver({ ...exec, run }, silent)
  await look(spec)
  marks.set(routerPortOf(12), 'of another spec')
  events.length = 0
  await look(spec, { changed: ['fx12'] })
  t.ok(events.includes('glance'))
  t.ok(events.indexOf('glance') < events.indexOf('fx12'), events.join(' '))
})

t.test('who wants to know the whole host gets it', async (t) => {
  const { exec, entered } = hostOf(built())
  await createObserver(exec, silent).look(spec, { whole: true })
  t.equal(new Set(entered).size, 14)
})

t.test('what cannot be read is told by name, and the others are read', async (t) => {
  const said: [string, unknown][] = []
  const logger: Logger = { ...silent, warn: (message, fields) => said.push([message, fields]) }
  const host = hostOf(built())
  const run: Exec['run'] = async (argv) => {
    const facts = await host.exec.run(argv)
    if (stacksAsked(argv)?.isGlance !== false) return facts
    const parts = facts.stdout.split('\x01')
    const told = parts.slice(
      0,
      parts.findIndex((part) => part.startsWith('fx13\0')),
    )
    const stdout = told
      .map((part) => (part.startsWith('fx11\0') ? 'fx11\0\x001' : part))
      .join('\x01')
    const stderr = '\x01fx10\0\x01fx11\0cannot open /run/netns/fx11\n\x01fx12\0'
    return { ...facts, stdout, stderr }
  }
  const { look } = createObserver({ ...host.exec, run }, logger)
  const { inside, broken } = await look(spec)
  t.same(broken, ['fx11'], 'this one is made anew')
  t.ok('fx10' in inside && 'fx12' in inside)
  t.notOk('fx11' in inside || 'fx13' in inside)
  t.match(said[0], [/failed at namespace fx11/, { namespace: 'fx11' }])
  t.ok(
    said.some(([message]) => message.includes('fx13')),
    'nor what the process did not come to',
  )
})
