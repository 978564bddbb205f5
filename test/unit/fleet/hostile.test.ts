import fc from 'fast-check'
import t from 'tap'
import { Value } from 'typebox/value'
import { plan } from '../../../agent/plan/index.ts'
import { compileHostSpec } from '../../../controller/fleet/index.ts'
import type { Network, Nic, Vm } from '../../../controller/opennebula/index.ts'
import { HostSpec } from '../../../lib/contract/index.ts'
import { createModel } from '../agent-net/model.ts'
import { searched } from '../agent-net/search.ts'
import { elastic, elasticNic, lcm, nic, provision, server, vm, vxlan } from './samples.ts'

/*
 * What users of OpenNebula write into networks and NICs reaches hosts by way of this compiler: whatever
 * it is, the hosts' state is one they take, whoever asked for nonsense is named, and nobody else notices.
 */

const nonsense = [
  ...[
    '',
    ' ',
    '-',
    '--',
    '-x',
    '../..',
    '/',
    '\n',
    '\0',
    '"',
    "'",
    '`reboot`',
    '$(reboot)',
    '; reboot',
  ],
  ...['a'.repeat(16), 'a'.repeat(5000), 'é', '\u202e', 'onebr*', 'NaN', '0x10', '010', '1e9', '-1'],
  ...[
    '9'.repeat(30),
    '1.5',
    '::1',
    '0.0.0.0',
    '255.255.255.255',
    '010.0.0.1',
    '10.0.0.1\n',
    '1.2.3',
  ],
]
const addresses = [
  ...['172.30.0.1', '172.30.0.255', '10.180.0.1', '10.180.3.255', '100.64.0.1', '100.96.0.1'],
  ...['51.15.0.11', '51.15.0.12', '127.0.0.1', '169.254.169.254', '224.0.0.1', '172.31.0.1'],
]
const masks = ['255.255.255.0', '255.255.255.255', '0.0.0.0', '255.0.255.0', '255.255.255.254']
const bridges = [
  'onebr1',
  'lo',
  'eth0',
  'scwpn',
  'scwpn.3',
  'fxl5',
  'fxr1',
  'all',
  'default',
  'if2',
  'a:b',
]
const taps = ['one-1-0', 'one-2-0', 'one-99-0', 'scwpn.3', 'fxl1', 'one-1-0 up', 'one-00001-0']
const macs = [
  '02:00:5e:00:01:01',
  'ff:ff:ff:ff:ff:ff',
  '00:00:00:00:00:00',
  '02-00-00-00-00-01',
  'x',
]

const word = (...usual: readonly string[]) => fc.constantFrom(...usual, ...usual, ...nonsense)
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

/** Only what is given: a template of oned has no member without a value. */
const template = fc
  .record({
    GATEWAY: maybe(word(...addresses)),
    NETWORK_ADDRESS: maybe(word('172.30.0.0', '10.180.0.0', '0.0.0.0')),
    NETWORK_MASK: maybe(word(...masks)),
    EDGE_EGRESS: maybe(word('host', 'none', 'public-gateway', 'HOST', 'moon')),
    MTU: maybe(word('1450', '1500', '9000', '1279', '68')),
  })
  .map((values) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
  )

const anyNetwork: fc.Arbitrary<Network> = fc
  .record({
    id: fc.constantFrom(2, 3, 4, 5, 70_000, 2_000_000, 2 ** 31 - 1),
    isOpen: fc.boolean(),
    template,
    name: word('blue'),
    bridge: word(...bridges),
    phydev: maybe(word('scwpn', 'eth0')),
    vlanId: maybe(fc.constantFrom(0, 1, 3, 16777215, 16777216, -1, 1.5, Number.NaN, 2 ** 40)),
  })
  .map(({ id, isOpen, template, ...more }) =>
    isOpen
      ? elastic(id, { template, name: more.name, bridge: more.bridge })
      : { ...vxlan(id), ...more, template },
  )

