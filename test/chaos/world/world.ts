import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { tagValue } from '../../../lib/scaleway/index.ts'
import { createLightHosts, type LightHosts, type LightSnapshot } from '../../lab/light/index.ts'
import {
  createOpenNebulaStandIn,
  type OnedCall,
  type Snapshot as OneSnapshot,
  type StandIn,
} from '../../lab/opennebula/index.ts'
import {
  type Snapshot as CloudSnapshot,
  createSimulator,
  type Passage,
  type Simulator,
  type SimulatorOptions,
} from '../../lab/scaleway/index.ts'
import { createController } from '../../lab/whole/controller.ts'
import { dist } from '../../lab/whole/dist.ts'
import {
  type Call,
  cloudCall,
  hostCall,
  nobody,
  onedCall,
  programCall,
  type Watcher,
} from './calls.ts'
import { compileCache } from './compiled.ts'
import { type Supervised, supervised } from './supervised.ts'

/** Everything but the controller's process, at a quiet moment. */
export interface WorldSnapshot {
  readonly cloud: CloudSnapshot
  readonly one: OneSnapshot
  readonly hosts: LightSnapshot
}

export interface WorldOptions {
  readonly snapshot?: WorldSnapshot
  /** Real seconds per second of the cloud and of the controller's pauses. */
  readonly timeScale?: number
  /** Factor on the controller's deadlines; 1 unless given. */
  readonly patience?: number
  readonly simulator?: SimulatorOptions
  /** Another OpenNebula with its own controller, in the same cloud and with the same hosts. */
  readonly beside?: Pick<World, 'dir' | 'cloud' | 'hosts'>
}

/** A cloud, an OpenNebula with the real drivers, light hosts, and the real controller as a process. */
export interface World {
  readonly dir: string
  readonly timeScale: number
  readonly cloud: Simulator
  readonly one: StandIn
  readonly hosts: LightHosts
  readonly controller: Supervised
  /** Where drivers talk to the controller. */
  readonly socket: string
  /** Who sees each call from now on, of these parties; the cloud and specifications unless given. */
  watch(watcher: Watcher, parties?: readonly Call['to'][]): void
  /** Starts the controller if it does not run; resolves when every host has a specification of its. */
  begin(): Promise<void>
  /** Process ids of the drivers that OpenNebula runs just now. */
  drivers(): readonly number[]
  snapshot(): WorldSnapshot
  close(): Promise<void>
}

