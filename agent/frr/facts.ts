import { type Static, Type } from 'typebox'
import { type BgpSession, parseAs, type VniHealth } from '../../lib/contract/index.ts'
import { fault } from './faults.ts'
import { type Daemon, openVty } from './vty.ts'

/** What FRR says of itself, for the health report. */
export interface FrrFacts {
  readonly sessions: BgpSession[]
  readonly vnis: VniHealth[]
  readonly version: string
}

/** Asks the daemons in `runDirectory`. Throws EDGE_FRR_ABSENT when one does not answer. */
export async function frrFacts(runDirectory: string): Promise<FrrFacts> {
  const [summary, vnis, version] = await Promise.all([
    show(runDirectory, 'bgpd', 'show bgp l2vpn evpn summary json', Summary),
    show(runDirectory, 'zebra', 'show evpn vni json', Vnis),
    ask(runDirectory, 'zebra', 'show version'),
  ])
  return {
    sessions: Object.entries(summary.peers ?? {}).map(([neighbour, peer]) => ({
      neighbour,
      state: peer.state,
      uptimeMs: peer.peerUptimeMsec ?? 0,
      prefixesReceived: peer.pfxRcd ?? 0,
    })),
    vnis: Object.values(vnis).map(({ vni, vxlanIf, numMacs, remoteVteps }) => ({
      vni,
      device: vxlanIf,
      macs: numMacs,
      remoteVteps: Array.isArray(remoteVteps) ? remoteVteps : [],
    })),
    version: /FRRouting (\S+)/.exec(version)?.[1] ?? 'unknown',
  }
}

const Count = Type.Integer({ minimum: 0 })
const Summary = Type.Object({
  peers: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        state: Type.String(),
        peerUptimeMsec: Type.Optional(Count),
        pfxRcd: Type.Optional(Count),
      }),
    ),
  ),
})
const Vnis = Type.Record(
  Type.String(),
  Type.Object({
    vni: Count,
    vxlanIf: Type.String(),
    numMacs: Count,
    /** Absent, a list, or text such as "n/a", by FRR version. */
    remoteVteps: Type.Optional(Type.Unknown()),
  }),
)

async function show<T extends typeof Summary | typeof Vnis>(
  runDirectory: string,
  daemon: Daemon,
  command: string,
  schema: T,
): Promise<Static<T>> {
  const text = await ask(runDirectory, daemon, command)
  return parseAs(schema, JSON.parse(text || '{}'), `The answer of ${daemon}`)
}

async function ask(runDirectory: string, daemon: Daemon, command: string): Promise<string> {
  const vty = await openVty(runDirectory, daemon)
  try {
    const { text, code } = await vty.ask(command)
    if (code === 0) return text
    throw fault('EDGE_FRR_REFUSED', `FRR refused "${command}"`, { answer: text.trim() })
  } finally {
    vty.close()
  }
}
