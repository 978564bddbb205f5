import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { greeting } from '../../../agent/hub/greeting.ts'
import { createAgentHub, listen } from '../../../agent/hub/index.ts'
import { openState } from '../../../agent/state/index.ts'
import { createHub, type HubOptions } from '../../../controller/hub/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostReport, HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { reportOf } from '../health/reports.ts'

const server = '6b3e5c1a-0000-4000-8000-000000000001'
const clock = createClock({ scale: 0.01, patience: 0.02 })

function spec(generation: number, epoch = 3): HostSpec {
  return {
    version: 1,
    epoch,
    generation,
    server,
    hostname: 'em-1',
    public: { address: '51.15.0.11', neighbour: 'none' },
    underlay: {
      medium: { kind: 'vlan', id: 2001 },
      address: '10.180.0.11/22',
      gateway: null,
      mtu: 1500,
    },
    bgp: { asn: 65000, role: 'mesh', clusterId: null, neighbours: [], password: null },
    networks: [],
    publicNetworks: [],
    elastics: [],
    ports: [],
    firewall: { management: [] },
    pools: { links: '100.96.0.0/11', elastic: '100.64.0.0/16' },
  }
}

const report = reportOf({ at: 1 })

/** An agent in a directory of its own, with what it was told; it applies everything at once. */
async function agentIn(
  directory: string,
  name = server,
  refusal: (spec: HostSpec) => string | null = () => null,
) {
  const told: HostSpec[] = []
  const called: string[] = []
  const state = await openState(
    { directory: join(directory, 'state'), tokenFile: join(directory, 'token') },
    silent,
  )
  const hub = createAgentHub({
    clock,
    logger: silent,
    server: name,
    agent: '0.1.0',
    state,
    report: async () => agent.says,
    refusal,
    onController: (address) => called.push(address),
    onSpec: (wanted) => {
      told.push(wanted)
      void state.keepGood(wanted).then(() =>
        hub.applied({
          epoch: wanted.epoch,
          generation: wanted.generation,
          ok: wanted.hostname !== 'broken',
          steps: 1,
          faults: wanted.hostname === 'broken' ? ['the bridge cannot be made'] : [],
        }),
      )
    },
  })
  const path = join(directory, 'run', 'hub.sock')
  const listener = await listen({ path, logger: silent, accept: hub.accept })
  const close = async () => {
    hub.close()
    await listener.close()
  }
  const connect = (peer: string | null = null) => {
    const connection = createConnection(path)
    connection.write(greeting(peer))
    return connection
  }
  const agent = { hub, state, told, called, path, close, connect, says: report }
  return agent
}

async function scene(
  t: Test,
  options: Partial<HubOptions> = {},
  refusal?: (spec: HostSpec) => string | null,
) {
  const directory = await mkdtemp(join(tmpdir(), 'hub-'))
  const keys = new Map<string, string>()
  const controller = createHub({
    clock,
    logger: silent,
    epoch: 3,
    knownKey: async (name) => keys.get(name) ?? null,
    storeKey: async (name, key) => void keys.set(name, key),
    ...options,
  })
  const agent = await agentIn(directory, server, refusal)
  t.teardown(async () => {
    await agent.close()
    await controller.close()
    await rm(directory, { recursive: true, force: true })
  })
  return { directory, keys, controller, agent }
}

async function withToken(directory: string, token: string): Promise<void> {
  await writeFile(join(directory, 'token'), `${token}\n`)
}

const soon = { withinMs: 100_000 }
const shortly = { withinMs: 10_000 }

async function eventually(look: () => boolean): Promise<void> {
  for (let left = 300; left > 0 && !look(); left--) await delay(10)
  if (!look()) throw new Error('waited 3 s in vain')
}

t.test('an agent enrols with its token, applies what it is told and reports', async (t) => {
  const { controller, agent, directory, keys } = await scene(t)
  const reports: string[] = []
  controller.onReport((name, { verdict }) => reports.push(`${name} ${verdict}`))
  await withToken(directory, 'one-time-token')
  controller.admit(server, 'one-time-token')
  controller.setSpec(server, spec(1))
  controller.attach(agent.connect(), server)
  await controller.waitEnrolled(server, soon)
  t.equal(keys.get(server), agent.state.key.publicKey)
  t.match(await controller.waitApplied(server, 3, 1, soon), { ok: true, generation: 1 })
  t.equal(await agent.state.token(), undefined, 'the token is gone from disk')
  await eventually(() => reports.length >= 2)
  t.equal(reports[0], `${server} healthy`)
  t.match(controller.session(server), { connected: true, agent: '0.1.0', report: { at: 1 } })

  controller.setSpec(server, spec(2))
  t.match(await controller.waitApplied(server, 3, 2, soon), { generation: 2 })
  controller.setSpec(server, spec(1))
  t.same(
    agent.told.map(({ generation }) => generation),
    [1, 2],
    'an older generation is not sent',
  )
})

