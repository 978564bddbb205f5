import fc from 'fast-check'
import t from 'tap'
import { Value } from 'typebox/value'
import { plan } from '../../../agent/plan/index.ts'
import { HostSpec } from '../../../lib/contract/index.ts'
import { copyOf, firstDifference, stepsOf, strangersOf } from './converge.ts'
import { inflict } from './damage.ts'
import { createModel, type Model } from './model.ts'
import { anyOf, leavesOf, type Path, replacedAt, type Schema, valueAt } from './schema-walk.ts'
import { searched } from './search.ts'
import { elasticOf, hostSpec, privateNetwork, vmPort } from './specs.ts'
import { frrLinesOf, strangeWord, textsOf, wordsOf } from './words.ts'

/** A spec in which everything there can be is there. */
const whole: HostSpec = hostSpec({
  public: { address: '51.15.0.11', neighbour: 'proxy' },
  bgp: {
    asn: 65000,
    role: 'reflector',
    clusterId: '10.180.0.1',
    neighbours: [{ address: '10.180.0.12', role: 'client' }],
    password: 'a-shared_password',
  },
  networks: [privateNetwork(5, 'red'), privateNetwork(6, 'blue', { egress: 'host' })],
  ports: [vmPort(1, 5, '172.30.0.11'), vmPort(2, 4, '100.64.0.5')],
  elastics: [elasticOf(2, 2)],
  firewall: {
    management: ['192.0.2.0/24', '2001:db8::/32'],
    siblings: [{ public: '51.15.0.12', underlay: '10.180.0.12' }],
    open: [{ protocol: 'tcp', port: 9100 }],
  },
})
const onVlan: HostSpec = {
  ...whole,
  underlay: { ...whole.underlay, medium: { kind: 'vlan', id: 2000 } },
}
const leaves = leavesOf(HostSpec as Schema)

/** Ends of words, lines, strings and sections, other forms of a value, and none at all. */
const hostileWords: readonly unknown[] = [
  ...['', ' ', '\t', '\0', '\n', '"', "'", '`', '\\', '*', '#', '!', ';', '{', '}', '|', '\u2028'],
  ...['$(reboot)', '`reboot`', '; reboot', '&& reboot', '| reboot', '$IFS$9', '%s%n', '-force'],
  ...[
    '-',
    '--',
    '-x',
    '../x',
    '/../x',
    './x',
    '/etc/passwd',
    'é',
    '日本',
    '\u202eflip',
    'a\u0000b',
  ],
  ...['EVIL\nexit', 'EVIL up', 'EVIL" drop', 'a'.repeat(16), 'a'.repeat(5000), 'x y'],
  ...['::1', 'fe80::1%eth0', '0x7f000001', '017.0.0.1', '10.0.0.01', '10.0.0', '10.0.0.1.1'],
  ...['10.0.0.1/33', '10.0.0.1/-1', '10.0.0.1/', '10.0.0.1 /8', '10.0.0.1,10.0.0.2', '10.0.0.1-9'],
  ...['１０.0.0.1', '4294967296', '1e9', '0x10', '010', '١٢', 'NaN', 'Infinity', 'null'],
  ...['ff:ff:ff:ff:ff', '02-00-00-00-00-11', 'gg:00:00:00:00:11', 'one-1-0 up', 'one-1-0\n'],
  ...[
    -1,
    0.5,
    -0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    1e21,
    -(2 ** 31),
  ],
  ...[null, true, false, [], {}, ['10.0.0.1'], { toString: 'x' }],
]

/** Valid in form, and what would do harm where a tenant could choose it. */
const dangerousWords: readonly string[] = [
  ...['0.0.0.0', '255.255.255.255', '127.0.0.1', '224.0.0.1', '169.254.169.254', '51.15.0.1'],
  ...['51.15.0.11', '10.180.0.1', '10.180.0.11', '100.64.0.5', '100.96.0.8', '172.30.0.1'],
  ...['0.0.0.0/0', '255.255.255.255/32', '172.30.0.255/24', '172.30.0.1/31', '10.180.1.1/16'],
  ...['100.96.0.1/12', '100.64.0.1/16', '51.15.0.1/24', '169.254.0.1/16', '::/0', '::1/128'],
  ...['lo', 'all', 'default', 'eth0', 'eth1', 'docker0', 'scwpn', 'scwpn.105', 'scwpn.106', '..'],
  ...[
    'fxl5',
    'fxr4',
    'fx5',
    'if2',
    'a:b',
    '-x',
    '.',
    'up',
    'down',
    'type',
    'master',
    'dev',
    'help',
  ],
  ...['onebr4', 'onebr5', 'one-1-0', 'one-2-0', 'one-99-0', 'vnet3', 'drop', 'accept', 'exit'],
  ...['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01', '02:00:5e:00:01:01'],
]

