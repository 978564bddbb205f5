import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Exec, ExecFacts } from '../../../agent/exec/index.ts'
import { bfdIn, sessionsIn, vnisIn } from '../../../agent/frr/answers.ts'
import { frrFacts } from '../../../agent/frr/index.ts'
import type { Findings } from '../../../agent/health/findings.ts'
import { createReporter } from '../../../agent/health/index.ts'
import { cpuTicks } from '../../../agent/health/load.ts'
import { defaultDeviceIn } from '../../../agent/health/nics.ts'
import { createOdometer } from '../../../agent/health/odometer.ts'
import { ownTicks } from '../../../agent/health/own-use.ts'
import { pathMtu } from '../../../agent/health/path-mtu.ts'
import { ping } from '../../../agent/health/ping.ts'
import { trafficIn } from '../../../agent/health/traffic.ts'
import { createUnderlay } from '../../../agent/health/underlay.ts'
import { verdictOf } from '../../../agent/health/verdict.ts'
import { statusText } from '../../../agent/status-text.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { HostReport, type HostSpec, parseAs } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { elasticOf, hostSpec, privateNetwork } from '../agent-net/specs.ts'
import { reportOf } from './reports.ts'

const recorded = (name: string) =>
  readFile(join(import.meta.dirname, '../../recorded', name), 'utf8')
const peerA = '10.180.0.12'
const peerB = '10.180.0.13'

/** A spec with two BGP neighbours, one private network, one public one with two addresses. */
const spec: HostSpec = hostSpec({
  networks: [privateNetwork(5, 'red', { vteps: [peerA, peerB] })],
  bgp: {
    ...{ asn: 65000, role: 'mesh', clusterId: null, password: null },
    neighbours: [
      { address: peerA, role: 'mesh' },
      { address: peerB, role: 'mesh' },
    ],
  },
  elastics: [elasticOf(1, 0), elasticOf(2, 1)],
})

/** Processes as a double: what each argv answers; `code` 0 unless it says so. */
function execOf(answer: (argv: readonly string[]) => Partial<ExecFacts>): Exec {
  const run = async (argv: readonly string[]): Promise<ExecFacts> => ({
    ...{ argv, code: 0, stdout: '', stderr: '', timedOut: false, elapsedMs: 0 },
    ...answer(argv),
  })
  return { run, follow: run }
}