t.test('an admitted key logs in again without a token, and learns the newest spec', async (t) => {
  const { controller, agent, keys } = await scene(t)
  keys.set(server, agent.state.key.publicKey)
  const first = agent.connect()
  controller.attach(first, server)
  await controller.waitEnrolled(server, soon)
  first.destroy()
  await eventually(() => controller.session(server)?.connected === false)
  await eventually(() => !agent.hub.connected())
  controller.setSpec(server, spec(5))
  controller.attach(agent.connect(), server)
  t.match(await controller.waitApplied(server, 3, 5, soon), { ok: true })
})

t.test('who cannot prove itself is refused', async (t) => {
  const { controller, agent, directory, keys } = await scene(t)
  const lines: string[] = []
  const rejected = async (what: string) => {
    controller.attach(agent.connect(), server)
    await t.rejects(controller.waitEnrolled(server, shortly), { code: 'EDGE_AGENT_ABSENT' }, what)
    lines.push(what)
  }
  await rejected('no token at all')
  await withToken(directory, 'wrong-token')
  controller.admit(server, 'right-token')
  await rejected('a wrong token')
  keys.set(server, Buffer.alloc(32).toString('base64'))
  await rejected('another key than the known one')
  await withToken(directory, 'right-token')
  controller.attach(agent.connect(), 'another-server')
  await t.rejects(
    controller.waitEnrolled('another-server', shortly),
    /did not log in/,
    'another server',
  )
  t.equal(keys.get(server), Buffer.alloc(32).toString('base64'))
  controller.attach(agent.connect(), server)
  await controller.waitEnrolled(server, soon)
  t.equal(keys.get(server), agent.state.key.publicKey, 'a new token replaces a lost key')
})

t.test('a token works for half an hour only', async (t) => {
  let laterMs = 0
  const moving = { ...clock, elapsed: () => performance.now() + laterMs }
  const { controller, agent, directory } = await scene(t, { clock: moving })
  await withToken(directory, 'one-time-token')
  controller.admit(server, 'one-time-token')
  laterMs = clock.patience(31 * 60_000)
  controller.attach(agent.connect(), server)
  await t.rejects(controller.waitEnrolled(server, shortly), { code: 'EDGE_AGENT_ABSENT' })
  controller.admit(server, 'one-time-token')
  controller.attach(agent.connect(), server)
  await t.resolves(controller.waitEnrolled(server, soon))
})

t.test('the newest of two sessions wins', async (t) => {
  const { controller, agent, keys } = await scene(t)
  keys.set(server, agent.state.key.publicKey)
  const first = agent.connect()
  controller.attach(first, server)
  await controller.waitEnrolled(server, soon)
  controller.attach(agent.connect(), server)
  await eventually(() => first.destroyed)
  t.match(controller.session(server), { connected: true })
  controller.setSpec(server, spec(1))
  await controller.waitApplied(server, 3, 1, soon)
})

t.test('faults of a host are told, and later success ends the wait', async (t) => {
  const { controller, agent, keys } = await scene(t)
  keys.set(server, agent.state.key.publicKey)
  controller.setSpec(server, { ...spec(1), hostname: 'broken' })
  controller.attach(agent.connect(), server)
  await controller.waitEnrolled(server, soon)
  await t.rejects(controller.waitApplied(server, 3, 1, shortly), {
    code: 'EDGE_SPEC_NOT_APPLIED',
    details: { answer: 'the bridge cannot be made' },
  })
  const waiting = controller.waitApplied(server, 3, 1, soon)
  agent.hub.applied({ epoch: 3, generation: 1, ok: true, steps: 1, faults: [] })
  t.match(await waiting, { ok: true })
})

