import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { createOpenNebula } from '../../../controller/opennebula/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { createOpenNebulaStandIn, type Hypervisor, type OnedDoor } from '../opennebula/index.ts'
import { createSimulator, simulatedKey, simulatedProject } from '../scaleway/index.ts'

const main = new URL('../../../controller/main.ts', import.meta.url).pathname
const authorization = `Basic ${Buffer.from('oneadmin:secret-of-admin').toString('base64')}`
const hypervisor = {} as Hypervisor

export interface Process {
  readonly pid: number
  readonly said: () => string
  readonly ended: Promise<number | null>
  kill(signal: NodeJS.Signals): void
}

interface SiteOptions {
  /** The program; its source unless given. */
  readonly program?: string
  /** Who sees what is asked of oned. */
  readonly door?: OnedDoor
}

/** An OpenNebula, a cloud, and controllers beside them as processes. */
export async function createSite(
  t: Pick<Test, 'teardown'>,
  { program = main, door }: SiteOptions = {},
) {
  const dir = await mkdtemp(join(tmpdir(), 'edgectld-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  const sim = await createSimulator({ timeScale: 0.01 })
  t.teardown(() => sim.close())
  const users = { oneadmin: 'secret-of-admin' }
  const clock = createClock({ scale: 0.01 })
  const standIn = await createOpenNebulaStandIn({
    ...{ ipamDir: dir, hypervisor, users, clock },
    ...(door ? { door } : {}),
  })
  t.teardown(() => standIn.close())
  const one = createOpenNebula({ endpoint: standIn.url, session: 'oneadmin:secret-of-admin' })
  t.teardown(() => one.close())
  const [port, oneAuth] = [await freePort(), join(dir, 'one_auth')]
  const url = `http://127.0.0.1:${port}`
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
    fetch(`${url}/api/v1${path}`, {
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
    const child = spawn(process.execPath, [program, '--config', file])
    t.teardown(() => child.kill('SIGKILL'))
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    const ended = once(child, 'close').then(([code]) => code as number | null)
    const kill = (signal: NodeJS.Signals) => void child.kill(signal)
    return { pid: child.pid ?? 0, said: () => text, ended, kill }
  }
  return {
    ...{ dir, url, ask, said, start },
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
