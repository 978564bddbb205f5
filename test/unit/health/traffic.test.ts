import t from 'tap'
import { cpuTicks } from '../../../agent/health/load.ts'
import { defaultDeviceIn } from '../../../agent/health/nics.ts'
import { createOdometer } from '../../../agent/health/odometer.ts'
import { ownTicks } from '../../../agent/health/own-use.ts'
import { trafficIn } from '../../../agent/health/traffic.ts'
import { recorded } from './samples.ts'

t.test('traffic counters', async (t) => {
  await t.test('are read from what nft 1.0.6 lists', async (t) => {
    const traffic = trafficIn(await recorded('nft-1.0.6/list-table-with-counters.json'))
    t.same(Object.fromEntries(traffic), {
      '100.64.0.1': { sentPackets: 12, sentBytes: 1008, receivedPackets: 5, receivedBytes: 420 },
      '100.64.0.3': { sentPackets: 0, sentBytes: 0, receivedPackets: 0, receivedBytes: 0 },
    })
  })

  await t.test('go on when the table starts anew, and begin again with a new arming', async (t) => {
    const odometer = createOdometer()
    const reading = (packets: number) =>
      new Map([
        [
          'a',
          {
            ...{ sentPackets: packets, sentBytes: packets * 100 },
            ...{ receivedPackets: 1, receivedBytes: 9 },
          },
        ],
      ])
    const seen = [5, 7, 2, 2, 3].map((packets) => odometer(reading(packets)).get('a'))
    t.same(
      seen.map((traffic) => traffic?.sentPackets),
      [5, 7, 9, 9, 10],
    )
    t.same(seen.at(-1), { sentPackets: 10, sentBytes: 1000, receivedPackets: 2, receivedBytes: 18 })
    odometer(new Map())
    t.equal(odometer(reading(1)).get('a')?.sentPackets, 1)
  })
})

t.test('/proc is read by its columns', async (t) => {
  t.same(cpuTicks('cpu  10 1 5 80 4 0 0 0 0 0\ncpu0 …'), { busy: 16, total: 100 })
  t.equal(ownTicks(`7 (a (b) c) S 1 7 7 0 -1 4194560 9 9 9 9 30 4 20 1 20 0 1 0 5`), 55)
  const routes = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU',
    'scwpn\t0000B40A\t00000000\t0001\t0\t0\t0\t00FCFFFF\t0',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0',
  ]
  t.equal(defaultDeviceIn(routes.join('\n')), 'eth0')
  t.equal(defaultDeviceIn(routes.slice(0, 2).join('\n')), undefined)
})
