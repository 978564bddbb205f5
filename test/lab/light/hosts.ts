import type { Clock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import type { Logger } from '../../../lib/log/index.ts'
import type { Hypervisor } from '../opennebula/index.ts'
import { createIdleWorld, type World } from '../scaleway/index.ts'
import { createLightHost, type LightHost } from './host.ts'
import { type Disk, freshDisk } from './memory-state.ts'
import type { ProgramWatch } from './sshd.ts'

/** What light hosts keep over a life: disks by address and server, and where each VM runs. */
export interface LightSnapshot {
  readonly disks: readonly { readonly server: string; readonly address: string; disk: Disk }[]
  readonly running: ReadonlyMap<number, string>
}

export interface LightHostsOptions {
  /** For their sockets; its path must be short. */
  readonly directory: string
  readonly clock: Clock
  readonly logger: Logger
  /** When a specification has come to a server; false as if it never had. */
  readonly before?: (server: string, spec: HostSpec) => Promise<boolean>
  /** When it is true there and nobody was told yet. */
  readonly after?: (server: string, spec: HostSpec) => Promise<void>
  /** Who sees the programs that come to a server by SSH. */
  readonly programs?: (server: string) => ProgramWatch
  readonly snapshot?: LightSnapshot
}

/** Metal servers without kernels: one for each server that the simulated cloud installs. */
export interface LightHosts {
  /** What the cloud moves. */
  readonly world: World
  /** What OpenNebula moves. */
  readonly hypervisor: Hypervisor
  all(): readonly LightHost[]
  /** Address of the host on which a VM's guest runs. */
  whereIs(vm: number): string | undefined
  snapshot(): LightSnapshot
  close(): Promise<void>
}

const unseen: ProgramWatch = { before: async () => true, after: async () => {} }

export async function createLightHosts(options: LightHostsOptions): Promise<LightHosts> {
  const hosts = new Map<string, LightHost>()
  const running = new Map(options.snapshot?.running)
  const { before = async () => true, after = async () => {}, programs = () => unseen } = options

  async function boot(server: string, address: string, disk: Disk): Promise<void> {
    const host = await createLightHost({
      ...{ ...options, server, address, disk },
      before: (spec) => before(server, spec),
      after: (spec) => after(server, spec),
      programs: programs(server),
      hasPort: (port) => running.get(Number(port.split('-')[1])) === address,
    })
    hosts.set(server, host)
  }

  for (const { server, address, disk } of structuredClone(options.snapshot?.disks ?? [])) {
    await boot(server, address, disk)
  }
  const at = (hostname: string) => {
    const host = [...hosts.values()].find(({ address }) => address === hostname)
    if (!host) throw new Error(`ssh: connect to host ${hostname} port 22: No route to host`)
    return host
  }
  const networksOf = (hostname: string) => {
    const spec = at(hostname).spec()
    return [...(spec?.networks ?? []), ...(spec?.publicNetworks ?? [])]
  }
  const world: World = {
    ...createIdleWorld(),
    async installServer({ id, address }) {
      await hosts.get(id)?.close()
      await boot(id, address, freshDisk())
    },
    async removeServer(id) {
      await hosts.get(id)?.close()
      hosts.delete(id)
    },
  }
  const hypervisor: Hypervisor = {
    hostAnswers: async (hostname) => at(hostname) !== undefined,
    hasBridge: async (hostname, bridge) =>
      networksOf(hostname).some((network) => network.bridge === bridge),
    bridgeHasPort: async (hostname, bridge, device) =>
      at(hostname)
        .spec()
        ?.networks.some((network) => network.bridge === bridge && network.device === device) ??
      false,
    async makeBridge(hostname, bridge) {
      throw new Error(`The agent of ${hostname} has not made bridge ${bridge}`)
    },
    async startVm({ vm, hostname }) {
      running.set(vm, at(hostname).address)
    },
    async stopVm(hostname, vm) {
      if (running.get(vm) === hostname) running.delete(vm)
    },
    async moveVm(vm, from, to) {
      if (running.get(vm) !== from) throw new Error(`VM ${vm} does not run on ${from}`)
      running.set(vm, at(to).address)
    },
  }
  return {
    world,
    hypervisor,
    all: () => [...hosts.values()],
    whereIs: (vm) => running.get(vm),
    snapshot: () =>
      structuredClone({
        disks: [...hosts.values()].map(({ server, address, disk }) => ({ server, address, disk })),
        running,
      }),
    async close() {
      await Promise.all([...hosts.values()].map((host) => host.close()))
    },
  }
}
