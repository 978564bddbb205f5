import t, { type Test } from 'tap'
import type { Facts } from '../../../agent/doctor/facts.ts'
import type { Verdict } from '../../../agent/doctor/hop.ts'
import type { Target } from '../../../agent/doctor/target.ts'
import { walks } from '../../../agent/doctor/walks.ts'
import type { Link, Stack, TableShape } from '../../../agent/host/index.ts'
import { elastic, facts, hostWith, insideWith, open, port, red, routed, spec } from './well.ts'

const vm: Target = { kind: 'ports', ports: [port] }
const ip: Target = { kind: 'elastic', elastic }
const network: Target = { kind: 'network', network: red }
const far: Target = { kind: 'elsewhere', network: red, address: '172.30.0.12' }
const remote = { mac: '02:00:00:00:00:22', vtep: '10.180.0.12' }

const seenOf = (target: Target, known: Facts) =>
  walks(target, known, target.kind === 'elsewhere' ? remote : null).flatMap(({ seen }) => seen)

/** The first hop that is not well is this one, and says so. */
function first(t: Test, target: Target, known: Facts, hop: string, says: RegExp): void {
  const seen = seenOf(target, known).find(({ verdict }) => verdict === 'broken')
  t.equal(seen?.hop, hop, `${hop}: ${says}`)
  t.match(seen?.says, says)
  t.ok(seen?.fix, 'and what to do')
}

function verdict(t: Test, target: Target, known: Facts, hop: string, is: Verdict, says: RegExp) {
  const seen = seenOf(target, known).find((found) => found.hop === hop)
  t.equal(seen?.verdict, is)
  t.match(seen?.says, says)
}

const link =
  (name: string, change: Partial<Link>) =>
  ({ links }: Stack) => ({
    links: links.map((found) => (found.name === name ? { ...found, ...change } : found)),
  })
const withoutLink = (name: string) => (stack: Stack) => ({
  links: stack.links.filter((found) => found.name !== name),
})
const emptied =
  (family: string, set: string) =>
  ({ tables }: Stack) => ({
    tables: tables.map((table) =>
      table.family === family ? { ...table, elements: { ...table.elements, [set]: [] } } : table,
    ),
  })
const withoutTable = (family: string) => (stack: Stack) => ({
  tables: stack.tables.filter((table) => table.family !== family),
})
/** A rule that nothing can be said of, in every chain. */
const withRule = (table: TableShape): TableShape => ({
  ...table,
  chains: Object.fromEntries(
    Object.entries(table.chains).map(([name, chain]) => [
      name,
      { ...chain, rules: [...chain.rules, ''] },
    ]),
  ),
})
const setting = (key: string, value: string) => (stack: Stack) => ({
  sysctls: { ...stack.sysctls, [key]: value },
})

t.test('on a well host every hop is well, but for what the cloud alone knows', async (t) => {
  for (const target of [vm, ip, network]) {
    const seen = seenOf(target, facts())
    t.same(
      seen.filter((found) => found.verdict !== 'ok').map(({ hop }) => hop),
      target === ip ? ['cloud'] : [],
    )
    t.ok(seen.every(({ fix, verdict: is }) => is !== 'ok' || fix === null))
  }
  t.same(
    seenOf(vm, facts()).map(({ hop }) => hop),
    [
      ...['spec', 'tap', 'mac', 'guard', 'bridge', 'deaf', 'br_netfilter', 'filter', 'router'],
      ...['gateway', 'inside', 'link', 'applied', 'neighbour', 'underlay', 'egress', 'forwarding'],
      ...['host rules', 'foreign rules', 'public gateway', 'conntrack', 'vxlan', 'path MTU', 'FRR'],
      ...['FRR config', 'VTEP', 'BGP', 'BFD', 'VNI', 'type-3', 'flood list', 'anycast', 'type-2'],
    ],
  )
  t.same(
    seenOf(ip, facts()).map(({ hop }) => hop),
    [
      ...['spec', 'mapping', 'armed', 'cloud', 'public NIC', 'ARP', 'door', 'link', 'route'],
      ...['forwarding', 'foreign rules', 'conntrack', 'router', 'gateway', 'inside', 'applied'],
      ...['NAT', 'proxy', 'neighbour', 'bridge', 'deaf', 'br_netfilter', 'filter', 'tap', 'mac'],
      'guard',
    ],
  )
})

