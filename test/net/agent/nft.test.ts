import t from 'tap'
import { createNetwork, type Network } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec, VmPort } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { baseSpec } from './cluster.ts'
import { createFabric, type Machine } from './fabric.ts'

const fabric = createFabric()
t.teardown(() => fabric.close())
const host: Machine = await fabric.machine('h1')
await host.sh(`ip link add eth0 type bridge; ip link set eth0 up; ip link add eth1 type veth peer name cable
  ip addr add 51.15.0.11/24 dev eth0; ip route add default via 51.15.0.1`)
const network: Network = createNetwork({
  exec: host.exec,
  frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
  logger: silent,
  clock: createClock(),
})

const vms = [1, 2, 3]
const portOf = (vm: number): VmPort => ({
  ...{ port: `one-${vm}-0`, vm, nic: 0, network: 4, mac: `02:00:64:40:00:1${vm}` },
  addresses: [`100.64.0.${2 * vm + 1}`],
})
const elasticOf = (vm: number, last = vm): HostSpec['elastics'][number] => ({
  external: `195.154.0.${last}`,
  address: `100.64.0.${2 * vm + 1}`,
  gateway: `100.64.0.${2 * vm}`,
  network: 4,
  port: `one-${vm}-0`,
})
const specWith = (elastics: HostSpec['elastics']): HostSpec => ({
  ...baseSpec(1),
  ports: vms.map(portOf),
  elastics,
})

async function settle(spec: HostSpec): Promise<string[]> {
  const { faults, steps } = await network.reconcile(spec)
  t.same(faults, [])
  return steps.map(({ sentence }) => sentence)
}

/** Handles of our tables on the host and in the public router namespace: a table loaded anew has another. */
const handles = (): Promise<string> =>
  host.sh(`for at in '' 'ip netns exec fx4'; do
    for family in ip bridge; do $at nft -a list table $family fx 2>/dev/null | grep '^table' || true; done
  done`)

t.test('addresses and networks come and go while tables stay loaded', async (t) => {
  await settle(specWith([elasticOf(1)]))
  for (const vm of vms)
    await host.sh(`ip link add one-${vm}-0 type veth peer name peer-${vm}
      ip link set one-${vm}-0 master onebr4; ip link set one-${vm}-0 up`)
  await settle(specWith([elasticOf(1)]))
  const before = await handles()
  const both = await settle(specWith([elasticOf(1), elasticOf(2)]))
  t.ok(
    both.includes('change inward, outward, vms, sent, received of nft table ip fx in fx4'),
    both.join('; '),
  )
  const spec = specWith([elasticOf(1), elasticOf(2)])
  await settle({ ...spec, networks: spec.networks.slice(0, 1) })
  await settle(spec)
  await settle({ ...spec, ports: spec.ports.slice(0, 2) })
  t.equal(await handles(), before)
  t.match(await host.sh('nft list map ip fx zones'), /"onebr5" : 6,\s+"onebr6" : 7/)
})

t.test('an address that goes to another VM is changed in place', async (t) => {
  await settle(specWith([elasticOf(1), elasticOf(2)]))
  const before = await handles()
  await settle(specWith([elasticOf(1), elasticOf(3, 2)]))
  t.equal(await handles(), before)
  const maps = await host.sh(
    'ip netns exec fx4 nft list map ip fx inward; ip netns exec fx4 nft list map ip fx outward',
  )
  t.match(maps, '195.154.0.2 : 100.64.0.7')
  t.match(maps, '100.64.0.7 : 195.154.0.2')
  t.notMatch(maps, '100.64.0.5')
  t.same(await network.plan(specWith([elasticOf(1), elasticOf(3, 2)])), [])
})

t.test('connections of addresses that changed hands are forgotten, and no others', async (t) => {
  await settle(specWith([elasticOf(1), elasticOf(2)]))
  const flow = (from: string, to: string, answering: string, answered: string) =>
    host.sh(`ip netns exec fx4 conntrack -I -p udp -t 600 -u ASSURED --sport 7 --dport 53 -s ${from} -d ${to} \\
      --reply-src ${answering} --reply-dst ${answered} --reply-port-src 53 --reply-port-dst 7`)
  const peer = '203.0.113.10'
  await flow(peer, '195.154.0.1', '100.64.0.3', peer)
  await flow(peer, '195.154.0.2', '100.64.0.5', peer)
  // Out of the second VM: answers go to the address that it loses.
  await flow('100.64.0.5', peer, peer, '195.154.0.2')
  await settle(specWith([elasticOf(1), elasticOf(3, 2)]))
  const left = await host.sh('ip netns exec fx4 conntrack -L 2>/dev/null')
  t.match(left, 'dst=195.154.0.1')
  t.notMatch(left, '195.154.0.2')
})

