import type { Hypervisor, StartVm } from './hypervisor.ts'

export interface FakeHypervisor extends Hypervisor {
  /** What was asked to change, in order: "start 7 on h1", "bridge br0 on h1". */
  readonly done: string[]
  readonly running: Map<number, StartVm>
  /** `host bridge` → names of its ports. */
  readonly bridges: Map<string, Set<string>>
  readonly down: Set<string>
}

/** Hosts in memory: bridges are names, guests are entries. */
export function createFakeHypervisor(): FakeHypervisor {
  const done: string[] = []
  const running = new Map<number, StartVm>()
  const bridges = new Map<string, Set<string>>()
  const down = new Set<string>()
  return {
    done,
    running,
    bridges,
    down,
    hostAnswers: async (hostname) => !down.has(hostname),
    hasBridge: async (hostname, bridge) => bridges.has(`${hostname} ${bridge}`),
    bridgeHasPort: async (hostname, bridge, device) =>
      bridges.get(`${hostname} ${bridge}`)?.has(device) ?? false,
    async makeBridge(hostname, bridge) {
      done.push(`bridge ${bridge} on ${hostname}`)
      bridges.set(`${hostname} ${bridge}`, new Set())
    },
    async startVm(start) {
      done.push(`start ${start.vm} on ${start.hostname}`)
      running.set(start.vm, start)
    },
    async stopVm(hostname, vm) {
      done.push(`stop ${vm} on ${hostname}`)
      running.delete(vm)
    },
    async moveVm(vm, from, to) {
      done.push(`move ${vm} from ${from} to ${to}`)
      const start = running.get(vm)
      if (!start) throw new Error(`VM ${vm} does not run on ${from}`)
      running.set(vm, { ...start, hostname: to })
    },
  }
}