t.test('the tap', async (t) => {
  const broken = (known: Facts, says: RegExp) => first(t, vm, known, 'tap', says)
  broken(hostWith(withoutLink(port.port)), /one-1-0 is not there/)
  broken(hostWith(link(port.port, { master: 'virbr0' })), /is on virbr0, not on onebr5/)
  broken(hostWith(link(port.port, { master: null })), /is on no bridge/)
  broken(hostWith(link(port.port, { up: false })), /is down/)
  broken(hostWith(link(port.port, { mtu: 1400 })), /has MTU 1400, less than 1450/)
  broken(facts({ carriers: new Set(['scwpn']) }), /no carrier/)
  const flags = { learning: true, neighSuppress: false, isolated: false }
  const exposed = hostWith(link(open.port, { port: flags }))
  first(t, { kind: 'ports', ports: [open] }, exposed, 'tap', /isolated on/)
})

t.test('the MAC of a VM is where the VM is', async (t) => {
  const mac = { mac: port.mac, bridge: 'onebr5', destination: null }
  const stolen = [{ ...mac, device: 'one-9-0' }]
  first(t, vm, facts({ macs: stolen }), 'mac', /believed to be on one-9-0, not on one-1-0/)
  const moved = [
    { ...mac, device: 'scwpn.105' },
    { ...mac, device: 'scwpn.105', bridge: null, destination: '10.180.0.13' },
  ]
  first(t, vm, facts({ macs: moved }), 'mac', /believed to be on host 10\.180\.0\.13/)
  verdict(t, vm, facts({ macs: [] }), 'mac', 'unknown', /was not heard/)
  verdict(
    t,
    vm,
    facts({ macs: [{ ...mac, device: 'one-9-0', bridge: 'onebr6' }] }),
    'mac',
    'unknown',
    /./,
  )
})

t.test('guard, bridge and what hears on it', async (t) => {
  first(t, vm, hostWith(withoutTable('bridge')), 'guard', /bridge fx is not loaded/)
  first(t, vm, hostWith(emptied('bridge', 'macs')), 'guard', /macs of .* lacks one-1-0 \. 02:/)
  first(t, vm, hostWith(emptied('bridge', 'senders')), 'guard', /lacks one-1-0 \. 172\.30\.0\.11/)
  first(t, vm, hostWith(link('onebr5', { up: false })), 'bridge', /onebr5 is down/)
  first(t, vm, hostWith(link('onebr5', { mtu: 1400 })), 'bridge', /MTU 1400, not 1450/)
  first(t, vm, hostWith(withoutTable('netdev')), 'deaf', /netdev fx is not loaded/)
  const heard = hostWith(({ tables }) => ({
    tables: tables.map((table) => (table.family === 'netdev' ? withRule(table) : table)),
  }))
  first(t, vm, heard, 'deaf', /chain \S+ of nft table netdev fx has .* and \d in all/)
  const strange = hostWith(({ tables }) => ({
    tables: tables.map((table) => ({
      ...table,
      chains: { ...table.chains, hand: { hook: 'forward', rules: [] } },
    })),
  }))
  first(t, ip, strange, 'door', /nft table ip fx has chain hand, which nobody wants/)
  const off = setting('net/bridge/bridge-nf-call-iptables', '0')
  first(t, vm, hostWith(off), 'br_netfilter', /is 0, not 1/)
  const left = { table: 'main', type: 'unicast', destination: '100.64.0.5', via: null } as const
  const stock = { ...left, device: 'onebr4', source: null, metric: 0, protocol: 'boot' }
  const leftover = hostWith(({ routes }) => ({ routes: [...routes, stock] }))
  first(t, ip, leftover, 'bridge', /stray route to 100\.64\.0\.5 on onebr4/)
  verdict(t, vm, leftover, 'bridge', 'ok', /./)
})

