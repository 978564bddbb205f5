import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { askStatus } from '../../../agent/status.ts'
import { createHub } from '../../../controller/hub/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createCluster } from './cluster.ts'

const cluster = await createCluster()
const { internet } = cluster
const [h1] = cluster.hosts
const home = await mkdtemp(join(tmpdir(), 'agent-'))
const [socket, statusSocket] = [join(home, 'hub.sock'), join(home, 'status.sock')]
const agents: ChildProcess[] = []

t.teardown(async () => {
  for (const agent of agents) agent.kill('SIGKILL')
  await h1.tries(`umount ${join(home, 'full')}`)
  await cluster.fabric.close()
  await rm(home, { recursive: true, force: true })
})

const nic = {
  ...{ port: 'one-5-0', vm: 5, nic: 0, network: 4, mac: '02:00:64:40:00:15' },
  ...{
    addresses: ['100.64.0.3'],
    bridge: 'onebr4',
    address: '100.64.0.3/31',
    gateway: '100.64.0.2',
  },
}
const { bridge: _bridge, address: _address, gateway: _gateway, ...port } = nic
const external = '195.154.0.1'
/** A host with a VM that has an elastic address, answered for by ARP. */
const spec: HostSpec = {
  ...h1.spec,
  public: { ...h1.spec.public, neighbour: 'proxy' },
  ports: [port],
  elastics: [
    { external, address: '100.64.0.3', gateway: '100.64.0.2', network: 4, port: nic.port },
  ],
}

/** FRR is not on this host, as it were: the agent says so and goes on. */
async function configure(state: string): Promise<string> {
  const file = join(home, `${state}.json`)
  const frr = { runDirectory: join(home, 'frr'), configFile: join(home, 'frr', 'frr.conf') }
  await mkdir(frr.runDirectory, { recursive: true })
  const paths = { socket, statusSocket, state: join(home, state), tokenFile: join(home, 'token') }
  await writeFile(file, JSON.stringify({ server: spec.server, ...paths, frr, logLevel: 'error' }))
  return file
}

const jumpingClock = join(import.meta.dirname, 'jumping-clock.ts')
const entry = join(import.meta.dirname, '../../../agent/main.ts')
const argvOf = (...words: string[]) => [
  ...['-t', String(h1.pid), '-n', '-m', '--', 'setpriv', '--pdeathsig', 'KILL'],
  ...[process.execPath, '--import', jumpingClock, entry, ...words],
]

/** The real agent as a process on h1; resolves when it answers, its spec made true. */
async function start(config: string): Promise<ChildProcess> {
  await rm(statusSocket, { force: true })
  const agent = spawn('nsenter', argvOf('run', '--config', config), { stdio: 'ignore' })
  agents.push(agent)
  await until('the agent answers', () =>
    askStatus(statusSocket).then(
      () => true,
      () => false,
    ),
  )
  return agent
}

async function kill(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null) throw new Error(`the agent had ended by itself: ${agent.exitCode}`)
  const ended = once(agent, 'exit')
  agent.kill('SIGKILL')
  await ended
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  for (let left = 400; left > 0; left--) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`it never came to this: ${what}`)
}

const isAnswered = () => internet.tries(`arping -q -f -c 2 -w 2 -I isp ${external}`)
/** Whoever plans here does not know from where a controller came to the agent. */
const isMended = async () =>
  (await h1.network.plan(spec)).every(({ sentence }) => /^change controllers /.test(sentence))
let agent: ChildProcess
let config: string

