import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createExec, type Exec, type ExecFacts } from '../../../agent/exec/index.ts'
import { watchKernel } from '../../../agent/observe/index.ts'
import { isWorthWaking } from '../../../agent/observe/monitor.ts'
import { type NetworkStep, plan } from '../../../agent/plan/index.ts'
import { apply } from '../../../agent/reconcile/apply.ts'
import { createNetwork } from '../../../agent/reconcile/index.ts'
import { inside } from '../../../agent/reconcile/inside.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createModel } from './model.ts'
import { answerOf, stacksChanged } from './programs.ts'
import { hostSpec, privateNetwork } from './specs.ts'

interface Call {
  readonly argv: readonly string[]
  readonly input: string
}

/** Records what is run; `answer` may make a call fail. */
function recorder(answer: (call: Call) => Partial<ExecFacts> = () => ({})): {
  exec: Exec
  calls: Call[]
} {
  const calls: Call[] = []
  const exec: Exec = {
    async run(argv, { input = '' } = {}) {
      const call = { argv, input }
      calls.push(call)
      const changed = stacksChanged(argv, input)
      return {
        argv,
        code: 0,
        stdout: '',
        stderr: '',
        timedOut: false,
        elapsedMs: 0,
        ...(changed === null ? {} : answerOf(changed)),
        ...answer(call),
      }
    },
    async follow(argv) {
      return { argv, code: 0, stdout: '', stderr: '', timedOut: false, elapsedMs: 0 }
    },
  }
  return { exec, calls }
}

const spec = hostSpec({ networks: [privateNetwork(5, 'red')], publicNetworks: [] })
/** The host's own rules; those of a namespace go with everything else inside it. */
const loadsRules = ({ argv, input }: Call): boolean =>
  stacksChanged(argv, input)?.join() === '' && input.includes('add table')
const planned = () => plan(spec, createModel().observed())

t.test(
  'a whole network takes one process per batch, and one for the inside of its namespace',
  async (t) => {
    const { exec, calls } = recorder()
    const { ground, network } = planned()
    t.same((await apply(exec, [...ground, ...network])).faults, [])
    const changed = calls.map(({ argv, input }) => stacksChanged(argv, input))
    t.equal(changed.filter((names) => names?.includes('fx5')).length, 1)
    t.equal(calls.filter(loadsRules).length, 1, 'the host is guarded in one transaction')
    t.ok(calls.length <= 12, `${calls.length} processes`)
  },
)

t.test('the guard is loaded before the first router namespace is made', async (t) => {
  const { exec, calls } = recorder()
  await apply(exec, planned().network)
  const at = (test: (call: Call) => boolean) => calls.findIndex(test)
  const guarded = at(loadsRules)
  t.not(guarded, -1)
  t.ok(guarded < at(({ input }) => input.includes('netns add')))
})

t.test('a step that fails is named by its sentence and the others go on', async (t) => {
  const { exec } = recorder(({ input }) => {
    const line = input.split('\n').findIndex((text) => text.includes('scwpn.105 group')) + 1
    return line === 0
      ? {}
      : {
          code: 1,
          stderr: `Error: VXLAN device with the specified VNI already exists.\nCommand failed -:${line}\n`,
        }
  })
  const { faults } = await apply(exec, planned().network)
  t.same(faults, [
    'create vxlan scwpn.105 failed: Error: VXLAN device with the specified VNI already exists.',
  ])
})

t.test('a namespace whose inside failed is not marked as applied', async (t) => {
  const { exec, calls } = recorder(({ argv, input }) => {
    const changed = stacksChanged(argv, input)
    return changed === null ? {} : answerOf(changed, ['fx5'], 'no')
  })
  const { faults, unfinished } = await apply(exec, planned().network)
  t.same(faults, ['bring about the inside of fx5 failed: no'])
  t.same([...unfinished], ['fx5'])
  t.notOk(calls.some(({ input }) => input.includes('alias')))
})

