import { Type } from 'typebox'
import {
  type BfdSession,
  type BgpSession,
  parseAs,
  type VniHealth,
} from '../../lib/contract/index.ts'

/** Of each network's VTEPs so many are named in a report. */
const vtepsShown = 3
const Count = Type.Integer({ minimum: 0 })

// Only what is read is demanded: FRR 8.1 to 10 differ in the rest.
const Summary = Type.Object({
  /** Absent while bgpd has no instance. */
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
const BfdPeers = Type.Array(
  Type.Object({
    peer: Type.String(),
    status: Type.String(),
    /** Seconds; only of a session that is up. */
    uptime: Type.Optional(Count),
    diagnostic: Type.Optional(Type.String()),
  }),
)
const Vnis = Type.Record(
  Type.String(),
  Type.Object({
    vni: Count,
    vxlanIf: Type.String(),
    // Absent, or text such as "n/a", by FRR version and kind of VNI.
    numMacs: Type.Optional(Type.Unknown()),
    remoteVteps: Type.Optional(Type.Unknown()),
  }),
)

/** What bgpd says to `show bgp l2vpn evpn summary json`. Throws EDGE_MESSAGE_INVALID, as all here. */
export function sessionsIn(answer: unknown): BgpSession[] {
  const { peers = {} } = parseAs(Summary, answer, "The answer of FRR's bgpd")
  return Object.entries(peers).map(([neighbour, { state, peerUptimeMsec = 0, pfxRcd = 0 }]) => ({
    neighbour,
    state,
    // FRR counts the time since the last change, be it up or down.
    uptimeMs: state === 'Established' ? peerUptimeMsec : 0,
    prefixesReceived: pfxRcd,
  }))
}

/**
 * What bfdd says to `show bfd peers json`, one answer for each neighbour: it has two sessions with each,
 * single-hop and multihop (render.ts), and is told by the one that is worse off.
 */
export function bfdIn(answer: unknown): BfdSession[] {
  const peers = parseAs(BfdPeers, answer, "The answer of FRR's bfdd")
  const sessions = peers.map(({ peer, status, uptime = 0, diagnostic = 'unknown' }) => ({
    ...{ neighbour: peer, state: status },
    ...{ uptimeMs: uptime * 1000, diagnostic },
  }))
  return [...Map.groupBy(sessions, ({ neighbour }) => neighbour).values()].map((both) =>
    both.reduce(worse),
  )
}

function worse(one: BfdSession, other: BfdSession): BfdSession {
  if (one.state !== 'up') return one
  return other.state !== 'up' || other.uptimeMs < one.uptimeMs ? other : one
}

/** What zebra says to `show evpn vni json`. */
export function vnisIn(answer: unknown): VniHealth[] {
  const vnis = parseAs(Vnis, answer, "The answer of FRR's zebra")
  return Object.values(vnis).map(({ vni, vxlanIf, numMacs, remoteVteps }) => {
    const vteps = Array.isArray(remoteVteps) ? remoteVteps.map(String) : []
    return {
      vni,
      device: vxlanIf,
      macs: typeof numMacs === 'number' ? numMacs : 0,
      remoteVtepCount: vteps.length,
      remoteVteps: vteps.slice(0, vtepsShown),
    }
  })
}
