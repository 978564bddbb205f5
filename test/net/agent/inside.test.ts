import fc from 'fast-check'
import t from 'tap'
import type { ExecOptions } from '../../../agent/exec/index.ts'
import type { NftTable } from '../../../agent/nat/index.ts'
import { readNamespace } from '../../../agent/observe/index.ts'
import type { NetworkStep } from '../../../agent/plan/index.ts'
import { inside, linesOf } from '../../../agent/reconcile/inside.ts'
import { createFabric, type Machine } from './fabric.ts'

const fabric = createFabric()
t.teardown(() => fabric.close())
const host = await fabric.machine('host')

/** Like each other, whatever was in one before. */
const stack = (name: string): string => `ip netns delete ${name} 2>/dev/null || true
  ip netns add ${name}
  ip -n ${name} link add l0 address 02:00:00:00:00:11 type veth peer name l1 netns ${name}
  ip -n ${name} link set l1 address 02:00:00:00:00:12
  ip -n ${name} link add r0 address 02:00:00:00:00:13 type bridge`

type Unplaced = NetworkStep extends infer Each ? Omit<Each, 'at' | 'sentence'> : never
const placed = (step: object): NetworkStep =>
  ({ at: 'ours', sentence: '', ...step }) as unknown as NetworkStep

const device = fc.constantFrom('lo', 'l0', 'r0', 'none')
const address = fc.constantFrom('172.30.0.1/24', '172.30.0.9/32', '100.96.0.11/31', '172.30.0.1')
const neighbour = fc.record({
  device,
  address: fc.constantFrom('172.30.0.15', '172.30.0.16'),
  mac: fc.constantFrom(null, '02:00:00:00:00:0f', '02:00:00:00:00:0a'),
  protocol: fc.constant('88'),
})
const route = fc.record({
  type: fc.constantFrom('unicast', 'unicast', 'unicast', 'unreachable'),
  table: fc.constantFrom('main', 'main', '100005'),
  destination: fc.constantFrom('default', '10.9.0.0/16', '10.8.0.1', '10.8.0.1/32'),
  via: fc.constantFrom(null, '172.30.0.7', '100.96.0.10', '9.9.9.9'),
  device,
  source: fc.constantFrom(null, null, null, '172.30.0.1'),
  metric: fc.constantFrom(0, 0, 7),
  protocol: fc.constantFrom('88', '99'),
})
const step: fc.Arbitrary<Unplaced> = fc.oneof(
  { arbitrary: device.map((name) => ({ kind: 'link-set', name, to: { what: 'up' } })), weight: 3 },
  device.map((name) => ({ kind: 'link-set', name, to: { what: 'mtu', mtu: 1400 } })),
  fc.constant({ kind: 'link-rename', from: 'l1', to: 'none' }),
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('address-add', 'address-add', 'address-delete'),
      address: fc.record({ device, address }),
    }),
    weight: 4,
  },
  fc.record({ kind: fc.constantFrom('neighbour-set', 'neighbour-delete'), neighbour }),
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('route-set', 'route-set', 'route-delete'),
      route,
    }),
    weight: 4,
  },
) as fc.Arbitrary<Unplaced>

t.test('what is carried out inside is what ip makes of it', async (t) => {
  let failures = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (unplaced) => {
      const steps = unplaced.map(placed)
      const lines = linesOf(steps)
      await host.sh(`${stack('ours')}\n${stack('theirs')}`)
      // One by one: ip gives a batch up at some errors, and remembers names that have changed.
      const isDone = await host.tries(`failed=0
        while read -r line; do ip -n theirs $line || failed=1; done <<'END'\n${lines}END
        exit $failed`)
      const failed = await inside(host.exec, [{ at: 'ours', steps }])
      failures += failed.length
      t.equal(failed.length === 1, !isDone, `${failed[0]?.sentence}\n${lines}`)
      t.same(await read(host, 'ours'), await read(host, 'theirs'), lines)
    }),
    { numRuns: 40 },
  )
  t.not(failures, 0, 'some could not be carried out')
})

/** Neighbours are listed by a hash that differs between namespaces. */
async function read(machine: Machine, name: string) {
  const { neighbours, ...stack } = await readNamespace(machine.exec, name, [])
  return { ...stack, neighbours: neighbours.map((each) => JSON.stringify(each)).sort() }
}

