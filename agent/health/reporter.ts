import { readFile, readlink } from 'node:fs/promises'
import { release } from 'node:os'
import { basename, join } from 'node:path'
import type { Clock } from '../../lib/clock/index.ts'
import {
  type ElasticHealth,
  type HostReport,
  type HostSpec,
  type Repair,
  underlayName,
} from '../../lib/contract/index.ts'
import { type FrrFacts, frrFacts } from '../frr/index.ts'
import { createLoadMeter } from './load.ts'
import { verdictOf } from './verdict.ts'

export interface ReporterOptions {
  readonly clock: Clock
  /** This program's version. */
  readonly agent: string
  /** Where FRR's vty sockets are. */
  readonly frrRunDirectory: string
  /** Where the loop stands: the spec, and what the last round could not do. */
  readonly state: () => {
    readonly spec: HostSpec | null
    readonly outcome: { readonly generation: number; readonly faults: readonly string[] } | null
    readonly repairs: number
    readonly lastRepairs: readonly Repair[]
  }
  /** The kernel's view of devices; `/sys/class/net` unless given. */
  readonly devices?: string
}

/** Makes the report of this host. Never throws for FRR: its silence is a finding. */
export function createReporter(options: ReporterOptions): () => Promise<HostReport> {
  const { clock, agent, frrRunDirectory, devices = '/sys/class/net' } = options
  const load = createLoadMeter()
  return async () => {
    const { spec, outcome, repairs, lastRepairs } = options.state()
    const [frr, sample, underlay, elastics] = await Promise.all([
      frrFacts(frrRunDirectory).catch((): FrrFacts | null => null),
      load(),
      isUp(devices, underlayName),
      elasticHealth(devices, spec),
    ])
    const faults = outcome?.faults ?? []
    return {
      at: clock.now(),
      ...verdictOf({ spec, frr, underlay, faults, load: sample }),
      generation: outcome?.generation ?? 0,
      sessions: frr?.sessions ?? [],
      vnis: frr?.vnis ?? [],
      elastics,
      repairs,
      lastRepairs: [...lastRepairs],
      load: sample,
      versions: { agent, frr: frr?.version ?? 'unknown', kernel: release() },
    }
  }
}

async function isUp(devices: string, name: string): Promise<boolean> {
  const flags = await readFile(join(devices, name, 'flags'), 'utf8').catch(() => '0')
  return (Number(flags) & 1) === 1
}

/** Armed means that the VM's port is on the public bridge now. */
async function elasticHealth(devices: string, spec: HostSpec | null): Promise<ElasticHealth[]> {
  if (spec === null) return []
  return Promise.all(
    spec.elastics.map(async ({ external, port, network }) => {
      const bridge = spec.publicNetworks.find(({ id }) => id === network)?.bridge
      const master = await readlink(join(devices, port, 'master')).catch(() => '')
      return { external, port, armed: bridge !== undefined && basename(master) === bridge }
    }),
  )
}