async function scratch(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'health-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

t.test('what FRR 8.4 answers is understood', async (t) => {
  const read = async (name: string) => JSON.parse(await recorded(`frr-8.4/${name}.json`))
  t.same(bfdIn(await read('bfd-peers-up')), [
    { neighbour: '10.180.0.3', state: 'up', uptimeMs: 5000, diagnostic: 'ok' },
    { neighbour: '10.180.0.2', state: 'up', uptimeMs: 4000, diagnostic: 'ok' },
  ])
  t.match(bfdIn(await read('bfd-peers-down')), [
    { state: 'down', uptimeMs: 0, diagnostic: 'control detection time expired' },
    { state: 'down', uptimeMs: 0, diagnostic: 'neighbor signaled session down' },
  ])
  const twice = (...states: string[]) =>
    bfdIn(states.map((status, index) => ({ peer: peerA, status, uptime: 9 - index }))).map(
      ({ state, uptimeMs }) => [state, uptimeMs],
    )
  t.same(twice('up', 'up'), [['up', 8000]], 'two sessions with one neighbour are told as one')
  t.same([twice('up', 'down')[0]?.[0], twice('init', 'up')[0]?.[0]], ['down', 'init'], 'the worse')
  t.same(
    sessionsIn(await read('bgp-summary')).map(({ state, uptimeMs }) => [state, uptimeMs]),
    [
      ['Established', 13_000],
      ['Connect', 0],
      ['Connect', 0],
    ],
    'the time since a session went down is not its uptime',
  )
  t.same(sessionsIn({}), [], 'a bgpd without instance has none')
  t.same(
    vnisIn({
      7: { vni: 7, vxlanIf: 'scwpn.7', numMacs: 3, remoteVteps: [peerA] },
      8: { vni: 8, vxlanIf: 'scwpn.8', numMacs: 'n/a', remoteVteps: 'n/a' },
    }).map(({ macs, remoteVtepCount }) => [macs, remoteVtepCount]),
    [
      [3, 1],
      [0, 0],
    ],
  )
  t.throws(() => bfdIn({ peers: [] }), { code: 'EDGE_MESSAGE_INVALID', message: /bfdd/ })
})

/** A daemon's vty socket that answers what is asked after `enable` with this text, or hangs. */
async function daemon(t: Test, path: string, text: string | null): Promise<void> {
  const open: Socket[] = []
  const server = createServer((socket) => {
    let answer = '% Unknown command\0\0\0\x02'
    open.push(socket)
    socket.on('data', (command) => {
      if (text === null) return
      const isEnable = command.toString() === 'enable\0'
      socket.write(isEnable ? '\0\0\0\0' : answer)
      if (isEnable) answer = `${text}\0\0\0\0`
    })
  }).listen(path)
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
}

t.test('a daemon that hangs, talks nonsense or is gone hides no other’s answer', async (t) => {
  const directory = await scratch(t)
  await daemon(t, join(directory, 'bgpd.vty'), await recorded('frr-8.4/bgp-summary.json'))
  await daemon(t, join(directory, 'zebra.vty'), '% out of memory')
  const facts = await frrFacts(directory)
  t.equal(facts.sessions.length, 3)
  t.same([facts.bfd, facts.vnis], [[], []])
  t.match(
    facts.silent.toSorted((a, b) => (a.daemon < b.daemon ? -1 : 1)),
    [
      { daemon: 'bfdd', why: /^FRR's bfdd does not answer: .*systemctl status frr/ },
      { daemon: 'zebra', why: /no JSON/ },
    ],
  )
  await daemon(t, join(directory, 'bfdd.vty'), null)
  const later = await frrFacts(directory)
  t.equal(later.sessions.length, 3)
  t.match(later.silent.find(({ daemon }) => daemon === 'bfdd')?.why, /no answer within 3000 ms/)
})

t.test('the verdict', async (t) => {
  const session = { state: 'Established', uptimeMs: 1, prefixesReceived: 1 }
  const detection = { state: 'up', uptimeMs: 1, diagnostic: 'ok' }
  const path = { mtu: 1500, at: 1 }
  const peers = [peerA, peerB] as const
  const frr: Findings['frr'] = {
    sessions: peers.map((neighbour) => ({ neighbour, ...session })),
    bfd: peers.map((neighbour) => ({ neighbour, ...detection })),
    vnis: [{ vni: 105, device: 'scwpn.105', macs: 0, remoteVtepCount: 0, remoteVteps: [] }],
    silent: [],
  }
  const { load, connections } = reportOf()
  const well: Findings = {
    ...{
      spec,
      frr,
      frrVersion: '8.4.4',
      underlay: 'up',
      unmeasured: null,
      faults: [],
      load,
      connections,
    },
    paths: peers.map((peer) => ({ peer, ...path })),
    nics: [],
  }
  const said = (wrong: Partial<Findings>) => {
    const { verdict, reasons } = verdictOf({ ...well, ...wrong })
    return [verdict, ...reasons]
  }
  const down = (state: string, diagnostic: string): Findings['frr'] => ({
    ...frr,
    bfd: [{ ...detection, neighbour: peerA, state, diagnostic }, ...frr.bfd.slice(1)],
  })
  const silence = (...daemons: ('zebra' | 'bgpd' | 'bfdd')[]): Findings['frr'] => ({
    ...frr,
    silent: daemons.map((daemon) => ({ daemon, why: `FRR's ${daemon} does not answer` })),
  })
  const to = (...mtus: (number | null)[]) => ({
    paths: mtus.map((mtu, index) => ({
      peer: peers[index] ?? `10.180.0.${14 + index}`,
      mtu,
      at: 1,
    })),
  })
  const full = (part: 'memoryUsedBytes' | 'diskUsedBytes', used: number) => ({
    load: { ...load, memoryTotalBytes: 100, diskTotalBytes: 100, [part]: used },
  })
  const nic = {
    ...{ name: 'eth0', carrier: true, carrierChanges: 1, rxBytes: 0, txBytes: 0 },
    ...{ rxErrors: 99, txErrors: 0, rxDrops: 0, txDrops: 0, errorsLastMinute: 60 },
  }

  const sentences: readonly [string, Partial<Findings>, string, RegExp | null][] = [
    ['all is well', {}, 'healthy', null],
    [
      'no underlay',
      { underlay: 'down' },
      'failed',
      /^The private network's device scwpn is missing/,
    ],
    ['no carrier', { underlay: 'without carrier' }, 'failed', /scwpn has no carrier; look/],
    ['nobody answers', to(null, null), 'failed', /^None of the 2 other hosts answers a ping/],
    ['one silent peer', to(1500, null), 'degraded', /^10\.180\.0\.13 cannot be reached over/],
    ['the only peer silent', to(null), 'degraded', /^10\.180\.0\.12 cannot be reached over/],
    [
      'a small path',
      to(1500, 1400),
      'degraded',
      /^Packets to 10\.180\.0\.13 pass up to 1400 bytes only, not the 1500 promised/,
    ],
    [
      'many small paths',
      to(1400, 1400, 1400, 1400, 1400),
      'degraded',
      /^Packets to 10\.180\.0\.12, 10\.180\.0\.13, 10\.180\.0\.16 and 2 more pass up to 1400/,
    ],
    ['no ping', { unmeasured: 'ping cannot be started' }, 'degraded', /^ping cannot be started/],
    ['no spec', { spec: null }, 'degraded', /^No specification was received yet/],
    ['all of FRR', { frr: silence('zebra', 'bgpd', 'bfdd') }, 'degraded', /^FRR does not answer;/],
    ['bfdd alone', { frr: silence('bfdd') }, 'degraded', /^FRR's bfdd does not answer$/],
    [
      'BGP',
      { frr: { ...frr, sessions: frr.sessions.slice(1) } },
      'degraded',
      /^The BGP session to 10\.180\.0\.12 is absent; look/,
    ],
    [
      'BFD',
      { frr: down('down', 'control detection time expired') },
      'degraded',
      /^The BFD session to 10\.180\.0\.12 is down: control detection time expired; look/,
    ],
    ['BFD from the start', { frr: down('down', 'ok') }, 'degraded', /is down: it never came up;/],
    [
      'BFD not asked for',
      { frr: { ...frr, bfd: frr.bfd.slice(1) } },
      'degraded',
      /^There is no BFD session to 10\.180\.0\.12; look/,
    ],
    ['a bad FRR', { frrVersion: '8.0.1' }, 'degraded', /^FRR 8\.0\.1 is a version known to be bad/],
    ['an unknown FRR', { frrVersion: 'unknown' }, 'healthy', null],
    ['a VNI', { frr: { ...frr, vnis: [] } }, 'degraded', /^FRR does not know VNI 105 of red; look/],
    [
      'a fault',
      { faults: ['The bridge cannot be made'] },
      'degraded',
      /^The bridge cannot be made$/,
    ],
    [
      'conntrack',
      { connections: [{ of: 'public network x', used: 90, limit: 100 }] },
      'degraded',
      /^The connection table of public network x holds 90 of 100 entries.*nf_conntrack_max/,
    ],
    ['memory', full('memoryUsedBytes', 95), 'degraded', /^95 % of the memory are in use; move/],
    ['disk', full('diskUsedBytes', 95), 'degraded', /^The disk is 95 % full; make room/],
    ['a card', { nics: [nic] }, 'degraded', /^eth0 counted 60 receive or transmit errors/],
  ]
  for (const [name, wrong, verdict, sentence] of sentences) {
    await t.test(name, async (t) => {
      const [judged, ...reasons] = said(wrong)
      t.equal(judged, verdict)
      if (sentence === null) return t.same(reasons, [])
      t.equal(reasons.length, 1, reasons.join('\n'))
      t.match(reasons[0], sentence)
    })
  }

  await t.test('just below a limit nothing is said', async (t) => {
    for (const fine of [
      ...[full('memoryUsedBytes', 94), full('diskUsedBytes', 94)],
      { connections: [{ of: 'host', used: 89, limit: 100 }] },
      { connections: [{ of: 'host', used: 0, limit: 0 }] },
      { nics: [{ ...nic, errorsLastMinute: 59 }] },
    ]) {
      t.same(said(fine), ['healthy'])
    }
  })
  await t.test('a thousand reasons do not make a report endless', async (t) => {
    const faults = Array.from({ length: 1000 }, (_, index) => `fault ${index} ${'x'.repeat(9999)}`)
    const { reasons } = verdictOf({ ...well, faults })
    t.equal(reasons.length, 51)
    t.equal(reasons.at(-1), 'And 950 more')
    t.ok(JSON.stringify(reasons).length < 30_000)
  })
  await t.test('what fails the host is said before what degrades it', async (t) => {
    const reasons = said({ underlay: 'down', faults: ['first'] })
    t.match(reasons, ['failed', /private network/, 'first'])
  })
})

t.test('the measured MTU', async (t) => {
  await t.test('is the largest that passes, found in a few probes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1280, max: 9216 }),
        fc.integer({ min: 0, max: 9300 }),
        fc.option(fc.integer({ min: 84, max: 9216 })),
        async (promised, limit, known) => {
          let probes = 0
          const mtu = await pathMtu(
            promised,
            known,
            async (bytes) => ++probes > 0 && bytes <= limit,
          )
          const wanted = limit < 84 ? null : Math.min(limit, promised)
          return mtu === wanted && probes <= 18
        },
      ),
    )
  })

  await t.test('is looked for again only when it changed', async (t) => {
    let probes = 0
    const passes = async (bytes: number) => ++probes > 0 && bytes <= 1400
    t.equal(await pathMtu(1500, 1400, passes), 1400)
    t.equal(probes, 4)
  })

  await t.test(
    'is asked for by packets with their header, undivided, on the underlay',
    async (t) => {
      const asked: string[] = []
      const exec = execOf((argv) => {
        asked.push(argv.join(' '))
        return { code: 1 }
      })
      t.equal(await ping(exec, peerA, 1500), false)
      t.match(asked, [/^ping .*-M do -I scwpn .*-s 1472 10\.180\.0\.12$/])
      for (const code of [null, 127]) {
        await t.rejects(
          ping(
            execOf(() => ({ code })),
            peerA,
            1500,
          ),
          { code: 'EDGE_PING_MISSING' },
        )
      }
      t.equal(
        await ping(
          execOf(() => ({ code: null, timedOut: true })),
          peerA,
          1500,
        ),
        false,
      )
    },
  )

  await t.test('comes to every host in turn, four processes at a time', async (t) => {
    const vteps = Array.from({ length: 40 }, (_, index) => `10.180.1.${index}`)
    const many = hostSpec({ networks: [privateNetwork(5, 'red', { vteps })] })
    let [now, most, time] = [0, 0, 0]
    const exec: Exec = {
      ...execOf(() => ({})),
      run: async (argv) => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 1))
        now--
        const isSilent = argv.at(-1) === '10.180.1.7'
        return {
          argv,
          code: isSilent ? 1 : 0,
          stdout: '',
          stderr: '',
          timedOut: false,
          elapsedMs: 0,
        }
      },
    }
    const underlay = createUnderlay(exec, { ...createClock(), now: () => ++time })
    const { signal } = new AbortController()
    await underlay.measure(many, 'turn', signal)
    t.equal(underlay.paths().length, 16)
    t.equal(most, 4)
    await underlay.measure(many, 'turn', signal)
    await underlay.measure(many, 'turn', signal)
    t.equal(underlay.paths().length, 40)
    t.same(
      underlay.paths().filter(({ mtu }) => mtu !== 1500),
      [{ peer: '10.180.1.7', mtu: null, at: underlay.paths().find(({ mtu }) => !mtu)?.at }],
    )
    const before = time
    await underlay.measure(many, 'silent', signal)
    t.equal(time, before + 1, 'who did not answer is asked alone')
    await underlay.measure({ ...many, networks: [] }, 'turn', signal)
    t.same(underlay.paths(), [], 'who left is forgotten')
  })
})

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

const inventory = { system: 'Dell R640', cpu: 'Intel', cores: 32, memoryBytes: 2 ** 36 }
const statusOf = (report: HostReport) => ({
  ...{ server: 'em-1', connected: true, epoch: 3, generation: 7 },
  ...{ report, inventory },
})

/** As large as a report becomes: every list at its end. */
function largest(): HostReport {
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
