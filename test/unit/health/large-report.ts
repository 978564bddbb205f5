import { vnisIn } from '../../../agent/frr/answers.ts'
import type { HostReport } from '../../../lib/contract/index.ts'
import { reportOf } from './reports.ts'

const inventory = { system: 'Dell R640', cpu: 'Intel', cores: 32, memoryBytes: 2 ** 36 }
export const statusOf = (report: HostReport) => ({
  ...{ server: 'em-1', connected: true, epoch: 3, generation: 7 },
  ...{ report, inventory },
})

/** As large as a report becomes: every list at its end. */
export function largest(): HostReport {
  const times = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index))
  const address = (index: number) => `10.180.${100 + (index >> 8)}.${100 + (index % 100)}`
  const traffic = {
    ...{ sentPackets: 123_456_789, sentBytes: 123_456_789_012 },
    ...{ receivedPackets: 123_456_789, receivedBytes: 123_456_789_012 },
  }
  const vnis = times(500, (index) => ({
    vni: 16_000_000 + index,
    remoteVteps: times(100, address),
  }))
  return reportOf({
    sessions: times(100, (index) => ({
      ...{ neighbour: address(index), state: 'Established' },
      ...{ uptimeMs: 8_640_000_000, prefixesReceived: 12_345 },
    })),
    bfd: times(100, (index) => ({
      ...{ neighbour: address(index), state: 'down', uptimeMs: 0 },
      diagnostic: 'control detection time expired',
    })),
    // Through the reader, which cuts what FRR tells.
    vnis: vnisIn(
      Object.fromEntries(
        vnis.map((vni) => [vni.vni, { ...vni, vxlanIf: `scwpn.${vni.vni}`, numMacs: 1234 }]),
      ),
    ),
    underlay: {
      promisedMtu: 1500,
      peers: times(100, (index) => ({ peer: address(index), mtu: 1500, at: 1_795_799_560_000 })),
    },
    elastics: times(1000, (index) => ({
      ...{ external: `195.154.${100 + (index >> 8)}.100`, port: `one-${10_000 + index}-0` },
      ...{ armed: true, traffic },
    })),
    lastRepairs: times(20, () => ({ at: 1_795_799_560_000, sentence: 'x'.repeat(300) })),
    reasons: times(50, () => 'x'.repeat(200)),
  })
}