t.test(
  'specs that are malformed, of an older epoch or of another server are refused',
  async (t) => {
    const { controller, agent, keys } = await scene(t)
    keys.set(server, agent.state.key.publicKey)
    controller.attach(agent.connect(), server)
    await controller.waitEnrolled(server, soon)
    const refusedFor = async (wrong: HostSpec, why: RegExp) => {
      controller.setSpec(server, wrong)
      await eventually(() => controller.session(server)?.applied?.generation === wrong.generation)
      t.match(controller.session(server)?.applied, { ok: false, faults: [why] })
    }
    controller.setSpec(server, spec(1, 7))
    await controller.waitApplied(server, 7, 1, soon)
    await refusedFor({ ...spec(8, 7), server: 'other' }, /not other/)
    await refusedFor({ ...spec(9, 7), hostname: 9 as unknown as string }, /\/hostname/)
    await refusedFor(
      { ...spec(10, 7), version: 2 as unknown as 1 },
      /version 2, .* update the agent/,
    )
    t.equal(agent.told.length, 1)
  },
)

t.test('an agent that reports in the words of another version stays connected', async (t) => {
  const warnings: string[] = []
  const logger = { ...silent, warn: (message: string) => void warnings.push(message) }
  const { controller, agent, keys } = await scene(t, { logger })
  keys.set(server, agent.state.key.publicKey)
  const { bfd: _, ...older } = report
  agent.says = older as HostReport
  controller.attach(agent.connect(), server)
  await controller.waitEnrolled(server, soon)
  await eventually(() => warnings.length > 0)
  // Longer than silence is borne, and dozens of reports.
  await delay(clock.patience(90_000))
  t.match(controller.session(server), { connected: true, report: null })
  t.match(warnings[0], /A frame was not understood: .*\/report.* bfd/)
  t.equal(warnings.length, 1, 'told once')
  agent.says = report
  await eventually(() => controller.session(server)?.report !== null)
})

t.test('a spec that was taken back is refused when it is pushed again', async (t) => {
  const refused = spec(2)
  const { controller, keys, agent } = await scene(t, {}, ({ generation }) =>
    generation === refused.generation ? 'Generation 2 cut this host off' : null,
  )
  keys.set(server, agent.state.key.publicKey)
  controller.setSpec(server, refused)
  controller.attach(agent.connect(), server)
  await controller.waitEnrolled(server, soon)
  await eventually(() => controller.session(server)?.applied?.ok === false)
  t.match(controller.session(server)?.applied, {
    generation: 2,
    faults: ['Generation 2 cut this host off'],
  })
  t.same(agent.told, [])
  controller.setSpec(server, spec(3))
  t.match(await controller.waitApplied(server, 3, 3, soon), { ok: true }, 'a newer one is tried')
})

t.test('the agent learns where its controller calls from, and that it is alive', async (t) => {
  const { controller, keys, agent } = await scene(t)
  t.equal(agent.hub.heardMs(), Number.NEGATIVE_INFINITY)
  controller.attach(agent.connect('198.51.100.7'), server)
  await t.rejects(controller.waitEnrolled(server, shortly), 'nobody it knows')
  t.same(agent.called, [], 'one that is not admitted is not believed')
  keys.set(server, agent.state.key.publicKey)
  controller.attach(agent.connect('198.51.100.8'), server)
  await controller.waitEnrolled(server, soon)
  await eventually(() => agent.called.length > 0)
  t.same(agent.called, ['198.51.100.8'])
  const before = clock.elapsed()
  agent.hub.applied({ epoch: 3, generation: 1, ok: true, steps: 1, faults: [] })
  await eventually(() => agent.hub.heardMs() > before)
  controller.attach(agent.connect(), server)
  await eventually(() => agent.hub.connected())
  t.same(agent.called, ['198.51.100.8'], 'a relay that does not know says so')
})

t.test('a connection that does not say who is calling is not taken', async (t) => {
  const { agent } = await scene(t)
  for (const first of ['HTTP/1.1 101 Switching\r\n', 'x'.repeat(500), 'from nowhere']) {
    const connection = createConnection(agent.path)
    connection.on('error', () => undefined)
    connection.end(first)
    await eventually(() => connection.destroyed)
  }
  t.notOk(agent.hub.connected())
})

t.test("a jump of the machine's clock ends no session and spoils no token", async (t) => {
  const { controller, agent, directory } = await scene(t)
  await withToken(directory, 'one-time-token')
  controller.admit(server, 'one-time-token')
  const real = Date.now
  t.teardown(() => {
    Date.now = real
  })
  const yearMs = 365 * 24 * 3_600_000
  Date.now = () => real() + yearMs
  controller.attach(agent.connect(), server)
  await controller.waitEnrolled(server, soon)
  for (const jumpMs of [-yearMs, yearMs]) {
    Date.now = () => real() + jumpMs
    const before = clock.elapsed()
    await eventually(() => agent.hub.heardMs() > before + clock.patience(30_000))
    t.match(controller.session(server), { connected: true })
    t.ok(agent.hub.connected())
  }
})