const table = (rule: string): NftTable => ({
  ...{ family: 'ip', name: 'fx', sets: [] },
  chains: [
    { name: 'through', hook: 'type filter hook forward priority 0; policy drop;', rules: [rule] },
  ],
})
const load = (at: string, rule: string): NetworkStep => ({
  ...{ kind: 'table-set', at, table: table(rule) },
  sentence: `load nft table ip fx in ${at}`,
})

t.test(
  'one process goes from namespace to namespace, and what fails is told of its own',
  async (t) => {
    await host.sh(`${stack('one')}\n${stack('two')}\n${stack('three')}; : > /run/netns/broken`)
    const forwarding: NetworkStep = {
      ...{ kind: 'sysctl-set', key: 'net/ipv4/ip_forward', value: '1', optional: false },
      ...{ at: 'three', sentence: '' },
    }
    const missing: NetworkStep = { ...forwarding, key: 'net/ipv4/none', optional: true }
    const up = placed({ kind: 'link-set', name: 'l7', to: { what: 'up' } })
    const failed = await inside(host.exec, [
      { at: 'one', steps: [load('one', 'iifname "l0" drop')] },
      { at: 'gone', steps: [load('gone', 'drop')] },
      { at: 'broken', steps: [load('broken', 'drop')] },
      { at: 'two', steps: [load('two', 'no such rule')] },
      { at: 'three', steps: [forwarding, missing, load('three', 'counter'), up] },
    ])
    t.match(failed, [
      { at: 'gone', sentence: /inside of gone.*cannot open \/run\/netns\/gone: No such file/s },
      { at: 'broken', sentence: /cannot enter broken: Invalid argument/ },
      { at: 'two', sentence: /inside of two.*syntax error.*such/s },
      { at: 'three', sentence: /Cannot find device "l7"/ },
    ])
    const rules = async (at: string) => (await read(host, at)).tables.map(({ chains }) => chains)
    t.match(await rules('one'), [{ through: { rules: [/^\w+$/] } }])
    t.same(await rules('two'), [])
    t.match(await rules('three'), [{ through: { rules: [/^\w+$/] } }])
    t.equal(await host.sh('nft list ruleset'), '', 'the host itself was not touched')
    const seen = await readNamespace(host.exec, 'three', ['net/ipv4/ip_forward'])
    t.same(seen.sysctls, { 'net/ipv4/ip_forward': '1' })
  },
)

t.test('one process comes back to the host, as often as the order asks for it', async (t) => {
  await host.sh(`${stack('one')}; ip link add e0 type veth peer name e1; ip link set e0 up`)
  const add = (at: string | null, device: string, last: number): NetworkStep => ({
    ...{ kind: 'address-add', at, address: { device, address: `192.0.2.${last}/32` } },
    sentence: `add 192.0.2.${last}`,
  })
  const say = (device: string): NetworkStep => ({
    ...{ kind: 'announce', device, address: '195.154.0.1' },
    sentence: `announce 195.154.0.1 on ${device}`,
  })
  const failed = await inside(host.exec, [
    { at: null, steps: [add(null, 'e0', 1), say('e7')] },
    { at: 'one', steps: [add('one', 'l0', 2)] },
    { at: null, steps: [add(null, 'e0', 3), say('e0')] },
    { at: 'one', steps: [add('one', 'l7', 4)] },
  ])
  t.match(failed, [
    { at: null, sentence: /195\.154\.0\.1 cannot be announced on e7: No such device/ },
    { at: 'one', sentence: /Cannot find device "l7"/ },
  ])
  t.match(await host.sh('ip -br -4 address show e0'), /192\.0\.2\.1\/32 192\.0\.2\.3\/32/)
  t.match(await host.sh('ip -n one -br -4 address show l0'), /192\.0\.2\.2\/32/)
})