t.test('after a reboot without controller nothing is announced that is not here', async (t) => {
  config = await configure('state')
  await mkdir(join(home, 'state'))
  await writeFile(join(home, 'state', 'last-good.json'), `${JSON.stringify(spec)}\n`)
  const heard = internet.sh(
    `timeout 200 tcpdump -lni isp -c 1 arp and src host ${external} 2>/dev/null || true`,
  )
  agent = await start(config)
  t.ok(
    await h1.tries('ip link show onebr4 && ip netns exec fx4 true'),
    'the last good spec is there',
  )
  t.notOk(await isAnswered())
  t.notMatch(await h1.sh('ip route; ip neigh show proxy; ip netns exec fx4 ip route'), external)
  await cluster.plug(h1, nic)
  await until('the address is answered', isAnswered)
  t.match(await heard, external, 'and announced, now that its VM is here')
  await until('all is as specified', isMended)
})

t.test('a second agent ends with a sentence, and disturbs nothing', async (t) => {
  const { exitCode, stderr } = await execa('nsenter', argvOf('run', '--config', config), {
    reject: false,
  })
  t.equal(exitCode, 2)
  t.match(stderr, /Another agent works in/)
  t.match(await askStatus(statusSocket), { generation: spec.generation }, 'the first one answers')
})

t.test('interfaces that go down and up, and routes with them, are made whole', async () => {
  for (const [what, damage] of [
    ['the underlay', 'ip link set scwpn down; ip link set scwpn up'],
    ['the underlay, and it stays down', 'ip link set scwpn down'],
    [
      'the public NIC',
      'ip link set eth0 down; sleep 1; ip link set eth0 up; ip route add default via 51.15.0.1',
    ],
    [
      'the default route, which a DHCP client renews',
      'ip route del default; sleep 1; ip route add default via 51.15.0.1 proto dhcp metric 100',
    ],
    ['every nft rule', 'nft flush ruleset'],
  ] as const) {
    await h1.sh(damage)
    await until(`${what} is mended`, isMended)
    await until(`${what}: the address is answered`, isAnswered)
  }
})

t.test('a jump of the clock by a year stops nobody', async () => {
  for (const way of ['ahead', 'back']) {
    agent.kill('SIGUSR2')
    await h1.sh('ip link delete scwpn.105')
    await until(`${way}: it is mended`, isMended)
  }
})

t.test('a full disk holds nothing up but the memory of it', async (t) => {
  await kill(agent)
  const state = join(home, 'full')
  await mkdir(state)
  await h1.sh(`mount -t tmpfs -o size=64k disk ${state}`)
  const fill = `cat /dev/zero > ${state}/filler 2>/dev/null || true`
  config = await configure('full')
  agent = await start(config)
  const hub = createHub({
    clock: createClock(),
    logger: silent,
    epoch: 1,
    knownKey: async () => null,
    storeKey: async () => undefined,
  })
  t.teardown(() => hub.close())
  const connect = async () => {
    await writeFile(join(home, 'token'), 'one-time-token')
    hub.admit(spec.server, 'one-time-token')
    const connection = createConnection(socket)
    connection.write('from 198.51.100.7\n')
    hub.attach(connection, spec.server)
    await hub.waitEnrolled(spec.server, { withinMs: 60_000 })
  }
  const generation = () =>
    askStatus(statusSocket).then(
      (status) => status.generation,
      () => null,
    )
  await connect()
  hub.setSpec(spec.server, { ...spec, generation: 2 })
  await until('generation 2 is kept', () =>
    h1.tries(`grep -q '"generation":2' ${state}/last-good.json`),
  )
  await h1.sh(fill)
  hub.setSpec(spec.server, { ...spec, generation: 3, networks: spec.networks.slice(1) })
  await until('generation 3 is in force', async () => (await generation()) === 3)
  await until('a network less', async () => !(await h1.tries('ip link show onebr5')))
  await kill(agent)
  agent = await start(config)
  t.equal(await generation(), 2, 'the disk remembers the one before')
  await connect()
  hub.setSpec(spec.server, { ...spec, generation: 4 })
  await until('the controller says what is new', async () => (await generation()) === 4)
  await until('all is as specified', isMended)
  t.match(await h1.sh('nft list set ip fx controllers'), '198.51.100.7')
})