t.test('the router of a network', async (t) => {
  const observed = facts().observed
  const gone = { ...observed, namespaces: observed.namespaces.filter((name) => name !== 'fx5') }
  first(t, vm, facts({}, gone), 'router', /namespace fx5 is not there/)
  first(t, vm, facts({}, { ...observed, broken: ['fx5'] }), 'router', /a name without/)
  first(t, vm, hostWith(link('fxr5', { master: null })), 'router', /fxr5 is on no bridge/)
  const { fx5: _, fx4: __, ...others } = observed.inside
  const unread = facts({}, { ...observed, inside: others })
  for (const hop of ['router', 'gateway', 'inside', 'neighbour'])
    verdict(t, vm, unread, hop, 'unknown', /could not be read/)
  for (const hop of ['NAT', 'proxy']) verdict(t, ip, unread, hop, 'unknown', /could not be read/)
  for (const target of [vm, ip])
    t.notOk(seenOf(target, unread).some((found) => found.verdict === 'broken'))

  const r0 = insideWith('fx5', link('r0', { mac: '02:00:00:00:00:99' }))
  first(t, vm, r0, 'gateway', /MAC in fx5 is 02:00:00:00:00:99/)
  const bare = insideWith('fx5', ({ addresses }) => ({
    addresses: addresses.filter(({ device }) => device !== 'r0'),
  }))
  first(t, vm, bare, 'gateway', /r0 in fx5 lacks address 172\.30\.0\.1\/24/)
  const loose = hostWith(({ fdb }) => ({ fdb: fdb.filter(({ device }) => device !== 'fxr5') }))
  first(t, vm, loose, 'gateway', /not pinned to fxr5/)

  first(
    t,
    vm,
    insideWith('fx5', () => ({ routes: [] })),
    'inside',
    /there is no route default/,
  )
  first(t, vm, insideWith('fx5', setting('net/ipv4/ip_forward', '0')), 'inside', /is 0 in fx5/)
  first(
    t,
    vm,
    insideWith('fx5', () => ({ tables: [] })),
    'inside',
    /ip fx in fx5 is not loaded/,
  )
  first(t, vm, hostWith(link('fxl5', { up: false })), 'link', /fxl5 is down/)
  first(t, vm, hostWith(link('fxr5', { alias: '' })), 'applied', /fx5 is not marked/)
  first(
    t,
    vm,
    insideWith('fx5', () => ({ neighbours: [] })),
    'neighbour',
    /172\.30\.0\.11/,
  )
  first(
    t,
    vm,
    hostWith(() => ({ neighbours: [] })),
    'neighbour',
    /172\.30\.0\.11 .*onebr5/,
  )
})

t.test('the way out of a private network', async (t) => {
  first(
    t,
    vm,
    hostWith(() => ({ rules: [] })),
    'egress',
    /comes from fxl5/,
  )
  const leaking = hostWith(({ routes }) => ({
    routes: routes.filter(({ type }) => type !== 'unreachable'),
  }))
  first(t, vm, leaking, 'egress', /to nowhere in table 100005/)
  first(t, vm, hostWith(setting('net/ipv4/ip_forward', '0')), 'forwarding', /ip_forward is 0/)
  first(t, vm, hostWith(emptied('ip', 'by_gateway')), 'host rules', /lacks fxl5/)
  const silentGateway = facts({ paths: [{ peer: '10.180.0.1', bytes: 1500, passes: 'nothing' }] })
  verdict(t, vm, silentGateway, 'public gateway', 'unknown', /does not answer pings/)

  const other = (change: Partial<typeof red>) => {
    const changed = { ...red, ...change }
    return { changed, spec: { ...spec, networks: [changed] } }
  }
  const closed = other({ egress: 'none' })
  const target: Target = { kind: 'network', network: closed.changed }
  verdict(t, target, facts({ spec: closed.spec }), 'egress', 'ok', /no way out/)
  t.notOk(seenOf(target, facts({ spec: closed.spec })).some(({ hop }) => hop === 'host rules'))
  const flat = { kind: 'network', network: other({ gateway: null }).changed } as const
  const hops = seenOf(flat, facts({ spec: other({ gateway: null }).spec })).map(({ hop }) => hop)
  t.notOk(hops.includes('router') || hops.includes('egress'), 'nothing routes where no gateway is')
})

