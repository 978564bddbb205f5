import { createHmac } from 'node:crypto'
import { createElastic, createFleet } from '../../../controller/fleet/index.ts'
import type { Network, Vm } from '../../../controller/opennebula/index.ts'
import type { Attached, AttachRequest } from '../../../ipam/flexible-ip/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { silent } from '../../../lib/log/index.ts'

/** A fleet between an oned, a hub and a cloud that tests play. Everything that happens is in `log`. */
export function createStage() {
  const oned = {
    networks: [] as Network[],
    vms: [] as Vm[],
    reads: 0,
    broken: false,
  }
  const log: string[] = []
  const specs = new Map<string, HostSpec>()
  const cloud = { attached: 'attached' as Attached, refuses: false, agentsApply: true }
  const read = async <T>(what: () => readonly T[]): Promise<T[]> => {
    oned.reads++
    await new Promise((done) => setImmediate(done))
    if (oned.broken) throw new Fault('ONE_UNREACHABLE', 'transient', 'oned does not answer')
    return [...what()]
  }
  const fleet = createFleet({
    one: {
      networks: { list: () => read(() => oned.networks) },
      vms: { list: () => read(() => oned.vms) },
    },
    hub: {
      setSpec(server, spec) {
        specs.set(server, spec)
        log.push(`spec ${server.at(-1)} #${spec.generation} [${addresses(spec)}]`)
      },
      async waitApplied(server, epoch, generation) {
        if (!cloud.agentsApply) {
          throw new Fault('EDGE_SPEC_NOT_APPLIED', 'transient', 'the agent did not apply it')
        }
        log.push(`applied ${server.at(-1)} #${generation}`)
        return { type: 'applied', epoch, generation, ok: true, steps: 1, faults: [] }
      },
    },
    epoch: 4,
    derive: (purpose) => createHmac('sha256', 'master').update(purpose).digest(),
    clock: createClock({ scale: 0.001, patience: 0.002 }),
    logger: silent,
  })
  const elastic = createElastic({
    fleet,
    flexibleIps: {
      async attach({ external, server }: AttachRequest) {
        if (cloud.refuses) throw new Fault('EDGE_IP_UNKNOWN', 'missing', 'no such address')
        log.push(`attach ${external} to ${server.at(-1)}`)
        return cloud.attached
      },
      async detach({ external, server }: AttachRequest) {
        log.push(`detach ${external} from ${server.at(-1)}`)
      },
    },
    logger: silent,
  })
  return { oned, log, specs, cloud, fleet, elastic }
}

function addresses({ elastics }: HostSpec): string {
  return elastics.map(({ external }) => external).join(' ')
}
