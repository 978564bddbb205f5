import t, { type Test } from 'tap'
import { createLoop } from '../../../agent/loop.ts'
import { createGuard, type GuardOptions } from '../../../agent/probation/index.ts'
import { createNearby } from '../../../agent/probation/nearby.ts'
import { judge, type Phase, type Reach } from '../../../agent/probation/probation.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { hostSpec } from '../agent-net/specs.ts'

const limitMs = 90_000
const spec = (generation: number, epoch = 1): HostSpec => hostSpec({ epoch, generation })

t.test('the verdict over every phase, time, controller and gateway', async (t) => {
  const phase = (kind: 'trial' | 'returned' | 'waiting', gateway: Reach = 'answers'): Phase => ({
    kind,
    spec: spec(2),
    before: { controller: true, gateway },
    sinceMs: 1000,
  })
  const [early, late] = [1000 + limitMs - 1, 1000 + limitMs]
  const [heard, silence] = [1001, 1000]
  const table: [Phase, number, number, Reach | null, string][] = [
    [{ kind: 'calm' }, late, silence, 'silent', 'wait'],
    [{ ...phase('trial'), sinceMs: null } as Phase, late, heard, 'answers', 'wait'],
    [phase('trial'), early, silence, 'silent', 'wait'],
    [phase('trial'), early, silence, 'answers', 'wait'],
    [phase('trial'), early, heard, null, 'trust'],
    [phase('trial'), late, heard, 'silent', 'trust'],
    [phase('trial'), late, silence, 'answers', 'trust'],
    [phase('trial'), late, silence, 'present', 'go-back'],
    [phase('trial', 'present'), late, silence, 'present', 'trust'],
    [phase('trial'), late, silence, 'silent', 'go-back'],
    [phase('trial', 'silent'), late, silence, 'silent', 'go-back'],
    [phase('trial'), late, silence, null, 'wait'],
    [phase('returned'), early, silence, 'silent', 'wait'],
    [phase('returned'), early, silence, 'answers', 'confirm'],
    [phase('returned'), early, heard, null, 'confirm'],
    [phase('returned'), late, silence, 'present', 'doubt'],
    [phase('waiting'), late, silence, 'silent', 'wait'],
    [phase('waiting'), late, silence, 'answers', 'try-again'],
    [phase('waiting'), late, heard, null, 'try-again'],
  ]
  for (const [at, nowMs, heardMs, gateway, want] of table)
    t.equal(
      judge(at, { nowMs, heardMs, gateway }, limitMs),
      want,
      `${at.kind} ${nowMs - 1000} ms, ${heardMs > 1000 ? 'heard' : 'not heard'}, gateway ${gateway}`,
    )
})

/** A host whose world and clock the test moves; a disk that outlives the agent. */
function world(last: HostSpec | null) {
  const it = {
    nowMs: 0,
    heardMs: 0,
    connected: true,
    gateway: 'answers' as Reach,
    asked: 0,
    hop: { address: '51.15.0.1', device: 'eth0' },
    /** The router that does not answer, whatever the others do. */
    mute: null as string | null,
    full: false,
    disk: { good: last, refusal: null as ReturnType<GuardOptions['state']['refusal']> },
  }
  /** A process of the agent: what it knows beside the disk dies with it. */
  const agent = () => {
    let { refusal } = it.disk
    const write = (change: Partial<typeof it.disk>) => {
      if (it.full) throw new Error('ENOSPC: no space left on device')
      it.disk = { ...it.disk, ...change }
    }
    return createGuard({
      clock: { ...createClock(), elapsed: () => it.nowMs },
      logger: silent,
      state: {
        lastGood: () => it.disk.good,
        keepGood: async (good) => write({ good }),
        refusal: () => refusal,
        keepRefusal: async (next) => {
          refusal = next
          write({ refusal: next })
        },
      },
      controller: { connected: () => it.connected, heardMs: () => it.heardMs },
      gateway: {
        find: async () => it.hop,
        reach: async (hop) => {
          it.asked++
          return hop?.address === it.mute ? 'silent' : it.gateway
        },
      },
    })
  }
  const cut = () => Object.assign(it, { connected: false, gateway: 'silent' })
  const mend = () => Object.assign(it, { gateway: 'answers' })
  const hear = () => Object.assign(it, { connected: true, heardMs: ++it.nowMs })
  const pass = (ms: number) => {
    it.nowMs += ms
  }
  return { it, agent, cut, mend, hear, pass }
}

/** One round: what shall be in force is carried out, and changed something. */
async function round(guard: ReturnType<typeof createGuard>, wanted: HostSpec, changed = true) {
  const chosen = await guard.choose(wanted)
  await guard.applied(chosen, changed)
  return chosen.generation
}

const cutOff =
  'Generation 2 cut this host off from the controller and its gateway; generation 1 is in force again'

