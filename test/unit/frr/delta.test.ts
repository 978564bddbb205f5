import t from 'tap'
import { frrDelta } from '../../../agent/frr/delta.ts'
import { type FrrModel, frrModel } from '../../../agent/frr/model.ts'
import { renderFrr } from '../../../agent/frr/render.ts'
import { keyOf, sections } from '../../../agent/frr/sections.ts'
import { sentenceOfLine } from '../../../agent/frr/send.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'

const model: FrrModel = {
  hostname: 'em-1',
  asn: 65000,
  address: '10.180.0.11',
  clusterId: null,
  password: 'correct-horse-battery',
  neighbours: [{ address: '10.180.0.12', group: 'fabric' }],
  gatewayMac: '02:00:5e:00:01:01',
}
const reflector: FrrModel = {
  ...model,
  clusterId: '10.180.0.11',
  neighbours: [{ address: '10.180.0.12', group: 'clients' }],
}

function delta(from: string, to: FrrModel): string[] {
  return frrDelta('bgpd', renderFrr(to), from).commands.map((line) =>
    keyOf(line).replaceAll('\n', ' / '),
  )
}

t.test('lines know the sections they stand in', async (t) => {
  const lines = sections(
    'router bgp 1\n a\n !\n address-family l2vpn evpn\n  b\n exit-address-family\n c\nexit\nd',
  )
  t.same(
    lines.map((line) => keyOf(line).replaceAll('\n', ' / ')),
    [
      'router bgp 1',
      'router bgp 1 / a',
      'router bgp 1 / address-family l2vpn evpn',
      'router bgp 1 / address-family l2vpn evpn / b',
      'router bgp 1 / c',
      'd',
    ],
  )
})

t.test('the same configuration in another order needs nothing', async (t) => {
  const text = renderFrr(model)
  const swapped = text.replace(
    / neighbor fabric timers 3 9\n neighbor fabric timers connect 1/,
    ' neighbor fabric timers connect 1\n neighbor fabric timers 3 9',
  )
  t.not(swapped, text)
  t.same(delta(swapped, model), [])
})

t.test('a new neighbour is one line, a gone one its negation', async (t) => {
  const two = {
    ...model,
    neighbours: [...model.neighbours, { address: '10.180.0.13', group: 'fabric' as const }],
  }
  t.same(delta(renderFrr(model), two), [
    'router bgp 65000 / neighbor 10.180.0.13 peer-group fabric',
  ])
  t.same(delta(renderFrr(two), model), [
    'router bgp 65000 / no neighbor 10.180.0.13 peer-group fabric',
  ])
})

t.test('a value is replaced without being removed first', async (t) => {
  t.same(delta(renderFrr(model), { ...model, password: 'another-password' }), [
    'router bgp 65000 / neighbor fabric password another-password',
  ])
  t.same(delta(renderFrr(model), { ...model, gatewayMac: '02:00:5e:00:01:02' }), [
    'mac access-list FXGW seq 5 permit 02:00:5e:00:01:02',
  ])
})

t.test('a peer that changes its group leaves the old one first', async (t) => {
  const commands = delta(renderFrr(model), reflector)
  t.equal(commands[0], 'router bgp 65000 / no neighbor 10.180.0.12 peer-group fabric')
  t.equal(commands.includes('router bgp 65000 / neighbor 10.180.0.12 peer-group clients'), true)
})

t.test('a group goes with all its lines by one command', async (t) => {
  t.same(delta(renderFrr(reflector), model), [
    'router bgp 65000 / no neighbor 10.180.0.12 peer-group clients',
    'router bgp 65000 / neighbor 10.180.0.12 peer-group fabric',
    'router bgp 65000 / no neighbor clients peer-group',
    'router bgp 65000 / no bgp cluster-id 10.180.0.11',
  ])
})

t.test('another AS number replaces the whole instance, the old one first', async (t) => {
  const commands = delta(renderFrr(model), { ...model, asn: 65001 })
  t.equal(commands[0], 'no router bgp 65000')
  t.equal(commands[1], 'router bgp 65001')
})

t.test('what is not ours stays', async (t) => {
  const others = 'route-map OTHER permit 10\nexit\nip prefix-list p seq 5 permit any\nline vty\n'
  t.same(delta(others + renderFrr(model), model), [])
})

t.test('BFD defaults that FRR hides are not missing; other values are put right', async (t) => {
  const bfdd = (running: string) =>
    frrDelta('bfdd', renderFrr({ ...model, neighbours: [] }), running).commands.map(
      ({ text }) => text,
    )
  t.same(bfdd('bfd\n profile edge\n exit\n!\nexit\n'), [])
  t.same(bfdd('bfd\n profile edge\n  detect-multiplier 9\n exit\n!\nexit\n'), [
    'detect-multiplier 3',
  ])
  t.same(bfdd(''), ['bfd', 'profile edge'])
})

t.test('each neighbour has its BFD sessions, and loses them with one command each', async (t) => {
  const bfdd = (from: FrrModel, to: FrrModel) =>
    frrDelta('bfdd', renderFrr(to), renderFrr(from)).commands.map((line) =>
      keyOf(line).replaceAll('\n', ' / '),
    )
  const alone = { ...model, neighbours: [] }
  t.same(bfdd(alone, model), [
    'bfd / peer 10.180.0.12 multihop local-address 10.180.0.11',
    'bfd / peer 10.180.0.12 multihop local-address 10.180.0.11 / profile edge',
    'bfd / peer 10.180.0.12 local-address 10.180.0.11 interface scwpn',
    'bfd / peer 10.180.0.12 local-address 10.180.0.11 interface scwpn / profile edge',
  ])
  t.same(bfdd(model, alone), [
    'bfd / no peer 10.180.0.12 local-address 10.180.0.11 interface scwpn',
    'bfd / no peer 10.180.0.12 multihop local-address 10.180.0.11',
  ])
})

t.test('a line in words does not tell the password', async (t) => {
  t.equal(
    sentenceOfLine({ path: ['router bgp 1'], text: 'neighbor fabric password secret-word' }),
    'router bgp 1 / neighbor fabric password ******',
  )
})

t.test('a value that would be more than one word is refused', async (t) => {
  const spec = {
    hostname: 'em-1\nrouter bgp 1',
    bgp: { asn: 65000, role: 'mesh', clusterId: null, neighbours: [], password: null },
    underlay: { address: '10.180.0.11/22' },
  } as unknown as HostSpec
  t.throws(() => frrModel(spec, '02:00:5e:00:01:01'), { code: 'EDGE_FRR_VALUE_UNSAFE' })
})
