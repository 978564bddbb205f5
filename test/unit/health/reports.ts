import type { HostReport } from '../../../lib/contract/index.ts'

/** The report of a healthy host that has nothing yet, but for what is given. */
export function reportOf(some: Partial<HostReport> = {}): HostReport {
  return {
    at: 1_795_799_560_000,
    ...{ verdict: 'healthy', reasons: [], generation: 0 },
    ...{ sessions: [], bfd: [], silentDaemons: [], vnis: [] },
    underlay: { promisedMtu: null, peers: [] },
    ...{ elastics: [], repairs: 0, lastRepairs: [] },
    load: {
      cpu: 0.1,
      ...{ memoryUsedBytes: 1, memoryTotalBytes: 2 },
      ...{ diskUsedBytes: 1, diskTotalBytes: 2 },
    },
    ...{ nics: [], connections: [{ of: 'host', used: 1, limit: 262_144 }] },
    agent: { memoryBytes: 65 * 1024 ** 2, cpu: 0.004, roundMs: null },
    clockSynchronised: null,
    versions: { agent: '0.1.0', frr: '8.4.4', kernel: '6.1', nft: '1.0.6', iproute2: '6.1.0' },
    ...some,
  }
}