t.test(
  'a spec that cuts the host off is taken back after 90 s, and refused for good',
  async (t) => {
    const { it, agent, cut, mend, hear, pass } = world(spec(1))
    const guard = agent()
    t.equal(await round(guard, spec(2)), 2)
    cut()
    pass(limitMs - 1)
    t.equal(await round(guard, spec(2), false), 2, 'not before')
    t.equal(it.disk.good?.generation, 1, 'it is not kept as good meanwhile')
    pass(1)
    t.equal(await round(guard, spec(2), false), 1)
    t.same(guard.faults(spec(1)), [cutOff])
    t.equal(guard.refusal(spec(2)), cutOff, 'refused as soon as somebody can push it again')
    t.equal(it.disk.refusal, null, 'on disk once it is known that going back helped')
    mend()
    pass(5000)
    t.equal(await round(guard, spec(1), false), 1)
    t.match(it.disk.refusal, { epoch: 1, generation: 2, sentence: cutOff })
    const next = agent()
    t.equal(next.refusal(spec(2)), cutOff, 'after a restart too')
    t.same(next.faults(spec(1)), [cutOff])
    t.equal(
      next.refusal({ ...spec(2), hostname: 'other' }),
      null,
      'but not another one of its number',
    )
    t.equal(next.refusal(spec(3)), null)
    t.equal(await round(next, spec(3)), 3)
    hear()
    await round(next, spec(3), false)
    t.equal(it.disk.good?.generation, 3)
    t.same([it.disk.refusal, next.faults(spec(3))], [null, []], 'a good one makes up for it')
  },
)

t.test('a word of the controller or an answer of the gateway ends the probation', async (t) => {
  const heard = world(spec(1))
  const first = heard.agent()
  await round(first, spec(2))
  t.equal(heard.it.disk.good?.generation, 1)
  heard.hear()
  await round(first, spec(2), false)
  t.equal(heard.it.disk.good?.generation, 2)

  const reached = world(spec(1))
  reached.it.connected = false
  const second = reached.agent()
  await round(second, spec(2))
  reached.pass(limitMs)
  t.equal(await round(second, spec(2), false), 2)
  t.equal(reached.it.disk.good?.generation, 2)
})

t.test('a new spec does not wait for the gateway, which was asked before', async (t) => {
  const { it, agent, pass } = world(spec(1))
  const guard = agent()
  await round(guard, spec(1), false)
  t.equal(it.asked, 1)
  await round(guard, spec(1), false)
  t.equal(it.asked, 1, 'not at every round')
  pass(60_001)
  await round(guard, spec(1), false)
  t.equal(it.asked, 2)
  pass(149_999)
  await round(guard, spec(2))
  t.equal(it.asked, 2)
  const late = world(spec(1))
  const other = late.agent()
  await round(other, spec(1), false)
  late.pass(150_001)
  await round(other, spec(2))
  t.equal(late.it.asked, 2, 'an answer of long ago says nothing')
})

t.test('silence, another gateway and what was seen during a change are no measure', async (t) => {
  const quiet = world(spec(1))
  quiet.it.gateway = 'silent'
  const first = quiet.agent()
  await round(first, spec(1), false)
  quiet.it.gateway = 'answers'
  await round(first, spec(2))
  t.equal(quiet.it.asked, 2, 'a short trouble may be over')

  const moved = world(spec(1))
  const second = moved.agent()
  await round(second, spec(1), false)
  await round(second, spec(2))
  moved.it.connected = false
  moved.it.hop = { address: '51.15.0.9', device: 'eth0' }
  moved.it.mute = '51.15.0.1'
  moved.pass(limitMs)
  t.equal(await round(second, spec(2), false), 2, 'the host has another router now, which answers')
  t.equal(moved.it.disk.good?.generation, 2)

  let nowMs = 0
  const answers = [Promise.withResolvers<Reach>(), Promise.withResolvers<Reach>()]
  let asked = 0
  const nearby = createNearby(
    { ...createClock(), elapsed: () => nowMs },
    {
      find: async () => null,
      reach: async () => answers[asked++]?.promise ?? 'silent',
    },
  )
  nearby.refresh(spec(1))
  answers[0]?.resolve('answers')
  await new Promise((resolve) => setTimeout(resolve, 5))
  nowMs = 60_001
  nearby.refresh(spec(1))
  t.match(await nearby.known(spec(2)), { reach: 'answers' }, 'it is being asked again')
  answers[1]?.resolve('present')
  await new Promise((resolve) => setTimeout(resolve, 5))
  t.match(await nearby.known(spec(3)), { reach: 'answers' }, 'the change was under way')
  t.equal(asked, 2)
})

t.test('what changes nothing or has nothing to lose needs no probation', async (t) => {
  const idle = world(spec(1))
  await round(idle.agent(), spec(2), false)
  t.equal(idle.it.disk.good?.generation, 2)
  const alone = world(spec(1))
  alone.cut()
  await round(alone.agent(), spec(2))
  t.equal(alone.it.disk.good?.generation, 2)
})