t.test('an agent that knows a newer epoch refuses the controller of an older one', async (t) => {
  const { controller, agent, keys, directory } = await scene(t)
  await agent.state.keepGood(spec(4, 7))
  await agent.close()
  const reborn = await agentIn(directory)
  t.teardown(() => reborn.close())
  keys.set(server, reborn.state.key.publicKey)
  controller.setSpec(server, spec(9, 3))
  controller.attach(reborn.connect(), server)
  await controller.waitEnrolled(server, soon)
  await eventually(() => controller.session(server)?.applied?.ok === false)
  t.match(controller.session(server)?.applied?.faults, [/Epoch 3 is over/])
  t.same(reborn.told, [])
})

/** A scripted agent: what it says is chosen by the test, its key is the one given. */
async function impostor(t: Test, onFrame: (socket: WebSocket, text: string) => void) {
  const directory = await mkdtemp(join(tmpdir(), 'hub-'))
  const path = join(directory, 'sock')
  const open = new Set<Socket>()
  const listener = createServer((connection) => {
    open.add(connection)
    const socket = new WebSocket('ws://controller/', { createConnection: () => connection })
    socket.on('error', () => {})
    socket.on('message', (data) => onFrame(socket, String(data)))
  })
  await new Promise<void>((resolve) => listener.listen(path, resolve))
  t.teardown(async () => {
    for (const connection of open) connection.destroy()
    listener.close()
    await rm(directory, { recursive: true, force: true })
  })
  return createConnection(path)
}

t.test('a malformed first frame ends the connection, a later one is skipped', async (t) => {
  const { controller, keys, agent } = await scene(t)
  const closed = await impostor(t, (socket) => socket.send('{"type":"hello"}'))
  controller.attach(closed, server)
  await eventually(() => closed.destroyed)
  t.notOk(controller.session(server)?.connected)

  const { key } = agent.state
  keys.set(server, key.publicKey)
  const rude = await impostor(t, (socket, text) => {
    const frame = JSON.parse(text)
    if (frame.type === 'welcome') {
      socket.send('not json')
      socket.send(JSON.stringify({ type: 'report', report: { at: 'yesterday' } }))
      socket.send(JSON.stringify({ type: 'report', report }))
    }
    if (frame.type !== 'challenge') return
    const signature = key.sign(`edgectl-agent-v1\n${frame.nonce}\n${server}`)
    const hello = { type: 'hello', protocol: 1, server, publicKey: key.publicKey, signature }
    socket.send(JSON.stringify({ ...hello, agent: 'x', last: null }))
  })
  controller.attach(rude, server)
  await eventually(() => controller.session(server)?.report?.at === 1)
  // It never answers a ping: after 30 s of silence the session counts as dead.
  await eventually(() => controller.session(server)?.connected === false)
  t.ok(rude.destroyed)
})

t.test('a signature over another nonce and a frame that is too long are refused', async (t) => {
  const { controller, keys, agent } = await scene(t)
  const { key } = agent.state
  keys.set(server, key.publicKey)
  const said: string[] = []
  const forger = await impostor(t, (socket, text) => {
    said.push(text)
    const signature = key.sign(`edgectl-agent-v1\nan old nonce\n${server}`)
    const hello = { type: 'hello', protocol: 1, server, publicKey: key.publicKey, signature }
    if (said.length === 1) socket.send(JSON.stringify({ ...hello, agent: 'x', last: null }))
  })
  controller.attach(forger, server)
  await eventually(() => forger.destroyed)
  t.match(said[1], /refused.*signature/)
  const long = await impostor(t, (socket) => socket.send('x'.repeat(2 * 1024 * 1024)))
  controller.attach(long, server)
  await eventually(() => long.destroyed)
})

t.test('the key and what is kept are readable by root alone', async (t) => {
  const { agent, directory } = await scene(t)
  await agent.state.keepGood(spec(1))
  for (const file of ['state/key.pem', 'state/last-good.json', 'run/hub.sock']) {
    t.equal((await stat(join(directory, file))).mode & 0o777, 0o600, file)
  }
})
