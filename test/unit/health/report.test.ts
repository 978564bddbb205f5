import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { ExecFacts } from '../../../agent/exec/index.ts'
import { createReporter } from '../../../agent/health/index.ts'
import { statusText } from '../../../agent/status-text.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { HostReport, parseAs } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { largest, statusOf } from './large-report.ts'
import { execOf, recorded, scratch, spec } from './samples.ts'

t.test('a report', async (t) => {
  const listing = await recorded('nft-1.0.6/list-table-with-counters.json')
  /** Devices as the kernel shows them: the underlay, and a public bridge with one port. */
  const devicesIn = async (directory: string) => {
    const nic = join(directory, 'scwpn')
    await mkdir(join(nic, 'statistics'), { recursive: true })
    await mkdir(join(directory, 'onebr4', 'brif', 'one-1-0'), { recursive: true })
    await symlink('../../devices/virtual/net/veth9', join(directory, 'veth9'))
    await writeFile(join(nic, 'flags'), '0x1003\n')
    await writeFile(join(nic, 'carrier'), '1\n')
    await writeFile(join(nic, 'carrier_changes'), '2\n')
    for (const [index, name] of ['bytes', 'errors', 'dropped'].entries()) {
      await writeFile(join(nic, 'statistics', `rx_${name}`), `${10 + index}\n`)
      await writeFile(join(nic, 'statistics', `tx_${name}`), `${20 + index}\n`)
    }
  }
  const answers = (argv: readonly string[]): Partial<ExecFacts> => {
    const line = argv.join(' ')
    if (line === 'nft --version') return { stdout: 'nftables v1.0.6 (Lester Gooch #5)\n' }
    if (line === 'ip -V') return { stdout: 'ip utility, iproute2-6.1.0, libbpf 1.1.2\n' }
    if (line.startsWith('nsenter --net=/run/netns/fx4')) return { stdout: `17\n${listing}` }
    return line.startsWith('ping ') ? {} : { code: 1, stderr: `unexpected: ${line}` }
  }

  await t.test('says how everything is, and survives the silence of FRR', async (t) => {
    const devices = await scratch(t)
    await devicesIn(devices)
    const processes: string[] = []
    const reporter = createReporter({
      clock: createClock(),
      exec: execOf((argv) => {
        processes.push(argv[0] ?? '')
        return answers(argv)
      }),
      logger: silent,
      agent: '1.0.0',
      frrRunDirectory: join(devices, 'nothing'),
      devices,
      state: () => ({
        ...{ spec, outcome: { generation: 3, faults: [] } },
        ...{ repairs: 2, lastRepairs: [{ at: 1, sentence: 'a repair' }], roundMs: 84 },
      }),
    })
    t.teardown(() => reporter.close())
    const report = parseAs(HostReport, await reporter.report(), 'The report')
    t.match(report, {
      verdict: 'degraded',
      reasons: [/^FRR does not answer/],
      generation: 3,
      silentDaemons: ['bgpd', 'bfdd', 'zebra'],
      underlay: { promisedMtu: 1500 },
      repairs: 2,
      lastRepairs: [{ sentence: 'a repair' }],
      agent: { roundMs: 84 },
      versions: { agent: '1.0.0', frr: 'unknown', nft: '1.0.6', iproute2: '6.1.0' },
    })
    t.same(report.elastics, [
      {
        ...{ external: '195.154.0.0', port: 'one-1-0', armed: true },
        traffic: { sentPackets: 12, sentBytes: 1008, receivedPackets: 5, receivedBytes: 420 },
      },
      { external: '195.154.0.1', port: 'one-2-0', armed: false, traffic: null },
    ])
    t.match(report.connections, [{ of: 'host' }, { of: 'public network public', used: 17 }])
    t.same(
      report.nics.filter(({ name }) => name !== 'eth0'),
      [
        {
          ...{ name: 'scwpn', carrier: true, carrierChanges: 2 },
          ...{ rxBytes: 10, rxErrors: 11, rxDrops: 12, txBytes: 20, txErrors: 21, txDrops: 22 },
          errorsLastMinute: 0,
        },
      ],
    )
    t.ok(report.load.memoryTotalBytes > report.load.memoryUsedBytes)
    t.ok(report.agent.memoryBytes > 1_000_000)
    processes.length = 0
    await reporter.report()
    t.same(
      processes.filter((name) => name !== 'ping'),
      ['nsenter'],
      'one process for all addresses',
    )
  })

  await t.test('of a host without specification starts no process of its own', async (t) => {
    const devices = await scratch(t)
    const processes: string[] = []
    const reporter = createReporter({
      ...{ clock: createClock(), logger: silent, agent: '1.0.0' },
      exec: execOf((argv) => {
        processes.push(argv.join(' '))
        return answers(argv)
      }),
      ...{ frrRunDirectory: devices, devices },
      state: () => ({
        ...{ spec: null, outcome: null },
        ...{ repairs: 0, lastRepairs: [], roundMs: null },
      }),
    })
    t.teardown(() => reporter.close())
    const report = parseAs(HostReport, await reporter.report(), 'The report')
    t.match(report, { verdict: 'degraded', reasons: [/^No specification/] })
    t.same(processes, ['nft --version', 'ip -V'])
  })

  await t.test('of 500 networks, 100 hosts and 1,000 addresses stays below 300 kB', async (t) => {
    const report = parseAs(HostReport, largest(), 'The report')
    const size = JSON.stringify(report).length
    t.comment(`${size} bytes`)
    t.ok(size < 300_000, `${size} bytes`)
    const text = statusText(statusOf(report))
    t.ok(text.split('\n').length < 150)
    t.match(text, /and 990 more; --json has them all/)
  })
})
