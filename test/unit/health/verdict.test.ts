import t from 'tap'
import type { Findings } from '../../../agent/health/findings.ts'
import { verdictOf } from '../../../agent/health/verdict.ts'
import { reportOf } from './reports.ts'
import { peerA, peerB, spec } from './samples.ts'

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
