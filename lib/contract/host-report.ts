import { type Static, Type } from 'typebox'

const Count = Type.Integer({ minimum: 0 })

export const BgpSession = Type.Object({
  neighbour: Type.String(),
  /** FRR's word: Established, Active, Connect… */
  state: Type.String(),
  uptimeMs: Count,
  prefixesReceived: Count,
})

export const VniHealth = Type.Object({
  vni: Count,
  device: Type.String(),
  macs: Count,
  remoteVteps: Type.Array(Type.String()),
})

export const ElasticHealth = Type.Object({
  external: Type.String(),
  port: Type.String(),
  /** Whether the VM's port is on the bridge, so that the address is served. */
  armed: Type.Boolean(),
})

/** A drift that was put right. */
export const Repair = Type.Object({ at: Count, sentence: Type.String() })

export const Verdict = Type.Union([
  Type.Literal('healthy'),
  Type.Literal('degraded'),
  Type.Literal('failed'),
])

/** What the agent says of its host every ten seconds. */
export const HostReport = Type.Object({
  at: Count,
  verdict: Verdict,
  /** One sentence each; empty when healthy. */
  reasons: Type.Array(Type.String()),
  generation: Count,
  sessions: Type.Array(BgpSession),
  vnis: Type.Array(VniHealth),
  elastics: Type.Array(ElasticHealth),
  /** How many drifts were put right since the agent started. */
  repairs: Count,
  /** The last twenty of them, oldest first. */
  lastRepairs: Type.Array(Repair),
  load: Type.Object({
    /** Share of all cores in use since the last report, 0..1. */
    cpu: Type.Number(),
    memoryUsedBytes: Count,
    memoryTotalBytes: Count,
    diskUsedBytes: Count,
    diskTotalBytes: Count,
    rxBytes: Count,
    txBytes: Count,
  }),
  versions: Type.Object({ agent: Type.String(), frr: Type.String(), kernel: Type.String() }),
})

export type BgpSession = Static<typeof BgpSession>
export type VniHealth = Static<typeof VniHealth>
export type ElasticHealth = Static<typeof ElasticHealth>
export type Repair = Static<typeof Repair>
export type Verdict = Static<typeof Verdict>
export type HostReport = Static<typeof HostReport>
