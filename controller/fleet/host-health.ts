import type { HostReport, Verdict } from '../../lib/contract/index.ts'
import type { Hub } from '../hub/index.ts'
import type { Fleet } from './fleet.ts'

/** How one host is, as its agent says. */
export interface HostHealth {
  /** Id of the OpenNebula host. */
  readonly hostId: number
  /** "host-0". */
  readonly key: string
  /** Scaleway's server id. */
  readonly server: string
  readonly address: string
  readonly connected: boolean
  /** Milliseconds since 1970; null before the agent's first word. */
  readonly lastSeen: number | null
  /** Null while it has not said one since this controller started. */
  readonly verdict: Verdict | null
  readonly reasons: readonly string[]
  readonly versions: HostReport['versions'] | null
  /** Whether it has taken the newest state it was sent without faults. */
  readonly settled: boolean
  /** What it could not do of the state it was sent last. */
  readonly faults: readonly string[]
}

export interface FleetHealth {
  readonly hosts: readonly HostHealth[]
  /** What could not be asked of hosts, because it would harm others. */
  readonly refusals: readonly string[]
}

interface Parts {
  readonly fleet: Pick<Fleet, 'facts' | 'spec' | 'refusals'>
  readonly hub: Pick<Hub, 'session'>
}

/** The hosts of a provision, from memory: empty before it has any, and after it let them go. */
export function fleetHealth({ fleet, hub }: Parts, provisionId: number): FleetHealth {
  const servers = fleet.facts(provisionId)?.servers ?? []
  return {
    hosts: servers.map(({ server, hostId, hostname, publicAddress }): HostHealth => {
      const session = hub.session(server)
      const wanted = fleet.spec(server)
      const applied = session?.applied
      const newest =
        wanted !== undefined &&
        applied?.epoch === wanted.epoch &&
        applied.generation >= wanted.generation
      return {
        ...{ hostId, key: hostname, server, address: publicAddress },
        connected: session?.connected ?? false,
        lastSeen: session?.lastSeen ?? null,
        verdict: session?.report?.verdict ?? null,
        reasons: session?.report?.reasons ?? [],
        versions: session?.report?.versions ?? null,
        settled: newest && applied.ok,
        faults: applied?.faults ?? [],
      }
    }),
    refusals: fleet.refusals(provisionId),
  }
}
