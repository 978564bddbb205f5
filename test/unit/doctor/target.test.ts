import t from 'tap'
import { type Question, targetOf } from '../../../agent/doctor/target.ts'
import { elastic, open, port, red, spec } from './well.ts'

const none = () => false
const find = (
  kind: Question['kind'],
  name: string,
  announced = none,
  network: string | null = null,
) => targetOf({ kind, name, network }, spec, announced)

t.test('a VM is found by its id or one of its ports', async (t) => {
  t.same(find('vm', '1'), { kind: 'ports', ports: [port] })
  t.same(find('vm', 'one-2-0'), { kind: 'ports', ports: [open] })
})

t.test('a network is found by name or id', async (t) => {
  t.match(find('network', 'red'), { kind: 'network', network: { id: 5 } })
  t.match(find('network', '4'), { kind: 'network', network: { name: 'public' } })
  const twins = { ...spec, networks: [red, { ...red, id: 8 }] }
  t.throws(() => targetOf({ kind: 'network', name: 'red', network: null }, twins, none), {
    code: 'EDGE_DOCTOR_AMBIGUOUS',
    message: /network "red" \(id 5\), network "red" \(id 8\)/,
  })
})

t.test('an elastic address is found by each of its three addresses', async (t) => {
  for (const name of [elastic.external, elastic.address, elastic.gateway])
    t.same(find('ip', name), { kind: 'elastic', elastic })
})

t.test('hosts, the public gateway and links of routers are known by address', async (t) => {
  t.same(find('ip', '10.180.0.13'), { kind: 'peers', peers: ['10.180.0.13'] })
  t.same(find('ip', '10.180.0.1'), { kind: 'peers', peers: ['10.180.0.1'] })
  t.same(find('ip', '10.180.0.11'), { kind: 'self', address: '10.180.0.11' })
  t.same(find('ip', '51.15.0.11'), { kind: 'self', address: '51.15.0.11' })
  t.match(find('ip', '100.96.0.11'), { kind: 'network', network: { id: 5 } })
})

t.test('two networks with one prefix are told apart by where the address is', async (t) => {
  t.same(find('ip', '172.30.0.11'), { kind: 'ports', ports: [port] })
  t.throws(() => find('ip', '172.30.0.12'), { code: 'EDGE_DOCTOR_AMBIGUOUS', message: /red.*blue/ })
  const inBlue = ({ id }: { readonly id: number }) => id === 6
  const blue = (name: string) => targetOf({ kind: 'ip', name, network: null }, spec, inBlue)
  t.match(blue('172.30.0.12'), { kind: 'elsewhere', network: { id: 6 } })
  t.throws(() => blue('172.30.0.11'), { code: 'EDGE_DOCTOR_AMBIGUOUS' }, 'it is in both')
  t.match(find('ip', '172.30.0.12', none, 'red'), { kind: 'elsewhere', network: { id: 5 } })
  t.match(find('ip', '172.30.0.1', none, '6'), { kind: 'network', network: { id: 6 } })
})

t.test('a name of nothing here is answered with what is here, a few of it', async (t) => {
  const many = { ...spec, ports: Array.from({ length: 40 }, (_, vm) => ({ ...port, vm })) }
  t.throws(() => targetOf({ kind: 'vm', name: '77', network: null }, many, none), {
    code: 'EDGE_DOCTOR_UNKNOWN',
    message: 'VM 77 has no port on this host; known here: 0, 1, 2, 3 and 36 more.',
  })
  t.throws(() => find('network', 'green'), { message: /red \(5\), blue \(6\), public \(4\)/ })
  t.throws(() => find('ip', '8.8.8.8'), { message: /195\.154\.0\.2/ })
  for (const name of ['nonsense', '172.30.0.1/24', '0172.30.0.1', '$(reboot)', ''])
    t.throws(() => find('ip', name), { code: 'EDGE_DOCTOR_UNKNOWN' })
  t.throws(() => find('ip', '8.8.8.8', none, 'green'), { message: /green/ })
})