t.test(
  'a newer one that comes during the probation is judged by what was there before',
  async (t) => {
    const { it, agent, cut, pass } = world(spec(1))
    const guard = agent()
    await round(guard, spec(2))
    cut()
    pass(limitMs / 2)
    t.equal(await round(guard, spec(3)), 3)
    pass(limitMs - 1)
    t.equal(await round(guard, spec(3), false), 3)
    pass(1)
    t.equal(await round(guard, spec(3), false), 1)
    t.equal(it.disk.good?.generation, 1)
  },
)

t.test('an outage that going back does not end is not blamed on the spec', async (t) => {
  const { it, agent, cut, mend, hear, pass } = world(spec(1))
  const guard = agent()
  await round(guard, spec(2))
  cut()
  pass(limitMs)
  t.equal(await round(guard, spec(2), false), 1)
  pass(limitMs)
  t.equal(await round(guard, spec(1), false), 1)
  t.equal(guard.refusal(spec(2)), null)
  t.same(guard.faults(spec(1)), [])
  const before = it.asked
  pass(1000)
  await round(guard, spec(1), false)
  t.equal(it.asked, before, 'and repairs need not wait for a silent gateway each time')
  mend()
  pass(30_000)
  t.equal(await round(guard, spec(1)), 2, 'it is tried again when the outage is over')
  hear()
  await round(guard, spec(2), false)
  t.equal(it.disk.good?.generation, 2)
})

t.test('without an earlier spec there is nothing to go back to, which is said', async (t) => {
  const { it, agent, cut, mend, pass } = world(null)
  const guard = agent()
  await round(guard, spec(1))
  cut()
  pass(limitMs)
  t.equal(await round(guard, spec(1), false), 1)
  t.same(guard.faults(spec(1)), [
    'Generation 1 cut this host off from the controller and its gateway, and there is no earlier one to go back to',
  ])
  t.equal(it.disk.good, null, 'a reboot begins without it')
  t.equal(guard.nextMs, null)
  mend()
  pass(30_000)
  await round(guard, spec(1), false)
  t.same([it.disk.good?.generation, guard.faults(spec(1))], [1, []])
})

t.test('killed at any point, the next agent begins with the spec before', async (t) => {
  const stations = ['chosen', 'applied', 'cut', 'back', 'back in force', 'confirmed']
  for (const [station, name] of stations.entries()) {
    const { it, agent, cut, mend, pass } = world(spec(1))
    const guard = agent()
    const way: (() => Promise<unknown>)[] = [
      () => guard.choose(spec(2)),
      () => guard.applied(spec(2), true),
      async () => {
        cut()
        pass(limitMs)
      },
      () => guard.choose(spec(2)),
      () => guard.applied(spec(1), true),
      async () => {
        mend()
        pass(5000)
        await guard.choose(spec(1))
      },
    ]
    for (const step of way.slice(0, station + 1)) await step()
    const next = agent()
    t.equal(it.disk.good?.generation, 1, name)
    t.equal(await round(next, it.disk.good ?? spec(9), false), 1)
    const isConfirmed = name === 'confirmed'
    t.equal(next.refusal(spec(2)), isConfirmed ? cutOff : null, `${name}: refused or tried again`)
  }
})

t.test('a full disk keeps nobody from going back', async (t) => {
  const { it, agent, cut, mend, pass } = world(spec(1))
  it.full = true
  const guard = agent()
  await round(guard, spec(2))
  cut()
  pass(limitMs)
  t.equal(await round(guard, spec(2), false), 1)
  mend()
  pass(5000)
  await round(guard, spec(1), false)
  t.equal(guard.refusal(spec(2)), cutOff, 'remembered as long as the agent lives')
})

t.test('the loop goes back by itself, and says so', async (t: Test) => {
  const { it, cut } = world(spec(1))
  const started = performance.now()
  const scale = 0.005
  const clock = createClock({ scale, patience: scale })
  const said: unknown[] = []
  const done: number[] = []
  const guard = createGuard({
    clock,
    logger: silent,
    state: {
      lastGood: () => it.disk.good,
      keepGood: async () => undefined,
      refusal: () => null,
      keepRefusal: async () => undefined,
    },
    controller: { connected: () => it.connected, heardMs: () => 0 },
    gateway: { find: async () => null, reach: async () => it.gateway },
  })
  const loop = createLoop({
    network: {
      reconcile: async ({ generation }) => {
        const changed = done.at(-1) !== generation
        done.push(generation)
        if (generation === 2) cut()
        const steps = changed ? [{ kind: 'frr', sentence: 'a step' } as const] : []
        return { ok: true, steps, repairs: [], faults: [], carriedOut: true, overtaken: false }
      },
    },
    clock,
    logger: silent,
    onOutcome: (outcome) => said.push(outcome),
    guard,
  })
  t.teardown(() => loop.stop())
  loop.want(spec(1))
  await loop.round()
  loop.want(spec(2))
  await loop.round()
  while (done.at(-1) !== 1) await new Promise((resolve) => setTimeout(resolve, 5))
  t.ok(performance.now() - started >= limitMs * scale)
  await loop.round()
  t.equal(loop.state.spec?.generation, 1)
  t.match(said.at(-1), { generation: 1, ok: false, faults: [cutOff] })
})
