import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFleet as createSpecs, type Fleet as Specs } from '../../../controller/fleet/index.ts'
import { createHub, type Hub } from '../../../controller/hub/index.ts'
import type { Network, Vm } from '../../../controller/opennebula/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { provision, server } from '../../unit/fleet/samples.ts'
import { type FrrRelease, installed } from '../frr/release.ts'
import { createHost, type Host } from './host.ts'
import { until } from './machine.ts'
import { bundle } from './program.ts'
import { hasSessions } from './sessions.ts'
import { keepConnected } from './tunnels.ts'
import { createWorld, type World } from './world.ts'

/** Hosts with real FRR and the real agent, under the controller's own compiler and hub. */
export interface Fleet {
  readonly world: World
  readonly hosts: readonly Host[]
  /** What oned would say; `settle` reads it. */
  readonly oned: { networks: Network[]; vms: Vm[] }
  readonly specs: Specs
  readonly hub: Hub
  /** Compiles what oned says and waits until these hosts (all that are on, unless given) did it. */
  settle(...hosts: Host[]): Promise<void>
  /** Every host that is on has all its BGP and BFD sessions. */
  joined(): Promise<void>
  /** Whether these hosts (all, unless given) can reach the controller; its connections end at once. */
  connect(possible: boolean, ...hosts: Host[]): void
  /** A second copy of the agent, of another version. */
  buildProgram(version: string): Promise<string>
  host(number: number): Host
  close(): Promise<void>
}

export interface FleetOptions {
  readonly hosts: number
  readonly release?: FrrRelease
  readonly networks: Network[]
}

const settledWithinMs = 240_000

export async function createFleet(options: FleetOptions): Promise<Fleet> {
  const { release = installed, networks } = options
  // Short, because the path of a unix socket has 107 bytes at most.
  const home = await mkdtemp(join(tmpdir(), 'fleet-'))
  const world = await createWorld()
  const buildProgram = (version: string) => bundle(join(home, `agent-${version}.cjs`), version)
  const program = await buildProgram('1.0.0')
  const facts = provision(options.hosts, {
    servers: Array.from({ length: options.hosts }, (_, index) => serverOf(index + 1)),
  })
  const hosts = await Promise.all(
    facts.servers.map(({ server: id }, index) =>
      createHost({ number: index + 1, server: id, home, world, release, program }),
    ),
  )
  const oned = { networks, vms: [] as Vm[] }
  const keys = new Map<string, string>()
  const hub = createHub({
    clock: createClock(),
    logger: silent,
    epoch: 1,
    knownKey: async (id) => keys.get(id) ?? null,
    storeKey: async (id, key) => void keys.set(id, key),
  })
  const specs = createSpecs({
    one: { networks: { list: async () => oned.networks }, vms: { list: async () => oned.vms } },
    hub,
    epoch: 1,
    derive: (purpose) => createHmac('sha256', 'fleet').update(purpose).digest(),
    clock: createClock(),
    logger: silent,
  })
  const link = keepConnected(hub, hosts)
  const isOn = (host: Host): boolean => {
    try {
      return host.machine.pid > 0
    } catch {
      return false
    }
  }
  await Promise.all(hosts.map((host) => host.boot()))
  await specs.set(facts)

  return {
    world,
    hosts,
    oned,
    specs,
    hub,
    buildProgram,
    host: (number) => hosts[number - 1] ?? fail(`there is no host ${number}`),
    async settle(...some) {
      await specs.refresh()
      const asked = some.length > 0 ? some : hosts.filter(isOn)
      const servers = asked.map((host) => host.server)
      const settled = specs.waitSettled(facts.provisionId, { withinMs: settledWithinMs, servers })
      await settled.catch(async (error: Error) => {
        const logs = await Promise.all(
          asked.map(async (host) => `${host.name}: ${await host.log()}`),
        )
        throw new Error(`${error.message}\n${logs.map((log) => log.slice(-2000)).join('\n')}`)
      })
    },
    async joined() {
      for (const host of hosts.filter(isOn))
        await until(`${host.name} has its sessions`, () => hasSessions(host, hosts.filter(isOn)))
    },
    connect: (possible, ...some) => link.allow(possible, some.length > 0 ? some : hosts),
    async close() {
      await link.close()
      await hub.close()
      await specs.close()
      for (const host of hosts.filter(isOn)) await host.cut()
      await world.close()
      // What is being cut may write to the end.
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

function serverOf(number: number) {
  const { underlay, ...rest } = server(number)
  const medium = { kind: 'link' as const, device: 'eth1' }
  return { ...rest, underlay: { ...underlay, medium } }
}

function fail(why: string): never {
  throw new Error(why)
}
