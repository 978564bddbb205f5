import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { hearNft } from '../../../agent/observe/hear-nft.ts'
import { createFabric } from './fabric.ts'

const fabric = createFabric()
t.teardown(() => fabric.close())
const host = await fabric.machine('host')
const inside = (command: string) => `ip netns exec fx5 nft ${command}`
await host.sh(`ip netns add fx5; ip link add fxl5 type veth peer name l0 netns fx5; ip link show > /dev/null
  nft add table ip fx; nft add chain ip fx through; nft 'add set ip fx vms { type ipv4_addr; }'
  nft add table ip filter
  ${inside('add table ip fx')}; ${inside('add chain ip fx through')}`)

/** After what was heard come events of the same command. */
const quietMs = 500

const closing = new AbortController()
let heard = 0
const hearing = host.exec.follow(hearNft(), () => void heard++, closing.signal)
t.teardown(async () => {
  closing.abort()
  await hearing
})

/** Until what it prints is heard, and all that was printed so far is. */
async function listening(): Promise<void> {
  const before = heard
  for (let tries = 0; heard === before; tries++) {
    if (tries === 3000) throw new Error('nothing is heard')
    if (tries % 100 === 0)
      await host.sh('nft add counter ip fx probe; nft delete counter ip fx probe')
    await sleep(10)
  }
  await sleep(quietMs)
}

await listening()

t.test('what changes our tables is heard, of the host and of router namespaces', async (t) => {
  for (const command of [
    'nft add element ip fx vms "{ 100.64.0.3, 100.64.0.4 }"',
    'nft delete element ip fx vms "{ 100.64.0.3 }"',
    'nft add table bridge fx; nft delete table bridge fx',
    'nft add rule ip fx through counter',
    "nft 'add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }'",
    'nft add rule ip filter FORWARD counter',
    inside('add rule ip fx through counter'),
    inside('flush ruleset'),
  ]) {
    const before = heard
    await host.sh(command)
    for (let tries = 0; heard === before && tries < 1000; tries++) await sleep(10)
    t.ok(heard > before, command)
    await sleep(quietMs)
  }
})

t.test("changes of others' tables are not", async (t) => {
  const before = heard
  for (const command of [
    'nft add table ip fxother; nft add chain ip fxother through; nft delete table ip fxother',
    'nft add table inet firewalld; nft delete table inet firewalld',
    'nft add chain ip filter DOCKER; nft add rule ip filter DOCKER counter accept',
    "nft 'add set ip filter vms { type ipv4_addr; }'; nft add element ip filter vms '{ 1.1.1.1 }'",
    `${inside('add table ip other')}; ${inside('add chain ip other FORWARD')}`,
  ])
    await host.sh(command)
  await sleep(quietMs)
  t.equal(heard, before)
})