t.test('a namespace of which nothing was heard is not marked, whatever became of it', async (t) => {
  const twoNetworks = hostSpec({
    networks: [privateNetwork(5, 'red'), privateNetwork(6, 'blue')],
    publicNetworks: [],
  })
  const { exec, calls } = recorder(({ argv, input }) => {
    const changed = stacksChanged(argv, input)
    // It was killed after it had changed fx6 as well, and before it said so.
    return changed?.includes('fx6') === true
      ? { ...answerOf(changed.filter((name) => name !== 'fx6')), code: null, timedOut: true }
      : {}
  })
  const { faults, unfinished } = await apply(
    exec,
    plan(twoNetworks, createModel().observed()).network,
  )
  t.same(faults, ['bring about the inside of fx6 failed: it took too long'])
  t.same([...unfinished], ['fx6'])
  const marks = calls.map(({ input }) => input).filter((input) => input.includes(' alias '))
  t.match(marks.join(''), 'fxr5 alias')
  t.notMatch(marks.join(''), 'fxr6 alias')
})

t.test('of what was cut off on its way, nothing is done', async (t) => {
  const tools = t.testdir({ ip: '#!/bin/sh\ncat >> "$0.heard"\n' })
  await chmod(join(tools, 'ip'), 0o755)
  const heard = () => readFile(join(tools, 'ip.heard'), 'utf8').catch(() => '')
  const real = createExec({
    logger: silent,
    prefix: ['env', `PATH=${tools}:${process.env['PATH']}`],
  })
  const route = (destination: string): NetworkStep => ({
    ...{ kind: 'address-add', at: null, address: { device: 'none0', address: destination } },
    sentence: `add ${destination}`,
  })
  const share = { at: null, steps: [route('192.0.2.10/24')] }
  const cut = (bytes: number): Exec => ({
    ...real,
    run: (argv, { input = '', ...rest } = {}) =>
      real.run(argv, { ...rest, input: input.slice(0, input.length - bytes) }),
  })
  // What is left is a line as well, about another device.
  t.match(await inside(cut(2), [share]), [{ at: null, sentence: /^add 192\.0\.2\.10\/24 failed/ }])
  t.equal(await heard(), '')
  t.same(await inside(cut(0), [share]), [])
  t.equal(await heard(), 'address replace 192.0.2.10/24 dev none0\n')
})

t.test('addresses are announced by one process, and who is not is named', async (t) => {
  const { exec, calls } = recorder(() => ({
    stdout: '\x010\x001',
    stderr: '\x010\x00195.154.0.2 cannot be announced on eth0: Network is down\n',
  }))
  const steps = [1, 2].map((last) => ({
    ...{ kind: 'announce' as const, device: 'eth0', address: `195.154.0.${last}` },
    sentence: `announce 195.154.0.${last} on eth0`,
  }))
  const { faults } = await apply(exec, steps)
  t.same(
    calls.map(({ input }) => input.split('\n').slice(1, -1)),
    [['eth0 195.154.0.1', 'eth0 195.154.0.2']],
  )
  t.match(faults, [/^announce 195\.154\.0\.1 on eth0.*: 195\.154\.0\.2 cannot be announced/])
})

t.test('while an address is not announced no namespace is marked as applied', async (t) => {
  for (const [code, marked] of [
    ['1', false],
    ['0', true],
  ] as const) {
    const { exec, calls } = recorder(({ input }) =>
      input.includes('eth0 195.154.0.1') ? { stdout: `\x010\0${code}`, stderr: '' } : {},
    )
    await apply(exec, [
      {
        ...{ kind: 'announce', device: 'eth0', address: '195.154.0.1' },
        sentence: 'announce 195.154.0.1 on eth0',
      },
      ...planned().network.filter(({ kind }) => kind === 'mark'),
    ])
    t.equal(
      calls.some(({ input }) => input.includes(' alias ')),
      marked,
    )
  }
})