t.test('what an elastic address takes is carried out without a program for it', async (t) => {
  await host.sh(`${stack('one')}; ip link add d0 type veth peer name d1; ip link set d0 up
    ip address add 51.15.0.11/32 dev d0; ip address add 100.96.0.2/31 dev d0`)
  const bare = {
    ...host.exec,
    run: (argv: readonly string[], options?: ExecOptions) =>
      host.exec.run(['env', 'PATH=/nonexistent', ...argv], options),
  }
  const way = { table: 'main', type: 'unicast', destination: '195.154.0.1', metric: 0 } as const
  const onHost = { via: '100.96.0.3', device: 'd0', source: '51.15.0.11', protocol: '88' }
  const proxied = { device: 'd0', address: '195.154.0.1', mac: null, protocol: '88' }
  const within = { via: null, device: 'r0', source: null, protocol: '88' }
  const known = { device: 'r0', address: '100.64.0.1', mac: '02:00:00:00:00:0a', protocol: '88' }
  const shares = (verb: 'set' | 'delete') => [
    {
      at: null,
      steps: [
        { kind: `route-${verb}`, at: null, route: { ...way, ...onHost } },
        { kind: `neighbour-${verb}`, at: null, neighbour: proxied },
      ].map(placed),
    },
    {
      at: 'one',
      steps: [
        { kind: 'link-set', name: 'r0', to: { what: 'up' } },
        { kind: `route-${verb}`, route: { ...way, destination: '100.64.0.1', ...within } },
        { kind: `neighbour-${verb}`, neighbour: known },
      ].map(placed),
    },
  ]
  t.same(await inside(bare, shares('set')), [])
  t.match(
    await host.sh('ip route show proto 88; ip neighbour show proxy'),
    /195\.154\.0\.1 via 100\.96\.0\.3 dev d0 src 51\.15\.0\.11 (?:.|\n)*195\.154\.0\.1 dev d0 proxy/,
  )
  t.match(
    await host.sh('ip -n one route show proto 88; ip -n one neighbour show'),
    /100\.64\.0\.1 dev r0(?:.|\n)*100\.64\.0\.1 dev r0 lladdr 02:00:00:00:00:0a PERMANENT/,
  )
  t.same(await inside(bare, shares('delete')), [])
  t.equal(await host.sh('ip route show proto 88; ip neighbour show proxy'), '')
})

t.test('connections of an address end, those to it and those from it, and no others', async (t) => {
  const began = (source: string, destination: string, answers: string, rest = '') =>
    `conntrack -I -p udp -t 300 -s ${source} -d ${destination} --sport 1 --dport 2 -r ${destination} -q ${answers} --reply-port-src 2 --reply-port-dst 1 ${rest}`
  await host.sh(`${stack('ours')}
    nsenter --net=/run/netns/ours bash -ec '
      ${began('203.0.113.9', '195.154.0.1', '203.0.113.9')}
      ${began('203.0.113.9', '195.154.0.1', '203.0.113.9', '-w 7')}
      ${began('100.64.0.3', '203.0.113.8', '195.154.0.1')}
      ${began('203.0.113.9', '195.154.0.2', '203.0.113.9')}
      ${began('195.154.0.1', '195.154.0.3', '195.154.0.4')}'`)
  const left = async () =>
    (await host.sh('nsenter --net=/run/netns/ours conntrack -L 2>/dev/null')).trim().split('\n')
  t.equal((await left()).length, 5)
  const flush = (address: string) => placed({ kind: 'flush', address })
  t.same(await inside(host.exec, [{ at: 'ours', steps: [flush('10.9.9.9')] }]), [])
  t.equal((await left()).length, 5, 'nobody was there')
  t.same(await inside(host.exec, [{ at: 'ours', steps: [flush('195.154.0.1')] }]), [])
  const rest = (await left()).map((entry) => entry.match(/dst=[0-9.]+/g)?.join(' '))
  t.same(rest.toSorted(), ['dst=195.154.0.2 dst=203.0.113.9', 'dst=195.154.0.3 dst=195.154.0.4'])
})

t.test(
  'elements and lines are brought about side by side, and each one’s trouble is told',
  async (t) => {
    await host.sh(`${stack('ours')}
    nsenter --net=/run/netns/ours nft 'table ip fx { set s { type ipv4_addr; }; }'`)
    const element = (set: string) =>
      placed({
        kind: 'table-change',
        family: 'ip',
        name: 'fx',
        changes: [{ set, remove: [], add: ['10.0.0.1'] }],
      })
    const up = (name: string) => placed({ kind: 'link-set', name, to: { what: 'up' } })
    t.same(await inside(host.exec, [{ at: 'ours', steps: [element('s'), up('r0')] }]), [])
    const seen = await host.sh(
      `nsenter --net=/run/netns/ours nft list set ip fx s; ip -n ours link show r0`,
    )
    t.match(seen, /10\.0\.0\.1[\s\S]*<[^>]*UP/)
    for (const [steps, why] of [
      [[element('none'), up('r0')], /No such file|none/],
      [[element('s'), up('none')], /none/],
    ] as const) {
      const failed = await inside(host.exec, [{ at: 'ours', steps }])
      t.match(failed, [{ at: 'ours', sentence: why }])
    }
  },
)