export const password = 'chaos-4f1e'
const defaultScale = 0.02
/** In a world faster than that: looks that nobody waits for would take as much as the work. */
const hastyWatchScale = 0.05
const controllerDocument = 105
/** Who is asked for something when an address moves. */
const elasticParties: readonly Call['to'][] = ['cloud', 'host']
const readyWithinMs = 20_000

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { snapshot, beside, timeScale = defaultScale, patience = 1 } = options
  const dir = await mkdtemp(join(tmpdir(), 'c-'))
  const [port, socket] = [await freePort(), join(dir, 'sock')]
  const directory = join(beside?.dir ?? dir, 'hosts')
  const oneAuth = join(dir, 'one_auth')
  await mkdir(directory, { recursive: true })
  await writeFile(oneAuth, `oneadmin:${password}\n`, { mode: 0o600 })
  const path = await sshInPath(dir, directory)
  // Hosts here have their agent already; hashing forty megabytes for each of them would be all that is done.
  const agentPackage = join(dir, 'agent.tar.gz')
  await writeFile(agentPackage, 'never unpacked')
  let watcher = nobody
  let watched: readonly Call['to'][] = elasticParties
  const before = (call: Call) => (watched.includes(call.to) ? watcher.before(call) : 'pass')
  const after = (call: Call) => (watched.includes(call.to) ? watcher.after(call) : 'pass')

  const hosts =
    beside?.hosts ??
    (await createLightHosts({
      directory,
      // Reports and pings are no part of this; fewer of them leave the machine to the rest.
      ...{ clock: createClock({ scale: 0.2 }), logger: silent },
      ...(snapshot ? { snapshot: snapshot.hosts } : {}),
      before: async (server) => (await before(hostCall(keyOf(server)))) === 'pass',
      after: async (server) => void (await after(hostCall(keyOf(server)))),
      programs: (server) => ({
        before: async (name) => (await before(programCall(name, keyOf(server)))) === 'pass',
        after: async (name) => void (await after(programCall(name, keyOf(server)))),
      }),
    }))
  const cloud: Simulator =
    beside?.cloud ??
    (await createSimulator({
      ...{ timeScale, latency: false, jitter: 0, world: hosts.world },
      ...options.simulator,
      ...(snapshot ? { snapshot: snapshot.cloud } : {}),
      door: {
        enter: (call): Passage | Promise<Passage> => before(cloudCall(call)),
        leave: (call): Passage | Promise<Passage> => after(cloudCall(call)),
      },
    }))
  const entered = new WeakMap<OnedCall, Call>()
  const one: StandIn = await createOpenNebulaStandIn({
    ...{ ipamDir: dist('remotes/ipam'), hypervisor: hosts.hypervisor },
    users: { oneadmin: password },
    oneformUrl: `http://127.0.0.1:${port}`,
    env: { EDGECTL_IPAM_SOCKET: socket },
    clock: createClock({ scale: timeScale }),
    door: {
      enter(call) {
        const seen = onedCall(call, one.state)
        entered.set(call, seen)
        return before(seen)
      },
      // What it changed cannot be seen any more once it is done.
      leave: (call) => after(entered.get(call) ?? onedCall(call, one.state)),
    },
    ...(snapshot ? { snapshot: snapshot.one } : {}),
  })
  const program = await createController({
    ...{ dir, port, socket, oneAuth, timeScale, patience, oned: one.url, scalewayUrl: cloud.url },
    ...{ agentPackage, watchScale: timeScale < defaultScale ? hastyWatchScale : timeScale },
    env: { PATH: path, NODE_COMPILE_CACHE: await compileCache() },
  })
  const controller = supervised(program, timeScale)

  function keyOf(server: string): string {
    return tagValue(cloud.state.servers.get(server)?.tags, 'key') ?? server
  }

  /** Those that this OpenNebula knows. */
  function ownHosts() {
    const known = new Set(one.state.hosts.newestFirst().map(({ name }) => name))
    return hosts.all().filter(({ address }) => known.has(address))
  }

  return {
    ...{ dir, timeScale, cloud, one, hosts, controller, socket },
    watch: (next, parties = elasticParties) => {
      watcher = next
      watched = parties
    },
    async begin() {
      await controller.up()
      // A death that was on its way comes after this, and the next controller has another epoch.
      const ready = () => {
        const epoch = epochOf(one)
        return ownHosts().every((host) => host.connected() && host.spec()?.epoch === epoch)
      }
      await until(ready, 'every host to follow the controller that leads', readyWithinMs)
    },
    drivers: () => [...one.state.ipam.running, ...one.state.elastic.running],
    snapshot: () => ({
      cloud: cloud.snapshot(),
      one: one.snapshot(),
      hosts: hosts.snapshot(),
    }),
    async close() {
      watcher = nobody
      await controller.end()
      await one.close()
      if (!beside) await Promise.all([cloud.close(), hosts.close()])
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Of the controller that leads, as it wrote it down. */
function epochOf({ state }: StandIn): number {
  const document = state.documents.newestFirst().find(({ type }) => type === controllerDocument)
  const body = document?.template.text('PROVISION_BODY') ?? '{}'
  return (JSON.parse(body) as { epoch?: number }).epoch ?? 0
}

/** Waits in real time; throws with what it waited for. */
export async function until(
  done: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 30_000,
): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await done())) {
    if (performance.now() > end) throw new Error(`Waited ${withinMs} ms for ${what}, in vain`)
    await pause(10)
  }
}

/** A PATH in which `ssh` leads to the light hosts. */
async function sshInPath(dir: string, hosts: string): Promise<string> {
  const bin = join(dir, 'bin')
  await mkdir(bin)
  await symlink(new URL('../../lab/light/ssh', import.meta.url).pathname, join(bin, 'ssh'))
  await symlink(hosts, join(bin, 'hosts'))
  return `${bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`
}

/** Below those that the kernel gives to outgoing connections, which would take it meanwhile. */
async function freePort(): Promise<number> {
  while (true) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer()
    const free = await new Promise((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!free) continue
    await new Promise((closed) => server.close(closed))
    return port
  }
}
