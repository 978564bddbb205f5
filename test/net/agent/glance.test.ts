import t from 'tap'
import { glanceAtAll, glanceInside, hostParts } from '../../../agent/observe/index.ts'
import { createFabric } from './fabric.ts'

const fabric = createFabric()
t.teardown(() => fabric.close())
const host = await fabric.machine('host')
const keys = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/rp_filter', 'net/ipv4/conf/none/rp_filter']

const digest = async (name = 'fx5'): Promise<string | undefined> =>
  (await glanceInside(host.exec, [{ name, keys }])).get(name)
/** Of the host, by part. */
const digests = async (asked = keys): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await glanceAtAll(host.exec, { parts: hostParts, keys: asked }, [])).host ?? [],
  )
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
  const found = await glanceInside(host.exec, asked)
  t.same([...found.keys()], ['fx5', 'fx6'])
  t.equal(found.get('fx5'), await digest())
  t.not(found.get('fx5'), found.get('fx6'))
})

t.test('the host and its namespaces are glanced at by one process', async (t) => {
  const whole = { parts: hostParts, keys }
  const seen = await glanceAtAll(host.exec, whole, [{ name: 'fx5', keys }])
  t.same([...seen.inside], [['fx5', await digest()]])
  t.same(Object.fromEntries(seen.host ?? []), await digests(), 'the host comes first')
  const some = await glanceAtAll(host.exec, { parts: ['settings', 'routes'], keys }, [])
  t.match(await digests(), Object.fromEntries(some.host ?? []), 'or parts of it')
  t.equal(some.host?.size, 2)
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

t.test('the host is glanced at as well, and what changes by itself is not seen', async (t) => {
  await host.sh(`ip link add br0 type bridge; ip link set br0 up
    ip link add vx type vxlan id 105 dstport 4789 local 100.96.0.10 nolearning; ip link set vx master br0 up
    ip link add tap type veth peer name vm; ip link set tap master br0 up; ip link set vm up
    nft add table ip fx; sleep 3`)
  const settings = [...keys, 'net/ipv6/conf/br0/disable_ipv6']
  const glance = () => digests(settings)
  let before = await glance()
  t.same(Object.keys(before), hostParts)
  for (const each of Object.values(before)) t.match(each, /^[0-9a-f]{16}$/)
  // A VM speaks, is learnt and answered; counters and timers run.
  await host.sh('ip address add 10.7.0.1/24 dev vm; ping -c 3 -i 0.3 -W 1 -I vm 10.7.0.2 || true')
  await host.sh('ip address del 10.7.0.1/24 dev vm')
  t.same(await glance(), before)
  await host.sh('bridge fdb add 02:00:00:00:00:09 dev vx dst 100.96.0.12 self dynamic extern_learn')
  t.same(await glance(), before, 'what FRR says of the VMs of other hosts is its own')
  await host.sh('ip address add fd00::9/64 dev tap')
  t.same(await glance(), before, 'a router advertised an IPv6 address, or one proved to be free')
  const changes: readonly [string, string][] = [
    ['ip link set br0 mtu 1400', 'ip link set br0 mtu 1500'],
    ['ip link set br0 type bridge stp_state 1', 'ip link set br0 type bridge stp_state 0'],
    [
      'ip link set br0 type bridge mcast_snooping 0',
      'ip link set br0 type bridge mcast_snooping 1',
    ],
    [
      'ip link set br0 type bridge forward_delay 400',
      'ip link set br0 type bridge forward_delay 1500',
    ],
    [
      'ip link set tap type bridge_slave isolated on',
      'ip link set tap type bridge_slave isolated off',
    ],
    [
      'ip link set tap type bridge_slave learning off',
      'ip link set tap type bridge_slave learning on',
    ],
    ['bridge link set dev vx neigh_suppress on', 'bridge link set dev vx neigh_suppress off'],
    ['ip link set vx type vxlan learning', 'ip link set vx type vxlan nolearning'],
    ['ip link set vx type vxlan local 100.96.0.20', 'ip link set vx type vxlan local 100.96.0.10'],
    ['ip link set tap alias x', 'ip link set tap alias ""'],
    ['ip link set tap group 77', 'ip link set tap group 0'],
    ['ip link property add dev tap altname other', 'ip link property del dev tap altname other'],
    ['ip address add 10.0.0.1/24 dev br0', 'ip address del 10.0.0.1/24 dev br0'],
    ['ip rule add pref 1000 iif br0 lookup 100005', 'ip rule del pref 1000'],
    ['ip route add unreachable 10.9.0.0/16', 'ip route del unreachable 10.9.0.0/16'],
    ['ip neighbour add proxy 10.0.0.8 dev br0', 'ip neighbour del proxy 10.0.0.8 dev br0'],
    [
      'ip neighbour add 10.0.0.7 lladdr 02:00:00:00:00:07 dev br0 nud permanent',
      'ip neighbour del 10.0.0.7 dev br0',
    ],
    [
      'bridge fdb add 02:00:00:00:00:07 dev tap master static sticky',
      'bridge fdb del 02:00:00:00:00:07 dev tap master',
    ],
    [
      'bridge fdb append 00:00:00:00:00:00 dev vx dst 100.96.0.12 self permanent',
      'bridge fdb del 00:00:00:00:00:00 dev vx dst 100.96.0.12 self permanent',
    ],
    [
      'bridge fdb add 02:00:00:00:00:08 dev vx dst 100.96.0.12 self permanent',
      'bridge fdb del 02:00:00:00:00:08 dev vx dst 100.96.0.12 self',
    ],
    ['echo 1 > /proc/sys/net/ipv6/conf/br0/disable_ipv6', ''],
    [
      'echo 2 > /proc/sys/net/ipv4/conf/vx/rp_filter',
      'echo 0 > /proc/sys/net/ipv4/conf/vx/rp_filter',
    ],
    ['ip netns add fx8', 'ip netns del fx8'],
    ['ip link set tap nomaster', ''],
    ['nft add chain ip fx a', ''],
    ['iptables-nft -P FORWARD DROP', ''],
  ]
  await host.sh('echo 0 > /proc/sys/net/ipv4/conf/vx/rp_filter')
  before = await glance()
  const changed = new Set<string>()
  for (const [there, back] of changes) {
    await host.sh(there)
    const after = await glance()
    t.notSame(after, before, there)
    for (const part of hostParts) if (after[part] !== before[part]) changed.add(part)
    if (back === '') {
      before = after
      continue
    }
    await host.sh(back)
    t.same(await glance(), before, back)
  }
  t.same([...changed].sort(), hostParts.toSorted())
})
