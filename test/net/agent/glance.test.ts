import t from 'tap'
import { glanceAt } from '../../../agent/observe/index.ts'
import { createFabric } from './fabric.ts'

const fabric = createFabric()
t.teardown(() => fabric.close())
const host = await fabric.machine('host')
const keys = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/rp_filter', 'net/ipv4/conf/none/rp_filter']

const digest = async (name = 'fx5'): Promise<string | undefined> =>
  (await glanceAt(host.exec, [{ name, keys }])).get(name)
const within = (commands: string) => host.sh(`ip netns exec fx5 sh -ec '${commands}'`)

await host.sh(`ip netns add fx5
  ip link add fxl5 type veth peer name l0 netns fx5
  ip link set fxl5 up; ip address add 100.96.0.10/31 dev fxl5`)
await within(`echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up; ip link set l0 up; ip address add 100.96.0.11/31 dev l0
  ip route add default via 100.96.0.10 proto 88
  nft add table ip fx; nft add chain ip fx a; nft "add map ip fx m { type ipv4_addr : ipv4_addr; }"`)

t.test('a namespace in which packets pass looks the same at every glance', async (t) => {
  await within('ping -q -c 1 -W 5 100.96.0.10')
  const before = await digest()
  t.match(before, /^[0-9a-f]{16}$/)
  // Counters run, and a neighbour is learnt anew.
  await within('ip neighbour flush dev l0; ping -q -c 5 -i 0.05 -W 5 100.96.0.10')
  t.equal(await digest(), before)
})

t.test('whatever is changed inside and changed back is seen', async (t) => {
  const changes: readonly [string, string][] = [
    ['ip address add 10.0.0.1/24 dev l0', 'ip address del 10.0.0.1/24 dev l0'],
    ['ip route add 10.9.0.0/16 via 100.96.0.10', 'ip route del 10.9.0.0/16'],
    [
      'ip route replace default via 100.96.0.10 proto 99',
      'ip route replace default via 100.96.0.10 proto 88',
    ],
    [
      'ip route add unreachable 10.9.0.0/16 table 100005',
      'ip route del unreachable 10.9.0.0/16 table 100005',
    ],
    [
      'ip neighbour add 10.0.0.7 lladdr 02:00:00:00:00:07 dev l0 nud permanent',
      'ip neighbour del 10.0.0.7 dev l0',
    ],
    ['ip neighbour add proxy 10.0.0.8 dev l0', 'ip neighbour del proxy 10.0.0.8 dev l0'],
    ['ip link set l0 mtu 1400', 'ip link set l0 mtu 1500'],
    ['ip link set lo down', 'ip link set lo up'],
    ['ip link add x type bridge', 'ip link del x'],
    ['echo 1 > /proc/sys/net/ipv4/ip_forward', 'echo 0 > /proc/sys/net/ipv4/ip_forward'],
  ]
  // Forwarding is set to 0 to begin with, whatever the kernel gives a new namespace.
  await within('echo 0 > /proc/sys/net/ipv4/ip_forward')
  const before = await digest()
  for (const [there, back] of changes) {
    await within(there)
    t.not(await digest(), before, there)
    await within(back)
    t.equal(await digest(), before, back)
  }
})

t.test('every transaction of nft is seen, for good', async (t) => {
  const seen = new Set([await digest()])
  const changes = [
    'nft add rule ip fx a drop',
    'nft add element ip fx m "{ 1.1.1.1 : 2.2.2.2 }"',
    'nft delete element ip fx m "{ 1.1.1.1 }"',
    'nft add table bridge other',
    'nft flush ruleset',
  ]
  for (const change of changes) {
    await within(change)
    const now = await digest()
    t.notOk(seen.has(now), change)
    seen.add(now)
  }
})

t.test('each is told by its name, and one that is not there hinders nobody', async (t) => {
  await host.sh('ip netns add fx6; : > /run/netns/fx7')
  const asked = ['fx5', 'none', 'fx7', 'fx6'].map((name) => ({ name, keys }))
  const found = await glanceAt(host.exec, asked)
  t.same([...found.keys()], ['fx5', 'fx6'])
  t.equal(found.get('fx5'), await digest())
  t.not(found.get('fx5'), found.get('fx6'))
})

t.test('a thousand addresses are read to their end', async (t) => {
  const lines = (verb: string) =>
    `i=0; while [ $i -lt 1000 ]; do echo "route ${verb} 10.$((i / 250)).$((i % 250)).1/32 via 100.96.0.10"; i=$((i + 1)); done | ip -batch -`
  const before = await digest()
  await host.sh(`ip netns exec fx5 sh -ec '${lines('add')}'`)
  const full = await digest()
  t.not(full, before)
  await within('ip route replace 10.3.249.1/32 via 100.96.0.10 proto 99')
  t.not(await digest(), full, 'the last one counts')
})