t.test('an unreadable kernel and a broken FRR are faults, never exceptions', async (t) => {
  const { exec } = recorder(({ argv }) =>
    argv.join(' ').includes("'bridge', '-j'")
      ? { code: 1, stdout: '[]\0', stderr: 'Operation not permitted' }
      : {},
  )
  const frr = {
    apply: async () => {
      throw new Error('FRR does not answer')
    },
    plan: async () => [],
  }
  const network = createNetwork({ exec, frr, logger: silent, clock: createClock() })
  const { ok, faults } = await network.reconcile(spec)
  t.notOk(ok)
  t.match(
    faults[0],
    /Reading the host's network failed at .*nft -j list ruleset.* Operation not permitted/,
  )
})

t.test('a burst of kernel events is one wake-up, and neighbours that age are none', async (t) => {
  let wakes = 0
  const exec: Exec = {
    ...recorder().exec,
    async follow(argv, onLine, signal) {
      for (let line = 0; line < 20; line++)
        onLine(argv[0] === 'ip' ? `${line}: one-1-0: <BROADCAST,UP> mtu 1450` : 'changed')
      await new Promise((resolve) => setTimeout(resolve, 150))
      if (argv[0] === 'ip') onLine('172.30.0.5 dev onebr5 lladdr 02:00:00:00:00:05 STALE')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return { argv, code: null, stdout: '', stderr: '', timedOut: false, elapsedMs: 0 }
    },
  }
  const monitor = watchKernel({
    exec,
    clock: createClock(),
    logger: silent,
    onChange: () => wakes++,
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  await monitor.close()
  t.equal(wakes, 1)
})

t.test('a monitor that ends is started again, and what it missed is looked for', async (t) => {
  let [wakes, starts] = [0, 0]
  const exec: Exec = {
    ...recorder().exec,
    async follow(argv, _, signal) {
      starts++
      if (starts > 1) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return { argv, code: 1, stdout: '', stderr: '', timedOut: false, elapsedMs: 0 }
    },
  }
  const { sleep } = createClock()
  const clock = {
    ...createClock(),
    sleep: (ms: number, signal?: AbortSignal) => sleep(ms / 10, signal),
  }
  const monitor = watchKernel({ exec, clock, logger: silent, onChange: () => wakes++ })
  await new Promise((resolve) => setTimeout(resolve, 400))
  await monitor.close()
  t.same([starts, wakes], [3, 1])
})

t.test('what IPv6 routers advertise wakes nobody', (t) => {
  const [idle, news] = [
    [
      'default via fe80::1 dev eth0 proto ra metric 1024 expires 1800sec pref medium',
      'Deleted fe80::/64 dev v1 proto kernel metric 256 pref medium',
      'multicast ff00::/8 dev v1 table local proto kernel metric 256 pref medium',
      'local 2001:db8::1 dev v0 table local proto kernel metric 0 pref medium',
      '3: v0    inet6 2001:db8::1/64 scope global dynamic ',
      '       valid_lft forever preferred_lft forever',
      '51.15.0.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE',
      '[nsid 0]172.30.0.5 dev r0 lladdr 02:00:00:00:00:05 STALE',
      'inet6 b1 forwarding off mc_forwarding off proxy_neigh off',
    ],
    [
      'default via 51.15.0.1 dev eth0',
      'Deleted 195.154.0.1 via 100.96.0.9 dev fxl4 proto 88 src 51.15.0.11',
      '2: one-1-0@if3: <BROADCAST,UP> mtu 1450 qdisc noqueue master onebr5 state UP group default',
      'Deleted 7: scwpn.105: <BROADCAST> mtu 1450 qdisc noop state DOWN group 77',
      '172.30.0.11 dev onebr5 lladdr 02:00:00:00:00:11 PERMANENT proto 88',
      '[nsid 3]2: r0@if2: <BROADCAST,MULTICAST> mtu 1400 qdisc noop state DOWN group default',
      '[nsid current]Deleted 1000:	from all iif fxl5 lookup 100005 proto 88',
      'Deleted 10.180.0.12 dev scwpn.105 lladdr 00:00:00:00:00:00 NOARP PERMANENT',
      'inet all forwarding off',
      'Deleted 172.30.0.11 dev onebr5  FAILED proto 88',
    ],
  ]
  t.same(idle.filter(isWorthWaking), [])
  t.same(news.filter(isWorthWaking), news)
  t.end()
})
