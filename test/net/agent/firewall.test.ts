import t from 'tap'
import { createNetwork } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { Firewall } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createCluster } from './cluster.ts'
import type { Machine } from './fabric.ts'

const cluster = await createCluster()
const { internet, underlay, fabric } = cluster
const [h1, h2] = cluster.hosts
const stranger = await fabric.machine('stranger')

/** Where h1 answers, and where callers call from. */
const [publicSide, privateSide, publicSide6] = ['51.15.0.11', '10.180.0.11', '2001:db8:1::11']
const [anybody, operator, frontend] = ['203.0.113.10', '203.0.113.66', '198.51.100.7']
const [ssh, web, console, exporter, migration] = [22, 8080, 5901, 9100, 49152]

const controllers: string[] = []
const network = createNetwork({
  exec: h1.exec,
  frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
  logger: silent,
  clock: createClock(),
  controllers: () => controllers,
})
const siblings = [
  { public: '51.15.0.12', underlay: '10.180.0.12' },
  { public: '51.15.0.13', underlay: '10.180.0.13' },
]

async function apply(firewall: Firewall): Promise<void> {
  h1.spec = { ...h1.spec, firewall }
  const { faults } = await network.reconcile(h1.spec)
  t.same(faults, [])
}

/** Listens on those ports over both families and gives back what it hears; dies with this process. */
const echo = `for (const port of [${[ssh, web, console, exporter, migration]}])
  require('net').createServer((s) => s.on('error', () => 0).pipe(s)).listen(port, '::')`
const background = new AbortController()
const running: Promise<unknown>[] = []
const keep = (on: Machine, program: string, onLine: (line: string) => void = () => undefined) =>
  running.push(
    on.exec.follow(
      ['setpriv', '--pdeathsig', 'KILL', 'node', '-e', program],
      onLine,
      background.signal,
    ),
  )

t.teardown(async () => {
  background.abort()
  await Promise.all(running)
  await fabric.close()
})

/** Which of the ports take a connection from this address. */
async function open(from: Machine, source: string, to: string): Promise<number[]> {
  const program = `
    const [, source, host, ...ports] = process.argv
    for (const port of ports) {
      const socket = require('net').connect({ host, port, localAddress: source })
      socket.setTimeout(2500, () => socket.destroy())
      socket.on('error', () => 0)
      socket.on('connect', () => { console.log(port); socket.destroy() })
    }`
  const ports = [ssh, web, console, exporter, migration]
  const { stdout } = await from.exec.run(['node', '-e', program, source, to, ...ports.map(String)])
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map(Number)
    .toSorted((a, b) => a - b)
}

t.before(async () => {
  await fabric.cable(underlay, 'stranger', stranger, 'eth0')
  await underlay.sh('ip link set stranger master lan')
  await internet.sh(`ip addr add ${operator}/32 dev lo; ip addr add ${frontend}/32 dev lo
    ip addr add 2001:db8:1::1/64 dev isp nodad; ip addr add 2001:db8:1::66/64 dev isp nodad`)
  await h1.sh(`ip addr add ${publicSide6}/64 dev eth0 nodad`)
  keep(h1, echo)
  for (let left = 100; left > 0; left--)
    if ((await open(internet, anybody, publicSide)).length === 5) return
  throw new Error('h1 never listened')
})

t.test('a session from before the firewall goes on', async (t) => {
  const heard: string[] = []
  const talk = `
    const socket = require('net').connect({ host: '${publicSide}', port: ${ssh}, localAddress: '${anybody}' })
    socket.on('data', (text) => console.log(String(text)))
    socket.on('connect', () => console.log('in'))
    let count = 0
    setInterval(() => socket.write('word ' + count++), 200)`
  keep(internet, talk, (line) => heard.push(line))
  await until(() => heard.includes('in'))
  await apply({ management: [`${operator}/32`] })
  t.notOk((await open(internet, anybody, publicSide)).includes(ssh), 'a new one does not begin')
  const before = heard.length
  await until(() => heard.length > before + 3)
  t.pass('but the old one is answered')
})

t.test('without a management network everybody reaches SSH, and nothing else', async (t) => {
  await apply({ management: [] })
  t.same(await open(internet, anybody, publicSide), [ssh])
  t.same(await open(internet, '2001:db8:1::1', publicSide6), [ssh])
  await stranger.sh('ip addr add 10.180.0.77/22 dev eth0')
  t.same(await open(stranger, '10.180.0.77', privateSide), [ssh], 'on the private network as well')
  await h1.sh('nft flush chain ip fx host_in; nft flush chain ip6 fx host_in')
  t.equal((await open(internet, anybody, publicSide)).length, 5, 'as it is without the guard')
  t.equal((await open(internet, '2001:db8:1::1', publicSide6)).length, 5)
  await apply({ management: [] })
  t.same(await open(internet, anybody, publicSide), [ssh])
})