const anyNic = (networks: readonly Network[]): fc.Arbitrary<Nic> =>
  fc
    .record({
      nicId: fc.constantFrom(0, 1, 10_000),
      network: fc.constantFrom(...networks),
      ip: maybe(word(...addresses, '172.30.0.10', '100.64.0.2')),
      mac: word(...macs, '02:00:ac:1e:00:0a'),
      target: word(...taps, ''),
      externalIp: maybe(word('195.154.0.1', '195.154.0.2', ...addresses)),
      gateway: maybe(word(...addresses, '100.64.0.3')),
    })
    .map(({ nicId, network, ...more }) => ({ ...nic(nicId, network, '172.30.0.10'), ...more }))

const safe = vxlan(1, { GATEWAY: '172.29.0.1', NETWORK_ADDRESS: '172.29.0.0' }, { vlanId: 500 })
const open = elastic(0)
const own = vm(
  1,
  lcm.running,
  [1],
  [nic(0, safe, '172.29.0.10'), elasticNic(1, open, 9, { externalIp: '195.154.0.9' })],
)

const anyCloud = fc
  .uniqueArray(anyNetwork, { selector: ({ id }) => id, maxLength: 4 })
  .chain((networks) =>
    fc.record({
      networks: fc.constant(networks),
      vms: fc
        .array(fc.array(anyNic([safe, open, ...networks]), { maxLength: 3 }), { maxLength: 4 })
        .map((lists) =>
          lists.map((nics, index): Vm => ({ ...vm(index + 2, lcm.running, [1], []), nics })),
        ),
      mtu: fc.constantFrom(1500, 1280, 9000),
    }),
  )

t.test(
  'whatever users write, hosts get a state they take, and all others get theirs',
  async (t) => {
    fc.assert(
      fc.property(anyCloud, ({ networks, vms, mtu }) => {
        const facts = provision(2)
        const self = { ...server(1), underlay: { ...server(1).underlay, mtu } }
        const { content, refusals } = compileHostSpec({
          ...{ facts, self, password: 'not-a-secret-here' },
          networks: [open, safe, ...networks],
          vms: [own, ...vms],
        })
        const spec = { ...content, epoch: 1, generation: 1 }
        const [wrong] = Value.Errors(HostSpec, spec)
        if (!Value.Check(HostSpec, spec))
          throw new Error(`${wrong?.instancePath}: ${wrong?.message}`)
        const { wanted } = plan(spec, createModel().observed())
        const tunnels = wanted.tunnels.map(({ name }) => name)
        if (!tunnels.includes('scwpn.500')) throw new Error('the harmless network is not served')
        if (!spec.ports.some(({ port }) => port === 'one-1-0')) throw new Error('nor is its VM')
        if (!spec.elastics.some(({ external }) => external === '195.154.0.9'))
          throw new Error('nor its elastic address')
        for (const { id, vnMad } of networks) {
          const served = [...spec.networks, ...spec.publicNetworks].some((one) => one.id === id)
          const named = refusals.some((sentence) => sentence.startsWith(`network ${id} (`))
          if (!served && !named) throw new Error(`network ${id} (${vnMad}) is gone without a word`)
        }
      }),
      searched(150),
    )
    t.pass()
  },
)

t.test('a NIC that names the tap of another VM is refused by name', async (t) => {
  const thief = vm(2, lcm.running, [1], [nic(0, safe, '172.29.0.11')])
  const nics = thief.nics.map((one) => ({ ...one, target: 'one-3-0' }))
  const { content, refusals } = compileHostSpec({
    ...{ facts: provision(1), self: server(1), password: null, networks: [safe] },
    vms: [{ ...thief, nics }, vm(3, lcm.running, [1], [nic(0, safe, '172.29.0.12')])],
  })
  t.same(
    content.ports.map(({ vm, port }) => [vm, port]),
    [[3, 'one-3-0']],
  )
  t.match(refusals, [/VM 2 has a NIC 0 with tap "one-3-0"/])
})
