import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createLoop } from '../../../agent/loop.ts'
import { createGuard, nextHop, reachOf } from '../../../agent/probation/index.ts'
import { openState } from '../../../agent/state/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { Applied, HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createCluster } from './cluster.ts'

const cluster = await createCluster()
const { internet } = cluster
const [h1] = cluster.hosts
const state = await mkdtemp(join(tmpdir(), 'agent-'))
/** 90 s last 4.5 s here; pings and kernels are as slow as ever. */
const scale = 0.05

t.teardown(async () => {
  await cluster.fabric.close()
  await rm(state, { recursive: true, force: true })
})

/** A life of the agent: its loop, its guard and its disk over h1's real kernel; no controller speaks. */
async function live() {
  const disk = await openState({ directory: state, tokenFile: join(state, 'token') }, silent)
  const said: Omit<Applied, 'type'>[] = []
  const clock = createClock({ scale, patience: scale })
  const guard = createGuard({
    clock,
    logger: silent,
    state: disk,
    controller: { connected: () => true, heardMs: () => Number.NEGATIVE_INFINITY },
    gateway: {
      find: ({ underlay }) => nextHop(h1.exec, underlay.gateway),
      reach: (hop) => reachOf(h1.exec, hop),
    },
  })
  const loop = createLoop({
    network: h1.network,
    clock,
    logger: silent,
    onOutcome: (outcome) => said.push(outcome),
    guard,
  })
  const good = disk.lastGood()
  if (good) loop.want(good)
  await loop.round()
  return { loop, guard, disk, said }
}

const spec = (generation: number, changes: Partial<HostSpec> = {}): HostSpec => ({
  ...h1.spec,
  generation,
  ...changes,
})
/** Its private network is given the half of the public one in which the internet's router is. */
const fatal = spec(2, { underlay: { ...h1.spec.underlay, address: '51.15.0.77/25' } })
const isReached = () => internet.tries('ping -c 1 -W 1 51.15.0.11')

async function until(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 600; left > 0; left--) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`it never came to this: ${what}`)
}

t.test('a spec is kept as good once the gateway was seen to answer under it', async (t) => {
  const { loop, disk } = await live()
  loop.want(spec(1))
  await loop.round()
  t.equal(disk.lastGood(), null, 'not before')
  await until('generation 1 is kept', () => disk.lastGood()?.generation === 1)
  await loop.stop()
})

t.test('an agent killed while the host is cut off comes back with the spec before', async (t) => {
  const { loop, disk } = await live()
  loop.want(fatal)
  await loop.round()
  t.notOk(await isReached(), 'it cuts the host off')
  t.equal(disk.lastGood()?.generation, 1)
  await loop.stop()
  const next = await live()
  t.equal(next.loop.state.spec?.generation, 1)
  t.ok(await isReached())
  await next.loop.stop()
})

t.test('what cuts the host off is taken back by itself, by name, and for good', async (t) => {
  const { loop, guard, disk, said } = await live()
  loop.want(fatal)
  await loop.round()
  t.match(said.at(-1), { generation: 2, ok: true })
  t.notOk(await isReached())
  await until('the host is reached again', isReached)
  const sentence =
    'Generation 2 cut this host off from the controller and its gateway; generation 1 is in force again'
  await until('it is said', () => said.at(-1)?.generation === 1)
  t.match(said.at(-1), { ok: false, faults: [sentence] })
  await until('it is remembered', () => disk.refusal()?.generation === 2)
  t.equal(guard.refusal(fatal), sentence)
  await loop.stop()
  const next = await live()
  t.equal(next.guard.refusal(fatal), sentence, 'after a restart too')
  t.same(next.said.at(-1)?.faults, [sentence])
  await next.loop.stop()
})

t.test('an outage of the network is not blamed on the spec that came before it', async (t) => {
  const { loop, guard, disk } = await live()
  const [red] = h1.spec.networks
  if (red === undefined) throw new Error('the red network is missing')
  const more = { ...red, id: 7, name: 'green', vni: 107, bridge: 'onebr7', device: 'scwpn.107' }
  const third = spec(3, { networks: [...h1.spec.networks, more] })
  loop.want(third)
  await loop.round()
  await internet.sh('ip link set h1 down')
  await until('the spec before is back', () => loop.state.spec?.generation === 1)
  await until('its network is gone', async () => !(await h1.tries('ip link show onebr7')))
  t.type(guard.refusal(third), 'string', 'it is suspected')
  await until('going back did not help', () => guard.refusal(third) === null)
  t.equal(disk.refusal()?.generation, 2, 'nothing new is refused for good')
  await internet.sh('ip link set h1 up')
  await until('it is tried again', () => loop.state.spec?.generation === 3)
  await until('and kept', () => disk.lastGood()?.generation === 3)
  t.ok(await h1.tries('ip link show onebr7'))
  t.equal(disk.refusal(), null)
  await loop.stop()
})

t.test('a spec that takes the way to the internet is applied without that', async (t) => {
  const { loop, said } = await live()
  const medium = { kind: 'link', device: 'eth0' } as const
  loop.want(spec(4, { underlay: { ...h1.spec.underlay, medium } }))
  await loop.round()
  t.match(said.at(-1), { generation: 4, ok: false, faults: [/eth0 is not taken as the underlay/] })
  t.ok(await isReached())
  await loop.stop()
})