t.test('elements that a hand puts in or takes out are put right', async (t) => {
  const spec = specWith([elasticOf(1), elasticOf(2)])
  await settle(spec)
  const before = await handles()
  const damages = [
    "ip netns exec fx4 nft 'delete element ip fx vms { 100.64.0.3 }'",
    "ip netns exec fx4 nft 'add element ip fx inward { 195.154.0.77 : 100.64.0.3 }'",
    'nft \'delete element ip fx zones { "onebr5" }; add element ip fx zones { "onebr5" : 99 }\'',
    'nft \'add element bridge fx macs { "lo" . 02:00:00:00:00:01, "ip" . 02:00:00:00:00:01 }\'',
    'nft flush set bridge fx taps',
  ]
  for (const damage of damages) {
    await host.sh(damage)
    t.not((await settle(spec)).length, 0, `noticed: ${damage}`)
  }
  t.same(await network.plan(spec), [], 'and all are mended')
  t.equal(await handles(), before)
})

t.test('a rule that a hand replaced, put in, took out or moved is noticed', async (t) => {
  const spec = specWith([elasticOf(1), elasticOf(2)])
  await settle(spec)
  const handleOf = (rule: string) =>
    `$(nft -a list chain ip fx through | grep '${rule}' | sed 's/.*handle //')`
  const rules = await host.sh('nft list chain ip fx through')
  const damages = [
    `nft replace rule ip fx through handle ${handleOf('@off_limits')} accept`,
    'nft insert rule ip fx through accept',
    'nft add rule ip fx through counter',
    `nft delete rule ip fx through handle ${handleOf('@off_limits')}`,
    `mark=$(nft list chain ip fx through | sed -n 's/.*off_limits drop comment //p')
     nft "delete rule ip fx through handle ${handleOf('@off_limits')}
     add rule ip fx through iifname \\"fxl*\\" ip daddr @off_limits drop comment $mark"`,
    "nft 'chain ip fx through { policy drop; }'",
    "ip netns exec fx4 nft 'chain ip fx through { policy accept; }'",
    'ip netns exec fx5 nft insert rule ip fx leave accept',
    'nft add chain ip fx more; nft insert rule ip fx host_in jump more',
    "nft 'add set ip fx more { type ipv4_addr; }'",
  ]
  for (const damage of damages) {
    await host.sh(damage)
    t.not((await settle(spec)).length, 0, `noticed: ${damage}`)
  }
  t.same(await network.plan(spec), [], 'and all are mended')
  t.equal(await host.sh('nft list chain ip fx through'), rules)
})

t.test("a table of ours put to sleep wakes up, a stranger's sleeps on", async (t) => {
  const spec = specWith([elasticOf(1)])
  await settle(spec)
  // nft 1.0.6 prints their flags from freed memory, or nothing more from there on.
  const sleep = (at: string, table: string) => `${at} nft add table ${table} '{ flags dormant; }'`
  await host.sh(sleep('', 'ip aaa'))
  t.same(await settle(spec), [], "a stranger's is none of our business")
  const ours = ['ip fx', 'ip6 fx', 'bridge fx', 'netdev fx']
  for (const [at, table] of [
    ...ours.map((name) => ['', name] as const),
    ['ip netns exec fx4', 'ip fx'] as const,
    ['ip netns exec fx5', 'ip fx'] as const,
  ]) {
    await host.sh(sleep(at, table))
    t.not((await settle(spec)).length, 0, `noticed: ${at} ${table}`)
    t.notMatch(await host.sh(`${at} nft list table ${table}`), 'dormant')
  }
  t.same(await network.plan(spec), [], 'and all are awake')
  t.match(await host.sh('nft list table ip aaa'), 'dormant')
  await host.sh('nft delete table ip aaa')
})