/** A host with strangers on it, on which the harmless spec is in force. */
const occupied = (): Model => copyOf(ground)
const ground = ((): Model => {
  const model = createModel()
  for (const what of [
    'strangers on the host',
    "a stranger's neighbour",
    "a stranger's rule",
  ] as const)
    inflict(model.kernel, { what, pick: 0, how: 0 })
  model.apply(stepsOf(whole, model.observed()))
  model.plug('one-1-0', 'onebr5')
  model.plug('one-2-0', 'onebr4')
  model.apply(stepsOf(whole, model.observed()))
  return model
})()

/** Carries a spec out as far as it goes; everything that was said to a program, and refused by name. */
function carriedOut(
  spec: HostSpec,
  model = occupied(),
  rounds = 2,
): { lines: string[]; faults: string[] } {
  const lines = frrLinesOf(spec)
  const faults: string[] = []
  for (let round = 0; round < rounds; round++) {
    const planned = plan(spec, model.observed())
    faults.push(...planned.faults)
    for (const step of [...planned.ground, ...planned.network]) {
      lines.push(...textsOf(step))
      try {
        model.apply([step])
      } catch {
        // As `ip -force` does: the others go on.
      }
    }
  }
  return { lines, faults }
}

/** All words that harmless specs lead to, from a bare host on, changed and back to nothing. */
const known = ((): ReadonlySet<string> => {
  const model = createModel()
  const none = { ...whole, networks: [], publicNetworks: [], ports: [], elastics: [] }
  const other: HostSpec = {
    ...onVlan,
    networks: [privateNetwork(5, 'red', { mtu: 1400, egress: 'none' })],
    underlay: { ...onVlan.underlay, address: '10.180.0.12/22', gateway: null },
    elastics: [],
  }
  const lines = carriedOut(whole, model).lines
  model.plug('one-1-0', 'onebr5')
  model.plug('one-2-0', 'onebr4')
  for (const spec of [whole, onVlan, other, none, whole])
    lines.push(...carriedOut(spec, model).lines)
  return new Set(lines.flatMap(wordsOf))
})()

/** It says nothing but itself, and touches nobody. */
function assertHarmless(spec: HostSpec, what: string): void {
  const model = occupied()
  const before = strangersOf(model, spec)
  const { lines } = carriedOut(spec, model, 1)
  const strange = strangeWord(lines, known, spec)
  if (strange !== null) throw new Error(`${what}: a word of its own in ${strange}`)
  const touched = firstDifference(strangersOf(model, spec), before)
  if (touched !== null) throw new Error(`${what}: a stranger was touched: ${touched}`)
}

/** The door itself, without the search for words to refuse by. */
const valid = (value: unknown): HostSpec | null => (Value.Check(HostSpec, value) ? value : null)

t.test('the spec under attack has a value in every place the schema knows', async (t) => {
  t.ok(leaves.length > 45)
  for (const { path } of leaves) {
    const base = path.includes('medium') && path.includes('id') ? onVlan : whole
    t.not(valueAt(base, path), undefined, path.join('/'))
  }
})

t.test('a hostile value anywhere is refused at the door, or says nothing but itself', async (t) => {
  let [refused, accepted] = [0, 0]
  const attack = (path: Path, by: unknown): void => {
    const base = path.includes('medium') && path.includes('id') ? onVlan : whole
    const spec = valid(replacedAt(base, path, by))
    if (spec === null) refused++
    else {
      accepted++
      assertHarmless(spec, `${path.join('/')} = ${JSON.stringify(by)}`)
    }
  }
  for (const { path } of leaves) for (const by of hostileWords) attack(path, by)
  fc.assert(
    fc.property(
      fc.constantFrom(...leaves.map(({ path }) => path)),
      fc.oneof(fc.string(), fc.double(), fc.integer()),
      attack,
    ),
    searched(100),
  )
  t.ok(refused > leaves.length * 40)
  t.ok(accepted > 50, 'names and the like are free text, and go nowhere but into sentences')
})

t.test('what is valid in form and dangerous harms nobody, wherever it stands', async () => {
  for (const { path, schema } of leaves) {
    if (schema.pattern === undefined) continue
    for (const word of dangerousWords) {
      const spec = valid(replacedAt(whole, path, word))
      if (spec !== null) assertHarmless(spec, `${path.join('/')} = ${word}`)
    }
  }
})

t.test('any spec the schema lets in leads to a plan that harms nobody', async () => {
  const any = anyOf(HostSpec as Schema, dangerousWords).map((value) => valid(value))
  fc.assert(
    fc.property(any, (spec) => {
      if (spec === null) throw new Error('the walk made what the schema refuses')
      assertHarmless(spec, 'any')
    }),
    searched(40),
  )
})
