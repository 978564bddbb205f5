import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { createClock } from '../../../lib/clock/index.ts'
import { createOpenNebulaStandIn, type Hypervisor, type StandIn } from '../opennebula/index.ts'
import {
  createSimulator,
  type Simulator,
  simulatedKey,
  simulatedProject,
} from '../scaleway/index.ts'

const installer = resolve(import.meta.dirname, '../../../scripts/install-frontend')
const inside = resolve(import.meta.dirname, '../install/inside.sh')
const namespace = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user']
const answersWithinMs = 30_000
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

/** alice is not in group oneadmin. */
const users = { oneadmin: 'secret-of-admin', alice: 'secret-of-alice' }

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A front-end as scripts/install-frontend makes it, its controller running, all in a directory. */
export interface FrontEnd {
  readonly root: string
  readonly sim: Simulator
  readonly one: StandIn
  readonly socket: string
  readonly oneAuth: string
  /** Where the controller listens, or is to. */
  readonly port: number
  /** Runs the installed edgectl as oneadmin unless named, to its end. */
  edgectl(argv: readonly string[], user?: keyof typeof users): Promise<Outcome>
  /** The same where `root` is all there is: edgectl finds a whole front-end and no other files. */
  edgectlInside(argv: readonly string[], user?: keyof typeof users): Promise<Outcome>
  start(): Promise<void>
  stop(): Promise<void>
  /** What systemd says of the controller's unit from now on. */
  unit(state: Partial<Record<'ActiveState' | 'SubState' | 'UnitFileState', string>>): Promise<void>
}

const onedConf = `
IPAM_MAD = [ EXECUTABLE = "one_ipam", ARGUMENTS = "-t 1 -i dummy,aws,equinix,vultr,scaleway" ]
VN_MAD_CONF = [ NAME = "vxlan", BRIDGE_TYPE = "linux" ]
VN_MAD_CONF = [ NAME = "elastic", BRIDGE_TYPE = "linux" ]
DOCUMENT_ENCRYPTED_ATTR = "TEMPLATE/PROVISION_BODY"
`

