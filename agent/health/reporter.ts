import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../lib/clock/index.ts'
import {
  type HostReport,
  type HostSpec,
  type Repair,
  underlayName,
} from '../../lib/contract/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Exec } from '../exec/index.ts'
import { frrFacts } from '../frr/index.ts'
import { hostConnections } from './connections.ts'
import { createElasticsMeter } from './elastics.ts'
import type { Findings } from './findings.ts'
import { createLoadMeter } from './load.ts'
import { readNics } from './nics.ts'
import { createOwnUseMeter } from './own-use.ts'
import { watchSlowly } from './slow-facts.ts'
import { verdictOf } from './verdict.ts'

export interface ReporterOptions {
  readonly clock: Clock
  readonly exec: Exec
  readonly logger: Logger
  /** This program's version. */
  readonly agent: string
  /** Where FRR's vty sockets are. */
  readonly frrRunDirectory: string
  /** Where the loop stands: the spec, what the last round could not do, what was repaired. */
  readonly state: () => {
    readonly spec: HostSpec | null
    readonly outcome: { readonly generation: number; readonly faults: readonly string[] } | null
    readonly repairs: number
    readonly lastRepairs: readonly Repair[]
    readonly roundMs: number | null
  }
  /** The kernel's view of devices; `/sys/class/net` unless given. */
  readonly devices?: string
}

export interface Reporter {
  /** Makes the report of this host. Never throws for FRR: its silence is a finding. */
  report(): Promise<HostReport>
  /** Stops what looks in the background. */
  close(): Promise<void>
}

export function createReporter(options: ReporterOptions): Reporter {
  const { clock, exec, logger, agent, frrRunDirectory, devices = '/sys/class/net' } = options
  const load = createLoadMeter()
  const ownUse = createOwnUseMeter(clock)
  const elasticHealth = createElasticsMeter({ exec, logger, devices })
  const slow = watchSlowly({
    ...{ clock, exec, logger, frrRunDirectory, devices },
    // Before the first round there may be no underlay to measure.
    spec: () => (options.state().outcome === null ? null : options.state().spec),
  })
  const nicsOf = async ({ nics, nicErrors }: Awaited<ReturnType<typeof slow.facts>>) =>
    (await readNics(devices, nics)).map((nic) => ({
      ...nic,
      errorsLastMinute: nicErrors.get(nic.name) ?? 0,
    }))

  const report = async (): Promise<HostReport> => {
    const { spec, outcome, repairs, lastRepairs, roundMs } = options.state()
    const facts = await slow.facts()
    const [frr, sample, own, underlay, served, host, nics] = await Promise.all([
      frrFacts(frrRunDirectory),
      load(),
      ownUse(),
      stateOf(devices, underlayName),
      spec === null ? { elastics: [], connections: [] } : elasticHealth(spec),
      hostConnections(),
      nicsOf(facts),
    ])
    const { limit } = host
    const connections = [host, ...served.connections.map((table) => ({ ...table, limit }))]
    const paths = slow.paths()
    const findings: Findings = {
      ...{ spec, frr, frrVersion: facts.versions.frr },
      ...{ underlay, paths, unmeasured: slow.trouble() },
      ...{ faults: outcome?.faults ?? [], load: sample, nics, connections },
    }
    return {
      at: clock.now(),
      ...verdictOf(findings),
      generation: outcome?.generation ?? 0,
      ...{ sessions: frr.sessions, bfd: frr.bfd, vnis: frr.vnis },
      silentDaemons: frr.silent.map(({ daemon }) => daemon),
      underlay: { promisedMtu: spec?.underlay.mtu ?? null, peers: paths },
      elastics: served.elastics,
      ...{ repairs, lastRepairs: [...lastRepairs] },
      ...{ load: sample, nics, connections },
      agent: { ...own, roundMs },
      clockSynchronised: facts.clockSynchronised,
      versions: { agent, ...facts.versions },
    }
  }
  return { report, close: slow.close }
}

/** Neither file can be read of a device that is gone; the kernel tells no carrier of one switched off. */
async function stateOf(devices: string, name: string): Promise<Findings['underlay']> {
  const text = (file: string) => readFile(join(devices, name, file), 'utf8').catch(() => '0')
  if ((Number(await text('flags')) & 1) === 0) return 'down'
  return (await text('carrier')).trim() === '0' ? 'without carrier' : 'up'
}
