import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createLoop } from '../../../agent/loop.ts'
import { watchKernel } from '../../../agent/observe/index.ts'
import type { Guard } from '../../../agent/probation/index.ts'
import { type Clock, createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import type { Host } from '../agent/cluster.ts'
import { createSite } from './site.ts'
import { difference, stateOf } from './whole-state.ts'

/** One of each kind of object that the kernel tells of when it changes; the rest waits for the resync. */
const damages = [
  'ip link set scwpn.105 down',
  'ip link set one-1-0 type bridge_slave isolated off',
  'ip address delete 100.96.0.10/31 dev fxl5',
  'ip route delete default table 100005 via 10.180.0.1',
  'ip route delete 195.154.0.1',
  'ip rule delete iif fxl5',
  'ip neigh delete 172.30.0.11 dev onebr5',
  'bridge fdb delete 00:00:00:00:00:00 dev scwpn.105 dst 10.180.0.12 via scwpn self',
  'bridge fdb delete 02:00:5e:00:01:01 dev fxr5 master',
  'nft flush chain ip fx through',
  'nft delete element bridge fx taps "{ one-1-0 }"',
  'nft delete table netdev fx',
  'nft flush ruleset',
  'sysctl -qw net.ipv4.ip_forward=0',
  'ip netns exec fx5 ip link set r0 down',
  'ip netns exec fx4 ip neigh delete 100.64.0.3 dev r0',
  'ip netns exec fx5 ip route delete default',
  'ip netns exec fx5 nft flush chain ip fx through',
  'ip netns exec fx4 nft flush ruleset',
  'ip netns delete fx4',
  'ip link delete fxl5',
]
const deadlineMs = 120_000
/** Longer than the pauses between an event and the look it causes. */
const quietMs = 700

const site = await createSite(['web', 'red1'], { probes: false })
const [h1] = site.hosts as readonly [Host]
const real = createClock()
/** Without the resync every 30 s: only what the kernel tells counts. */
const clock: Clock = {
  ...real,
  sleep: (ms, signal) => real.sleep(ms >= 30_000 ? ms * 1000 : ms, signal),
}
/** Steps of each look that has ended, and when the last one did. */
const looks: number[] = []
let [running, lastMs] = [0, 0]
const network = {
  async reconcile(spec: Host['spec']) {
    running++
    const done = await h1.network.reconcile(spec)
    running--
    lastMs = clock.elapsed()
    looks.push(done.steps.length)
    return done
  },
}
/** Nobody pushes a specification here that could cut a host off. */
const guard: Guard = {
  choose: async (wanted) => wanted,
  applied: async () => undefined,
  refusal: () => null,
  faults: () => [],
  nextMs: null,
}
const loop = createLoop({ network, clock, logger: silent, onOutcome: () => undefined, guard })
const monitor = watchKernel({ exec: h1.exec, clock, logger: silent, onChange: loop.wake })
t.teardown(async () => {
  await Promise.all([monitor.close(), loop.stop()])
  await site.close()
})

t.test('what is changed by hand is back within seconds', async (t) => {
  loop.want(h1.spec)
  await loop.round()
  const before = await stateOf(h1)
  await calm()
  for (const listening of ['nft add chain ip fx probe', 'ip link set fxr5 mtu 1400'])
    await until(async () => {
      const { repairs } = loop.state
      await h1.tries(listening)
      await sleep(quietMs)
      return loop.state.repairs > repairs
    })
  for (const damage of damages) {
    // What the last one set off must be over, or it would mend this one.
    await calm()
    const { repairs } = loop.state
    const startedMs = clock.elapsed()
    await h1.sh(damage)
    await until(async () => loop.state.repairs > repairs)
    const tookMs = lastMs - startedMs
    await calm()
    t.same(
      difference(before, await stateOf(h1)),
      [],
      `back after ${Math.round(tookMs)} ms: ${damage}`,
    )
  }
})

/** The last look found nothing to do, and nothing wakes the next one. */
async function calm(): Promise<void> {
  await until(async () => running === 0 && looks.at(-1) === 0 && clock.elapsed() - lastMs > quietMs)
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const startedMs = clock.elapsed()
  while (!(await look())) {
    if (clock.elapsed() - startedMs > deadlineMs) throw new Error('it took too long')
    await sleep(20)
  }
}