/** A front-end in good order, with one provider. */
export async function createFrontEnd(t: Test): Promise<FrontEnd> {
  const root = await mkdtemp(join(tmpdir(), 'front-end-'))
  t.teardown(() => rm(root, { recursive: true, force: true }))
  const installed = spawnSync(installer, ['--root', root], { encoding: 'utf8' })
  if (installed.status !== 0) throw new Error(installed.stderr)
  const sim = await createSimulator({ timeScale: 0.001 })
  t.teardown(() => sim.close())
  const one = await createOpenNebulaStandIn({
    ...{ ipamDir: join(root, '/var/lib/one/remotes/ipam'), hypervisor: {} as Hypervisor, users },
    clock: createClock({ scale: 0.01 }),
  })
  t.teardown(() => one.close())
  const site = await furnish(root, sim, one)
  let controller: ReturnType<typeof spawn> | undefined
  const node = join(root, '/usr/lib/edgectl/node')
  const cli = join(root, '/usr/lib/edgectl/cli/edgectl.mjs')
  const run = async (argv: readonly string[], user: keyof typeof users): Promise<Outcome> => {
    const [program = '', ...rest] = argv
    const child = spawn(program, rest, {
      env: {
        PATH: `${site.bin}:${process.env['PATH']}`,
        HOME: root,
        ONEFORM_URL: site.url,
        ONE_XMLRPC: one.url,
        ...{ ONEFORM_USER: user, ONEFORM_PASSWORD: users[user] },
        SCW_SECRET_KEY: simulatedKey.secretKey,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (chunk) => {
        said[stream] += chunk
      })
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, ...said }
  }

  const frontEnd: FrontEnd = {
    ...{ root, sim, one, socket: site.socket, oneAuth: site.oneAuth, port: site.port },
    edgectl: (argv, user = 'oneadmin') => run([node, cli, ...argv], user),
    edgectlInside: (argv, user = 'oneadmin') =>
      run(['unshare', ...namespace, 'sh', inside, root, node, cli, ...argv], user),
    async start() {
      const config = join(root, '/etc/edgectl/edgectl.json')
      const program = join(root, '/usr/lib/edgectl/controller/edgectld.mjs')
      controller = spawn(node, [program, '--config', config], { stdio: 'ignore' })
      const until = performance.now() + answersWithinMs
      while (!(await isReady(site.url))) {
        if (controller.exitCode !== null || performance.now() > until)
          throw new Error('the controller does not come up')
        await pause(50)
      }
    },
    async stop() {
      if (controller?.exitCode !== null) return
      controller.kill('SIGTERM')
      await once(controller, 'exit')
    },
    unit: (state) => site.unit(state),
  }
  t.teardown(() => frontEnd.stop())
  await frontEnd.start()
  const provider = await frontEnd.edgectl([
    ...['provider', 'create', 'scaleway', '--name', 'paris', '--zone', 'fr-par-2'],
    ...['--access-key', simulatedKey.accessKey, '--project-id', simulatedProject],
  ])
  if (provider.code !== 0) throw new Error(provider.stderr)
  await uploadKey(sim)
  return frontEnd
}

/** Whatever is in a project names its organization, whose quotas can be read then. */
async function uploadKey(sim: Simulator): Promise<void> {
  const { status } = await fetch(`${sim.url}/iam/v1alpha1/ssh-keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-auth-token': simulatedKey.secretKey },
    body: JSON.stringify({ name: 'team', project_id: simulatedProject, public_key: publicKey }),
  })
  if (status !== 200) throw new Error(`the simulator answers ${status} to a key`)
}

/** What OpenNebula's own packages, an administrator and systemd would have put there. */
async function furnish(root: string, sim: Simulator, one: StandIn) {
  const [port, bin, socket] = [await freePort(), join(root, 'opt'), join(root, 'edgectl.sock')]
  const oneAuth = join(root, 'one_auth')
  const oneKey = join(root, 'id_rsa.pub')
  const elastic = join(root, '/var/lib/one/remotes/vnm/elastic')
  for (const directory of [bin, elastic, join(root, '/etc/one')])
    await mkdir(directory, { recursive: true })
  for (const action of ['post', 'clean'])
    await writeFile(join(elastic, action), '#!/usr/bin/env ruby\n', { mode: 0o755 })
  await writeFile(join(root, '/etc/one/oned.conf'), onedConf)
  await writeFile(oneAuth, `oneadmin:${users.oneadmin}\n`, { mode: 0o600 })
  await writeFile(oneKey, `${publicKey} oneadmin@front-end\n`)
  const config = {
    ...{ port, socket, oned: one.url, oneAuth, oneKey, scalewayUrl: sim.url },
    ...{ stateDir: join(root, '/var/lib/edgectl'), logLevel: 'debug' },
    profile: { kvmPackages: [] },
  }
  await writeFile(join(root, '/etc/edgectl/edgectl.json'), JSON.stringify(config))
  await writeFile(join(root, '/etc/edgectl/ipam.json'), JSON.stringify({ socket }))
  // Seen from inside, what is named by its whole path is at the same place.
  await mkdir(join(root, dirname(root)), { recursive: true })
  await symlink('/', join(root, root))
  const unitFile = join(root, 'unit')
  const unit: FrontEnd['unit'] = async (state) => {
    const good = { LoadState: 'loaded', UnitFileState: 'enabled', ActiveState: 'active' }
    const all = { ...good, SubState: 'running', NRestarts: '0', ...state }
    const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(unitFile, lines.join(''))
  }
  await unit({})
  // Nothing but the one question is answered.
  const systemctl = `#!/bin/sh\n[ "$1 $2" = 'show edgectl.service' ] || exit 64\nexec cat '${unitFile}'\n`
  await writeFile(join(bin, 'systemctl'), systemctl)
  await chmod(join(bin, 'systemctl'), 0o755)
  return { bin, port, socket, oneAuth, unit, url: `http://127.0.0.1:${port}` }
}

/** The API answers; what is behind it is there by then. */
function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
