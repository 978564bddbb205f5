import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { hostFacts } from '../../../controller/provision/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import type { Template } from '../../../lib/opennebula/index.ts'
import { createLightHosts, type LightHosts, type LightSnapshot } from '../../lab/light/index.ts'
import {
  createOpenNebulaStandIn,
  type Snapshot as OneSnapshot,
  type StandIn,
} from '../../lab/opennebula/index.ts'
import {
  type Snapshot as CloudSnapshot,
  createSimulator,
  type Passage,
  type Simulator,
} from '../../lab/scaleway/index.ts'
import { createController } from '../../lab/whole/controller.ts'
import { dist } from '../../lab/whole/dist.ts'
import { cloudCall, hostCall, nobody, type Watcher } from './calls.ts'
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
  /** Who sees each call from now on. */
  watch(watcher: Watcher): void
  /** Starts the controller if it does not run; resolves when every host has a specification of its. */
  begin(): Promise<void>
  /** Process ids of the drivers that OpenNebula runs just now. */
  drivers(): readonly number[]
  snapshot(): WorldSnapshot
  close(): Promise<void>
}

export const password = 'chaos-4f1e'
const defaultScale = 0.02
const controllerDocument = 105
const readyWithinMs = 20_000

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { snapshot, timeScale = defaultScale } = options
  const dir = await mkdtemp(join(tmpdir(), 'c-'))
  const [port, directory, socket] = [await freePort(), join(dir, 'hosts'), join(dir, 'sock')]
  const oneAuth = join(dir, 'one_auth')
  await mkdir(directory)
  await writeFile(oneAuth, `oneadmin:${password}\n`, { mode: 0o600 })
  const path = await sshInPath(dir, directory)
  let watcher = nobody

  const hosts = await createLightHosts({
    directory,
    // Reports and pings are no part of this; fewer of them leave the machine to the rest.
    ...{ clock: createClock({ scale: 0.2 }), logger: silent },
    ...(snapshot ? { snapshot: snapshot.hosts } : {}),
    before: async (server) => (await watcher.before(hostCall(keyOf(server)))) === 'pass',
    after: async (server) => void (await watcher.after(hostCall(keyOf(server)))),
  })
  const cloud = await createSimulator({
    ...{ timeScale, latency: false, jitter: 0, world: hosts.world },
    ...(snapshot ? { snapshot: snapshot.cloud } : {}),
    door: {
      enter: (call): Passage | Promise<Passage> => watcher.before(cloudCall(call)),
      leave: (call): Passage | Promise<Passage> => watcher.after(cloudCall(call)),
    },
  })
  const one = await createOpenNebulaStandIn({
    ...{ ipamDir: dist('remotes/ipam'), hypervisor: hosts.hypervisor },
    users: { oneadmin: password },
    oneformUrl: `http://127.0.0.1:${port}`,
    env: { EDGECTL_IPAM_SOCKET: socket },
    clock: createClock({ scale: timeScale }),
    ...(snapshot ? { snapshot: snapshot.one } : {}),
  })
  const program = await createController({
    ...{ dir, port, socket, oneAuth, timeScale, oned: one.url, scalewayUrl: cloud.url },
    env: { PATH: path },
  })
  const controller = supervised(program, timeScale)

  function keyOf(server: string): string {
    const known = one?.state.hosts
      .newestFirst()
      .map(({ template }) => hostFacts(Object.fromEntries(template.entries) as Template))
    return known?.find((facts) => facts?.server === server)?.key ?? server
  }

  return {
    ...{ dir, timeScale, cloud, one, hosts, controller, socket },
    watch: (next) => {
      watcher = next
    },
    async begin() {
      await controller.up()
      const epoch = epochOf(one)
      const ready = () =>
        hosts.all().every((host) => host.connected() && host.spec()?.epoch === epoch)
      await until(ready, `every host to follow epoch ${epoch}`, readyWithinMs)
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
      await Promise.all([cloud.close(), hosts.close()])
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
  const program = new URL('../../lab/light/ssh.mjs', import.meta.url).pathname
  await mkdir(bin)
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec ${dist('node')} ${program} ${hosts} "$@"\n`)
  await chmod(join(bin, 'ssh'), 0o755)
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