t.test('the connection table', async (t) => {
  const full = setting('net/netfilter/nf_conntrack_count', '990')
  first(t, vm, hostWith(full), 'conntrack', /of the host is full: 990 of 1000/)
  first(t, ip, insideWith('fx4', full), 'conntrack', /of fx4 is full/)
})

t.test('the underlay and the tunnel', async (t) => {
  first(t, vm, hostWith(link('scwpn', { up: false })), 'underlay', /scwpn is down/)
  first(t, vm, hostWith(link('scwpn', { mtu: 1400 })), 'underlay', /MTU 1400, not 1500/)
  const bare = hostWith(({ addresses }) => ({
    addresses: addresses.filter(({ device }) => device !== 'scwpn'),
  }))
  first(t, vm, bare, 'underlay', /lacks address 10\.180\.0\.11\/22/)
  const { host } = facts().observed
  const gone = { ...facts().observed, host: { ...host, ...withoutLink('scwpn')(host) } }
  const why = "The underlay's device eth1 is not there"
  const tenant = 'Network "x" (id 9) is left out: scwpn.105 is in use by another network'
  first(t, vm, facts({ faults: [tenant, why] }, gone), 'underlay', /^The underlay's device eth1/)
  first(t, vm, facts({ faults: [tenant] }, gone), 'underlay', /^scwpn is not there/)
  const known = facts()
  const dark = new Set([...known.carriers].filter((name) => name !== 'scwpn'))
  first(t, vm, facts({ carriers: dark }), 'underlay', /no carrier/)
  first(t, vm, hostWith(link('scwpn.105', { master: null })), 'vxlan', /is on no bridge/)
  const old = { id: 105, port: 8472, local: '10.180.0.11', learning: false }
  first(t, vm, hostWith(link('scwpn.105', { vxlan: old })), 'vxlan', /UDP port 8472/)
  const learning = { ...old, port: 4789, learning: true }
  first(t, vm, hostWith(link('scwpn.105', { vxlan: learning })), 'vxlan', /without learning/)
  first(t, vm, hostWith(emptied('ip', 'vteps')), 'vxlan', /vteps of .* lacks 10\.180\.0\.12/)
  const paths = (passes: 'small' | 'nothing') =>
    known.paths.map((path) => (path.peer === '10.180.0.12' ? { ...path, passes } : path))
  first(t, vm, facts({ paths: paths('small') }), 'path MTU', /10\.180\.0\.12 answers small/)
  first(t, vm, facts({ paths: paths('nothing') }), 'path MTU', /10\.180\.0\.12 does not answer/)
})

t.test('what FRR says of itself and its neighbours', async (t) => {
  const silent = { silent: { bgpd: 'x' }, sessions: null, floods: null, macs: null }
  first(t, vm, routed(silent), 'FRR', /bgpd does not answer/)
  verdict(t, vm, routed(silent), 'BGP', 'unknown', /bgpd does not answer/)
  first(t, vm, routed({ changes: ['Tell bgpd: x'] }), 'FRR config', /the agent would: Tell bgpd/)
  first(t, vm, routed({ addresses: [] }), 'VTEP', /does not know 10\.180\.0\.11\/22/)
  const session = { neighbour: '10.180.0.12', state: 'Active', reason: 'Hold Timer Expired' }
  const sessions = [session, { neighbour: '10.180.0.13', state: 'Established', reason: null }]
  first(t, vm, routed({ sessions }), 'BGP', /10\.180\.0\.12 is Active \(last: Hold Timer Expired\)/)
  first(t, vm, routed({ sessions: [] }), 'BGP', /10\.180\.0\.12 is not configured/)
  const shut = [{ ...session, state: 'Idle (Admin)' }, ...sessions.slice(1)]
  t.match(
    seenOf(vm, routed({ sessions: shut })).find(({ hop }) => hop === 'BGP'),
    { fix: /shut it down by hand/ },
  )
  const bfd = [
    { peer: '10.180.0.12', status: 'down', diagnostic: 'control detection time expired' },
  ]
  first(t, vm, routed({ bfd }), 'BFD', /10\.180\.0\.12 is down \(control.*10\.180\.0\.13 is absent/)
  const up = ['10.180.0.12', '10.180.0.13'].map((peer) => ({
    peer,
    status: 'up',
    diagnostic: 'ok',
  }))
  first(t, vm, routed({ bfd: [...up, ...bfd] }), 'BFD', /10\.180\.0\.12 is down/)
})

t.test('what FRR knows of the network', async (t) => {
  first(t, vm, routed({ vnis: [] }), 'VNI', /does not know VNI 105/)
  first(t, vm, routed({ vnis: [{ vni: 105, device: 'vx5' }] }), 'VNI', /on vx5, not on scwpn\.105/)
  const floods = facts().routing.floods ?? []
  const from = (vtep: string) => floods.filter((flood) => flood.vtep !== vtep)
  first(t, vm, routed({ floods: from('10.180.0.12') }), 'type-3', /VNI 105 from 10\.180\.0\.12$/)
  first(t, vm, routed({ floods: from('10.180.0.11') }), 'type-3', /does not announce VNI 105/)
  const lone = hostWith(({ fdb }) => ({
    fdb: fdb.filter(({ destination }) => destination !== '10.180.0.13'),
  }))
  first(t, vm, lone, 'flood list', /scwpn\.105 does not flood to 10\.180\.0\.13/)
  const gateway = { vni: 105, mac: '02:00:5e:00:01:01', address: null, vtep: '10.180.0.13' }
  const macs = facts().routing.macs ?? []
  first(t, vm, routed({ macs: [...macs, { ...gateway, own: false }] }), 'anycast', /10\.180\.0\.13/)
  verdict(t, vm, routed({ macs: [...macs, { ...gateway, own: true }] }), 'anycast', 'ok', /./)
})

t.test('a VM here is announced, by this host alone', async (t) => {
  const macs = facts().routing.macs ?? []
  first(t, vm, routed({ macs: [] }), 'type-2', /does not announce 02:.*, 172\.30\.0\.11/)
  first(t, vm, routed({ macs: macs.slice(0, 1) }), 'type-2', /does not announce 172\.30\.0\.11$/)
  const twin = { ...macs[0], vni: 105, mac: port.mac, address: null, vtep: '10.180.0.13' }
  first(
    t,
    vm,
    routed({ macs: [...macs, { ...twin, own: false }] }),
    'type-2',
    /10\.180\.0\.13 anno/,
  )
  const silent = { ...routed({ macs: [] }), macs: [] }
  verdict(t, vm, silent, 'type-2', 'unknown', /while it was not heard/)
})

t.test('a VM there is known by its route, and its frames are sent that way', async (t) => {
  const { mac, vtep } = remote
  const route = { vni: 105, mac, vtep, own: false }
  const routes = [null, '172.30.0.12'].map((address) => ({ ...route, address }))
  const entries = [
    { mac, device: 'scwpn.105', bridge: 'onebr5', destination: null },
    { mac, device: 'scwpn.105', bridge: null, destination: vtep },
  ]
  const known = (macs: Facts['macs'], from = routes) => ({ ...routed({ macs: from }), macs })
  t.notOk(seenOf(far, known(entries)).some((seen) => seen.verdict !== 'ok'))
  first(t, far, known(entries, []), 'type-2', /no host announces 172\.30\.0\.12/)
  first(t, far, known(entries, routes.slice(0, 1)), 'type-2', /without 172\.30\.0\.12/)
  first(t, far, known([]), 'FDB', /has no FDB entry to 10\.180\.0\.12/)
  const astray = entries.map((entry) =>
    entry.destination === null ? entry : { ...entry, destination: '10.180.0.13' },
  )
  first(t, far, known(astray), 'FDB', /to 10\.180\.0\.13, not to 10\.180\.0\.12/)
  const forged = [{ mac, device: 'one-9-0', bridge: 'onebr5', destination: null }]
  first(t, far, known(forged), 'FDB', /believes .* to be on one-9-0/)
})

t.test('an elastic address', async (t) => {
  const homeless = { ...spec, publicNetworks: [], elastics: [elastic] }
  first(t, ip, facts({ spec: homeless }), 'mapping', /public network 4 is not on this host/)
  const wrong = { ...elastic, external: '10.180.0.200' }
  const refused = facts({ spec: { ...spec, elastics: [wrong] } })
  first(t, { kind: 'elastic', elastic: wrong }, refused, 'mapping', /inside the underlay/)
  first(t, ip, facts({ spec: { ...spec, ports: [port] } }), 'mapping', /no port of this host/)

  const twin = { ...open, port: 'one-9-0', vm: 9, addresses: ['100.64.0.9'] }
  const twins = facts({ spec: { ...spec, ports: [port, twin, open] } })
  first(t, ip, twins, 'spec', /Port one-2-0 of VM 2 is left out: .*MAC/)
  const taken = { ...spec, publicNetworks: [{ id: 4, name: 'public', bridge: 'eth0', mtu: 1450 }] }
  first(t, ip, facts({ spec: taken }), 'spec', /Public network "public" \(id 4\) is left out/)

  const unplugged = hostWith(link(open.port, { master: null }))
  first(t, ip, unplugged, 'armed', /one-2-0 is on no bridge, not on onebr4/)
  for (const hop of ['ARP', 'door', 'route', 'NAT', 'proxy'])
    verdict(t, ip, unplugged, hop, 'unknown', /not armed/)

  const noWay = hostWith(({ routes }) => ({
    routes: routes.filter(
      ({ destination, table }) => destination !== 'default' || table !== 'main',
    ),
  }))
  first(t, ip, noWay, 'public NIC', /no default route/)
  first(
    t,
    ip,
    hostWith(({ addresses }) => ({
      addresses: addresses.filter(({ device }) => device !== 'eth0'),
    })),
    'public NIC',
    /no device has .* 51\.15\.0\.11/,
  )
  const deaf = hostWith(({ neighbours }) => ({
    neighbours: neighbours.filter(({ mac }) => mac !== null),
  }))
  first(t, ip, deaf, 'ARP', /nobody answers ARP for 195\.154\.0\.2 on eth0/)
  first(t, ip, hostWith(emptied('ip', 'elastics')), 'door', /elastics of .* lacks 195\.154\.0\.2/)
  const lost = hostWith(({ routes }) => ({
    routes: routes.filter(({ destination }) => destination !== '195.154.0.2'),
  }))
  first(t, ip, lost, 'route', /195\.154\.0\.2/)
  for (const set of ['inward', 'outward', 'vms'])
    first(t, ip, insideWith('fx4', emptied('ip', set)), 'NAT', new RegExp(`${set} of .* lacks`))
  const mute = insideWith('fx4', ({ neighbours }) => ({
    neighbours: neighbours.filter(({ mac }) => mac !== null),
  }))
  first(t, ip, mute, 'proxy', /nobody answers ARP for 100\.64\.0\.4 on r0 in fx4/)
})

t.test('a network that is refused is broken before anything else, with the reason', async (t) => {
  const greedy = { ...red, gateway: '10.180.0.1/24' }
  const known = facts({ spec: { ...spec, networks: [greedy] } })
  const target: Target = { kind: 'network', network: greedy }
  first(t, target, known, 'spec', /left out: gateway 10\.180\.0\.1 lies inside the underlay/)
  first(t, vm, known, 'spec', /left out/)
  const twice = { ...spec, ports: [port, { ...port, vm: 3 }] }
  first(t, vm, facts({ spec: twice }), 'spec', /port one-1-0 is in use/i)
})
