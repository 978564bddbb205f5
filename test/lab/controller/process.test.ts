// The controller as a process: how it starts, what it refuses, how it ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createOpenNebula } from '../../../controller/opennebula/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { createOpenNebulaStandIn, type Hypervisor } from '../opennebula/index.ts'
import { createSimulator, simulatedKey, simulatedProject } from '../scaleway/index.ts'

const main = new URL('../../../controller/main.ts', import.meta.url).pathname
const authorization = `Basic ${Buffer.from('oneadmin:secret-of-admin').toString('base64')}`
const hypervisor = {} as Hypervisor

interface Process {
  readonly said: () => string
  readonly ended: Promise<number | null>
  kill(signal: NodeJS.Signals): void
}

t.test('a second controller of the same machine harms nothing', async (t) => {
  const site = await createSite(t)
  const first = await site.ready({})
  const epoch = await site.epoch()
  for (const [change, says] of [
    [{}, /^edgectld: Another controller works in .*Stop it first/m],
    [{ stateDir: join(site.dir, 'other') }, /Another controller listens on .*sock/],
    [{ stateDir: join(site.dir, 'other'), socket: join(site.dir, 'b') }, /Cannot listen on 127/],
  ] as const) {
    const second = await site.start(change)
    t.equal(await second.ended, 1)
    t.match(second.said(), says)
    t.notMatch(second.said(), /^\s+at /m)
  }
  t.equal(await site.epoch(), epoch, 'nobody took over')
  t.equal(await site.ask('/providers').then(({ status }) => status), 200)
  first.kill('SIGKILL')
  await first.ended
  const next = await site.ready({})
  t.equal(await site.epoch(), epoch + 1, 'a killed one leaves nothing in the way')
  next.kill('SIGTERM')
  t.equal(await next.ended, 0)
})

t.test('one that another has replaced ends by itself', async (t) => {
  const site = await createSite(t)
  const first = await site.ready({})
  await site.raiseEpoch()
  t.equal(await first.ended, 1)
  t.match(first.said(), /another controller took over with epoch 2/)
})

t.test('SIGTERM ends it within seconds, whatever it is doing', async (t) => {
  const site = await createSite(t)
  const stop = async (controller: Process) => {
    const begun = performance.now()
    controller.kill('SIGTERM')
    t.equal(await controller.ended, 0, controller.said().slice(-2000))
    t.ok(performance.now() - begun < 30_000, `${performance.now() - begun} ms`)
  }
  const busy = await site.ready({})
  const provider = await site.post('/providers', {
    driver: 'scaleway',
    connection_values: site.connection,
  })
  await site.hangCreates()
  const provision = { driver: 'scaleway', provider_id: Number(provider) }
  t.ok(await site.post('/provisions', provision))
  await site.said(busy, /"POST [^"]*|APPLYING/)
  await stop(busy)

  const waiting = await site.start({ oned: 'http://127.0.0.1:9/RPC2' })
  await site.said(waiting, /oned does not answer yet/)
  await stop(waiting)
})

t.test('what is missing on the machine is said in a sentence', async (t) => {
  const site = await createSite(t)
  for (const [change, says] of [
    [{ oneAuth: '/nowhere/one_auth' }, /OpenNebula's login.*Run the controller as oneadmin/],
    [{ stateDir: '/dev/null/x' }, /Cannot write to \/dev\/null\/x.*"stateDir"/],
    [{ socket: '/dev/null/x/sock' }, /Cannot listen on \/dev\/null\/x\/sock.*"socket"/],
    [{ oned: 'localhost:2633' }, /configuration .* not valid at \/oned/],
    [{ logLevel: 'loud' }, /configuration .* not valid at \/logLevel/],
    [{ scoket: 'x' }, /configuration .*scoket/],
  ] as const) {
    const controller = await site.start(change)
    t.equal(await controller.ended, 2, JSON.stringify(change))
    t.match(controller.said(), says)
  }
  const controller = await site.ready({ agentPackage: '/nowhere/edge-agent.tar.gz' })
  const provider = await site.post('/providers', {
    driver: 'scaleway',
    connection_values: site.connection,
  })
  const answer = await site.ask('/provisions', {
    driver: 'scaleway',
    provider_id: Number(provider),
  })
  t.equal(answer.status, 500)
  t.match(await answer.text(), /Cannot read the agent from \/nowhere.*agentPackage/)
  controller.kill('SIGTERM')
  await controller.ended
})

async function createSite(t: Test) {
  const dir = await mkdtemp(join(tmpdir(), 'edgectld-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  const sim = await createSimulator({ timeScale: 0.01 })
  t.teardown(() => sim.close())
  const users = { oneadmin: 'secret-of-admin' }
  const clock = createClock({ scale: 0.01 })
  const standIn = await createOpenNebulaStandIn({ ipamDir: dir, hypervisor, users, clock })
  t.teardown(() => standIn.close())
  const one = createOpenNebula({ endpoint: standIn.url, session: 'oneadmin:secret-of-admin' })
  t.teardown(() => one.close())
  const [port, oneAuth] = [await freePort(), join(dir, 'one_auth')]
  const agentPackage = join(dir, 'edge-agent.tar.gz')
  await writeFile(oneAuth, 'oneadmin:secret-of-admin\n')
  await writeFile(agentPackage, 'an agent')
  const config = {
    ...{ port, oneAuth, agentPackage, oned: standIn.url, scalewayUrl: sim.url, logLevel: 'debug' },
    ...{ socket: join(dir, 'sock'), stateDir: join(dir, 'state'), timing: { scale: 0.05 } },
    profile: { kvmPackages: [] },
  }
  const documentOf = async () => {
    const [document] = await one.documents.list(105)
    return document as { id: number; body: { epoch: number } }
  }
  const ask = (path: string, body?: object) =>
    fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  const said = async ({ said, ended }: Process, what: RegExp) => {
    let over = false
    void ended.then(() => {
      over = true
    })
    for (let left = 300; left > 0 && !over && !what.test(said()); left--) await pause(50)
    if (!what.test(said())) throw new Error(`it never said ${what}:\n${said()}`)
  }
  const start = async (change: object): Promise<Process> => {
    const file = join(dir, `config-${Math.random()}.json`)
    await writeFile(file, JSON.stringify({ ...config, ...change }))
    const child = spawn(process.execPath, [main, '--config', file])
    t.teardown(() => child.kill('SIGKILL'))
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    const ended = once(child, 'close').then(([code]) => code as number | null)
    return { said: () => text, ended, kill: (signal) => void child.kill(signal) }
  }
  return {
    dir,
    ask,
    said,
    start,
    connection: {
      ...{ access_key: simulatedKey.accessKey, secret_key: simulatedKey.secretKey },
      ...{ project_id: simulatedProject, zone: 'fr-par-2' },
    },
    epoch: async () => (await documentOf()).body.epoch,
    async raiseEpoch() {
      const { id, body } = await documentOf()
      await one.documents.update(id, 'PROVISION_BODY', { ...body, epoch: body.epoch + 1 })
    },
    async ready(change: object) {
      const controller = await start(change)
      await said(controller, /"msg":"ready"/)
      return controller
    },
    /** The id of what was made. */
    async post(path: string, body: object) {
      const { DOCUMENT } = (await (await ask(path, body)).json()) as { DOCUMENT: { ID: string } }
      return DOCUMENT.ID
    },
    async hangCreates() {
      const order = { action: 'hang', match: { method: 'POST' } }
      await fetch(`${sim.url}/_sim/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(order),
      })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