t.test('management networks reach everything, others not even SSH', async (t) => {
  await apply({ management: [`${operator}/32`, '2001:db8:1::66/128'] })
  t.same(await open(internet, operator, publicSide), [ssh, console, web, exporter, migration])
  t.same(await open(internet, '2001:db8:1::66', publicSide6), [
    ...[ssh, console, web, exporter, migration],
  ])
  t.same(await open(internet, anybody, publicSide), [])
  t.same(await open(internet, '2001:db8:1::1', publicSide6), [])
  t.same(await open(stranger, '10.180.0.77', privateSide), [])
})

t.test('the controller reaches SSH and consoles though the list forgets it', async (t) => {
  t.same(await open(internet, frontend, publicSide), [])
  controllers.push('2001:db8:1::1', frontend)
  await apply({ management: [`${operator}/32`] })
  t.same(await open(internet, frontend, publicSide), [ssh, console, web, exporter])
  t.same(await open(internet, '2001:db8:1::1', publicSide6), [ssh, console, web, exporter])
  t.same(await open(internet, anybody, publicSide), [])
  controllers.length = 0
})

t.test('the other hosts migrate and copy, by the address of the side they come from', async (t) => {
  await apply({ management: [`${operator}/32`], siblings })
  t.same(await open(h2, '51.15.0.12', publicSide), [ssh, migration])
  await h2.sh(
    'ip link set eth1 name scwpn; ip link set scwpn up; ip addr add 10.180.0.12/22 dev scwpn',
  )
  t.same(await open(h2, '10.180.0.12', privateSide), [ssh, migration])
  await stranger.sh(
    'ip addr flush dev eth0; ip addr add 51.15.0.13/32 dev eth0; ip route add 10.180.0.0/22 dev eth0',
  )
  await h1.sh('ip route add 51.15.0.13/32 dev scwpn')
  t.same(await open(stranger, '51.15.0.13', privateSide), [], 'a forged one gets nothing')
  t.ok(await stranger.tries(`ping -c 1 -W 2 -I 51.15.0.13 ${privateSide}`), 'though it is heard')
  await h1.sh('ip route del 51.15.0.13/32 dev scwpn')
})

t.test('a port that is declared open is open to everybody', async (t) => {
  await apply({ management: [`${operator}/32`], open: [{ protocol: 'tcp', port: exporter }] })
  t.same(await open(internet, anybody, publicSide), [exporter])
  t.same(await open(internet, '2001:db8:1::1', publicSide6), [exporter])
})

t.test('what a host needs to be one gets through', async (t) => {
  t.ok(await internet.tries(`ping -c 1 -W 2 ${publicSide}`), 'echo')
  t.ok(await internet.tries(`ping -c 1 -W 2 ${publicSide6}`), 'IPv6, neighbour discovery first')
  t.ok(await h1.tries('ping -c 1 -W 2 203.0.113.10'), 'answers')
  // A router on the way with a smaller MTU says so.
  const far = await fabric.machine('far')
  await fabric.cable(internet, 'far', far, 'eth0')
  await internet.sh('ip link set far mtu 1300; ip addr add 192.0.2.1/24 dev far')
  await far.sh(
    'ip link set eth0 mtu 1300; ip addr add 192.0.2.2/24 dev eth0; ip route add default via 192.0.2.1',
  )
  t.match(
    await h1.sh('ping -M do -s 1400 -c 2 -i 0.2 -W 1 192.0.2.2 || true'),
    /mtu ?= ?1300/,
    'fragmentation needed',
  )
  const leases: string[] = []
  keep(
    h1,
    `require('dgram').createSocket('udp4').on('message', (m) => console.log(String(m))).bind(68)`,
    (line) => leases.push(line),
  )
  await until(async () => {
    await internet.sh(
      `node -e "const s = require('dgram').createSocket('udp4'); s.bind(67, '51.15.0.1', () => s.send('offer', 68, '${publicSide}', () => s.close()))"`,
    )
    return leases.includes('offer')
  })
  t.pass('and a DHCP server')
})

t.test("devices of others are none of the firewall's business", async (t) => {
  const container = await fabric.machine('container')
  await fabric.cable(h1, 'docker0', container, 'eth0')
  await h1.sh('ip addr add 172.17.0.1/16 dev docker0')
  await container.sh('ip addr add 172.17.0.2/16 dev eth0')
  t.equal((await open(container, '172.17.0.2', '172.17.0.1')).length, 5)
})

t.test('the public side stays closed while the default route is away', async (t) => {
  await apply({ management: [] })
  await h1.sh('ip route del default; ip route add 203.0.113.0/24 via 51.15.0.1')
  await apply({ management: [] })
  t.same(await open(internet, anybody, publicSide), [ssh])
  await h1.sh('ip route del 203.0.113.0/24; ip route add default via 51.15.0.1')
  await apply({ management: [] })
  t.same(await network.plan(h1.spec), [], 'and nothing is left to do')
})

async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 150; left > 0; left--) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('it never became true')
}
