import { createHmac } from 'node:crypto'
import { createElastics, createFleet } from '../../../controller/fleet/index.ts'
import type { SessionState } from '../../../controller/hub/index.ts'
import type { Network, Vm } from '../../../controller/opennebula/index.ts'
import type { AttachRequest, AttachWatch, Survey } from '../../../ipam/flexible-ip/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostReport, HostSpec } from '../../../lib/contract/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { silent } from '../../../lib/log/index.ts'

const epoch = 4

/** A fleet between an oned, a hub and a cloud that tests play. Everything that happens is in `log`. */
export function createStage() {
  const oned = {
    networks: [] as Network[],
    vms: [] as Vm[],
    reads: 0,
    broken: false,
  }
  const log: string[] = []
  /** What followers of provisions were told. */
  const told: string[] = []
  const specs = new Map<string, HostSpec>()
  const sessions = new Map<string, SessionState>()
  const cloud = {
    refuses: false,
    /** Whether it takes requests at all. */
    heeds: true,
    agentsApply: true,
    leads: true,
    addresses: [] as Survey['addresses'][number][],
    unlisted: new Set<number>(),
    /** What an attach waits for after it was accepted. */
    works: Promise.resolve() as Promise<unknown>,
  }
  const clock = createClock({ scale: 0.001, patience: 0.002 })
  const read = async <T>(what: () => readonly T[]): Promise<T[]> => {
    oned.reads++
    await new Promise((done) => setImmediate(done))
    if (oned.broken) throw new Fault('ONE_UNREACHABLE', 'transient', 'oned does not answer')
    return [...what()]
  }
  const hub = {
    setSpec(server: string, spec: HostSpec) {
      specs.set(server, spec)
      log.push(`spec ${server.at(-1)} #${spec.generation} [${addresses(spec)}]`)
    },
    async waitApplied(server: string, epoch: number, generation: number) {
      if (!cloud.agentsApply) {
        throw new Fault('EDGE_SPEC_NOT_APPLIED', 'transient', 'the agent did not apply it')
      }
      log.push(`applied ${server.at(-1)} #${generation}`)
      return { type: 'applied' as const, epoch, generation, ok: true, steps: 1, faults: [] }
    },
    session: (server: string) => sessions.get(server),
  }
  const fleet = createFleet({
    one: {
      networks: { list: () => read(() => oned.networks) },
      vms: { list: () => read(() => oned.vms) },
    },
    ...{ hub, epoch, clock, logger: silent },
    derive: (purpose) => createHmac('sha256', 'master').update(purpose).digest(),
  })
  const flexibleIps = {
    async attach({ external, server }: AttachRequest, watch: AttachWatch = {}) {
      if (cloud.refuses) throw new Fault('EDGE_IP_UNKNOWN', 'missing', 'no such address')
      log.push(`attach ${external} to ${server.at(-1)}`)
      if (cloud.heeds) watch.accepted?.()
      else watch.trouble?.(new Fault('EDGE_CLOUD_RATE', 'transient', 'too many requests'))
      const stopped = new Promise<never>((_, reject) => {
        watch.signal?.addEventListener('abort', () => reject(watch.signal?.reason))
      })
      stopped.catch(() => undefined)
      await Promise.race([cloud.works, stopped])
      return 'attached' as const
    },
    async detach({ external, server }: AttachRequest) {
      log.push(`detach ${external} from ${server.at(-1)}`)
    },
    survey: async (): Promise<Survey> => ({
      addresses: [...cloud.addresses],
      unlisted: cloud.unlisted,
    }),
  }
  const elastics = createElastics({
    ...{ fleet, flexibleIps, hub, epoch, clock, logger: silent },
    holds: async () => cloud.leads,
    tell: (provision, level, sentence) => told.push(`${provision} ${level}: ${sentence}`),
  })

  /** The agent of a server says that it has its newest state, and which addresses it serves. */
  function reports(server: string, armed: Readonly<Record<string, boolean>>): void {
    const spec = specs.get(server)
    const generation = spec?.generation ?? 0
    const served = Object.entries(armed).map(([external, armed]) => ({ external, armed }))
    sessions.set(server, {
      ...{ server, connected: true, lastSeen: 0, agent: 'test' },
      applied: { type: 'applied', epoch, generation, ok: true, steps: 1, faults: [] },
      report: { generation, elastics: served } as unknown as HostReport,
    })
  }

  return { oned, log, told, specs, sessions, reports, cloud, fleet, elastics, ...elastics }
}

function addresses({ elastics }: HostSpec): string {
  return elastics.map(({ external }) => external).join(' ')
}
