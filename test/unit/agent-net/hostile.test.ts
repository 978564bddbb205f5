import fc from 'fast-check'
import t from 'tap'
import { frrModel } from '../../../agent/frr/model.ts'
import { renderFrr } from '../../../agent/frr/render.ts'
import { gatewayMac } from '../../../agent/host/index.ts'
import { bridgeLines, ipLines } from '../../../agent/link/index.ts'
import { renderTables } from '../../../agent/nat/index.ts'
import { type NetworkStep, plan } from '../../../agent/plan/index.ts'
import { HostSpec, parseAs } from '../../../lib/contract/index.ts'
import { createModel } from './model.ts'
import { elasticOf, hostSpec, vmPort } from './specs.ts'

/** A spec in which every string there can be is there. */
const whole: HostSpec = hostSpec({
  bgp: {
    asn: 65000,
    role: 'reflector',
    clusterId: '10.180.0.1',
    neighbours: [{ address: '10.180.0.12', role: 'client' }],
    password: 'a-shared_password',
  },
  ports: [vmPort(1, 5, '172.30.0.11'), vmPort(2, 4, '100.64.0.5')],
  elastics: [elasticOf(2, 2)],
  firewall: {
    management: ['192.0.2.0/24', '2001:db8::/32'],
    siblings: [{ public: '51.15.0.12', underlay: '10.180.0.12' }],
    open: [{ protocol: 'tcp', port: 9100 }],
  },
})

/** Every path to a string in a value. */
function stringsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => stringsOf(inner, [...path, key]))
}

function replaced(value: unknown, [key, ...rest]: readonly string[], text: string): unknown {
  if (key === undefined) return text
  const copy = structuredClone(value) as Record<string, unknown>
  copy[key] = replaced(copy[key], rest, text)
  return copy
}

const mark = 'EVIL'
/** The mark among what could end a word, a line, a string or a section, before or after what is good. */
const hostile = (good: string) =>
  fc
    .tuple(
      fc.constantFrom('', good, '10.0.0.1', '"'),
      fc.string({
        unit: fc.constantFrom('\n', '\r', '\0', ' ', '\t', '"', "'", ';', '{', '}', '#', '!', '$'),
        maxLength: 3,
      }),
      fc.constantFrom('', '\nexit', ' up', '" drop', '*', '/../x', '|', '\\', '\u2028', 'é'),
      fc.constantFrom('', `\n${good}`, good, '/24'),
    )
    .map(([head, glue, tail, end]) => `${head}${glue}${mark}${tail}${end}`)

/** Every word that would reach ip, bridge, nft, /proc/sys or FRR. */
function textsOf(spec: HostSpec): string[] {
  const model = createModel()
  // The underlay's device is one of the machine's own: any other is not there to stand on.
  const { medium } = spec.underlay
  const first = plan(spec, model.observed())
  if (medium.kind === 'link' && medium.device !== 'eth1')
    return [...first.ground, ...first.network].flatMap(wordsOf)
  model.apply([...first.ground, ...first.network])
  for (const { port, network } of spec.ports) {
    const bridge = [...spec.networks, ...spec.publicNetworks].find(({ id }) => id === network)
    const links = model.observed().host.links
    if (bridge !== undefined && links.some(({ name }) => name === bridge.bridge))
      model.plug(port, bridge.bridge)
  }
  const second = plan(spec, model.observed())
  const steps = [first, second].flatMap(({ ground, network }) => [...ground, ...network])
  return [...steps.flatMap(wordsOf), renderFrr(frrModel(spec, gatewayMac))]
}

function wordsOf(step: NetworkStep): string[] {
  if (step.kind === 'table-set') return [renderTables([step.table])]
  if (step.kind === 'sysctl-set') return [`${step.key}=${step.value}`]
  if (step.kind === 'flush' || step.kind === 'announce') return [step.address]
  return [...ipLines(step), ...bridgeLines(step)]
}

t.test('no string of a valid spec can say more than itself to ip, nft or FRR', async (t) => {
  parseAs(HostSpec, whole, 'The spec')
  const paths = stringsOf(whole)
  t.ok(paths.length > 40)
  let accepted = 0
  for (const path of paths) {
    const good = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], whole)
    fc.assert(
      fc.property(hostile(String(good)), (text) => {
        const value = replaced(whole, path, text)
        let spec: HostSpec
        try {
          spec = parseAs(HostSpec, value, 'The spec')
        } catch {
          return
        }
        accepted++
        for (const words of textsOf(spec)) {
          const line = words.split('\n').find((each) => each.includes(mark))
          const isWord = /^[A-Za-z0-9._:-]+$/.test(text)
          if (line !== undefined && !isWord) throw new Error(`${path.join('/')}: ${line}`)
        }
      }),
      { numRuns: 25 },
    )
  }
  t.ok(accepted > 0, 'some strings are free text, and go nowhere but into sentences')
})

t.test('what looks like a value and is none is refused', async (t) => {
  const wrong: [string, readonly string[], string][] = [
    ['an octet over 255', ['public', 'address'], '51.15.0.256'],
    ['an octet with a leading zero', ['public', 'address'], '051.15.0.1'],
    ['a line end after an address', ['public', 'address'], '51.15.0.1\n'],
    ['a prefix length over 32', ['underlay', 'address'], '10.0.0.1/33'],
    ['a tap of another name', ['ports', '0', 'port'], 'scwpn.105'],
    ['a wildcard', ['networks', '0', 'bridge'], 'onebr*'],
    ['a password with a space', ['bgp', 'password'], 'pass word 123'],
    ['a password of two lines', ['bgp', 'password'], 'password\nexit'],
    ['a group of five digits', ['firewall', 'management', '1'], '2001:db8::12345/128'],
    ['two gaps', ['firewall', 'management', '1'], '2001::db8::/32'],
    ['nine groups', ['firewall', 'management', '1'], '1:2:3:4:5:6:7:8:9/64'],
    ['a prefix length over 128', ['firewall', 'management', '1'], '2001:db8::/129'],
    ['a protocol nobody has', ['firewall', 'open', '0', 'protocol'], 'icmp'],
    ['an empty server', ['server'], ''],
  ]
  for (const [title, path, text] of wrong)
    t.throws(() => parseAs(HostSpec, replaced(whole, path, text), 'The spec'), title)
})
