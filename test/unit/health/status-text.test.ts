import t from 'tap'
import { statusText } from '../../../agent/status-text.ts'
import { statusOf } from './large-report.ts'
import { reportOf } from './reports.ts'
import { peerA, peerB } from './samples.ts'

t.test('the status reads well', async (t) => {
  const text = statusText(
    statusOf(
      reportOf({
        verdict: 'degraded',
        reasons: ['The BFD session to 10.180.0.13 is down: control detection time expired; look'],
        sessions: [
          {
            ...{ neighbour: peerA, state: 'Established' },
            ...{ uptimeMs: 93_784_000, prefixesReceived: 12 },
          },
          { neighbour: peerB, state: 'Active', uptimeMs: 0, prefixesReceived: 0 },
        ],
        bfd: [
          { neighbour: peerA, state: 'up', uptimeMs: 61_000, diagnostic: 'ok' },
          {
            neighbour: peerB,
            state: 'down',
            uptimeMs: 0,
            diagnostic: 'control detection time expired',
          },
        ],
        vnis: [{ vni: 105, device: 'scwpn.105', macs: 3, remoteVtepCount: 2, remoteVteps: [] }],
        underlay: {
          promisedMtu: 1500,
          peers: [
            { peer: peerA, mtu: 1400, at: 1_795_799_552_000 },
            { peer: peerB, mtu: null, at: 1_795_799_552_000 },
          ],
        },
        elastics: [
          {
            ...{ external: '195.154.0.1', port: 'one-7-0', armed: true },
            traffic: {
              sentPackets: 12,
              sentBytes: 1008,
              receivedPackets: 5,
              receivedBytes: 2 ** 31,
            },
          },
          { external: '195.154.0.2', port: 'one-8-0', armed: false, traffic: null },
        ],
        repairs: 3,
        lastRepairs: [
          { at: 1_795_799_440_000, sentence: 'older' },
          { at: 1_795_799_555_000, sentence: 'newer' },
        ],
        agent: { memoryBytes: 65 * 1024 ** 2, cpu: 0.004, roundMs: 84 },
        clockSynchronised: false,
      }),
    ),
  )
  t.equal(
    text,
    `em-1 is degraded
  - The BFD session to 10.180.0.13 is down: control detection time expired; look
spec       generation 7 of epoch 3
repairs    3 since the agent started, the last:
           5 s ago: newer
           2 min ago: older
BGP        10.180.0.12 Established for 1 d 2 h, 12 routes, BFD up for 1 min 1 s
           10.180.0.13 Active, BFD down (control detection time expired)
networks   VNI 105 on scwpn.105: 3 MACs, 2 other hosts with some
underlay   1500 bytes promised
           10.180.0.12: 1400 bytes pass (8 s ago)
           10.180.0.13: no ping is answered (8 s ago)
elastic    195.154.0.1 on one-7-0: sent 1008 bytes in 12 packets, received 2.0 GiB in 5 packets
           195.154.0.2 waits for one-8-0
conntrack  1 of 262144 connections in the table of host
host       CPU 10.0 %, memory 1 bytes of 2 bytes, disk 1 bytes of 2 bytes
           32 cores, Intel, Dell R640
           the clock is NOT synchronised
agent      65.0 MiB, 0.4 % of a core, last round 84 ms
versions   agent 0.1.0, FRR 8.4.4, kernel 6.1, nft 1.0.6, iproute2 6.1.0`,
  )
})
