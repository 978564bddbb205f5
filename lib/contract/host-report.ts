import { type Static, Type } from 'typebox'

const Count = Type.Integer({ minimum: 0 })
/** Wall time in milliseconds since 1970. */
const Time = Count

export const BgpSession = Type.Object({
  neighbour: Type.String(),
  /** FRR's word: Established, Active, Connect… */
  state: Type.String(),
  /** How long it has been Established; 0 in any other state. */
  uptimeMs: Count,
  prefixesReceived: Count,
})

export const BfdSession = Type.Object({
  neighbour: Type.String(),
  /** FRR's word: up, down, init, shutdown. */
  state: Type.String(),
  /** How long it has been up; 0 in any other state. */
  uptimeMs: Count,
  /** Why it went down last, in the words of RFC 5880; "ok" when it never did. */
  diagnostic: Type.String(),
})

export const VniHealth = Type.Object({
  vni: Count,
  device: Type.String(),
  macs: Count,
  /** How many other hosts BGP told of MACs in this network. */
  remoteVtepCount: Count,
  /** The first three of them: 500 networks of 100 hosts must fit into a report. */
  remoteVteps: Type.Array(Type.String()),
})

/** How far the underlay carries towards one other host. */
export const PeerPath = Type.Object({
  /** Underlay address. */
  peer: Type.String(),
  /**
   * The largest IP packet, in bytes with its header, that reached the peer undivided and was answered,
   * looked for up to the promised size; null when not even a small one was.
   */
  mtu: Type.Union([Count, Type.Null()]),
  at: Time,
})

/**
 * What an elastic address carried since it was armed, as the router namespace counts it: IP packets and
 * bytes with their header, towards the VM before its security groups. It starts anew when the address
 * is armed again; the kernel's part of it when the agent starts and the counting table is made anew, so
 * who computes rates takes a number lower than the one before as a new beginning.
 */
export const ElasticTraffic = Type.Object({
  /** By the VM. */
  sentPackets: Count,
  sentBytes: Count,
  receivedPackets: Count,
  receivedBytes: Count,
})

export const ElasticHealth = Type.Object({
  external: Type.String(),
  port: Type.String(),
  /** Whether the VM's port is on the bridge, so that the address is served. */
  armed: Type.Boolean(),
  /** Null while it is not armed, or the counters could not be read. */
  traffic: Type.Union([ElasticTraffic, Type.Null()]),
})

/** A network card, or the private network's device. */
export const NicHealth = Type.Object({
  name: Type.String(),
  /** Whether it is switched on and has a link. */
  carrier: Type.Boolean(),
  /** How often the link came or went since the device exists. */
  carrierChanges: Count,
  rxBytes: Count,
  txBytes: Count,
  rxErrors: Count,
  txErrors: Count,
  /** Packets thrown away for want of room or of anybody who wants them. */
  rxDrops: Count,
  txDrops: Count,
  /** Receive and transmit errors within the minute watched last. */
  errorsLastMinute: Count,
})

/** Use of a connection table; once full, the kernel drops every new connection. */
export const ConnectionTable = Type.Object({
  /** `host`, or the name of a public network. */
  of: Type.String(),
  used: Count,
  /** 0 while the kernel keeps no such table. */
  limit: Count,
})

/** A drift that was put right. */
export const Repair = Type.Object({ at: Time, sentence: Type.String() })

export const Verdict = Type.Union([
  Type.Literal('healthy'),
  Type.Literal('degraded'),
  Type.Literal('failed'),
])

/**
 * What the agent says of its host every ten seconds: 300 kB at most with 500 networks on 100 hosts and
 * 1,000 elastic addresses.
 */
export const HostReport = Type.Object({
  at: Time,
  verdict: Verdict,
  /** One sentence each; empty when healthy, at most 51. */
  reasons: Type.Array(Type.String()),
  generation: Count,
  sessions: Type.Array(BgpSession),
  bfd: Type.Array(BfdSession),
  /** FRR's daemons that do not answer: what they know is missing from this report. */
  silentDaemons: Type.Array(Type.String()),
  vnis: Type.Array(VniHealth),
  underlay: Type.Object({
    /** What the specification promises, in bytes; null while there is none. */
    promisedMtu: Type.Union([Count, Type.Null()]),
    /** Measured each minute, sixteen hosts at a time in turn; empty before the first. */
    peers: Type.Array(PeerPath),
  }),
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
  }),
  nics: Type.Array(NicHealth),
  connections: Type.Array(ConnectionTable),
  /** What the agent itself takes. */
  agent: Type.Object({
    memoryBytes: Count,
    /** Share of one core since the last report, the programs it started included. */
    cpu: Type.Number(),
    /** How long the last round of reconciliation took; null before the first. */
    roundMs: Type.Union([Count, Type.Null()]),
  }),
  /** As systemd-timesyncd says; null where something else, or nothing, keeps the clock. */
  clockSynchronised: Type.Union([Type.Boolean(), Type.Null()]),
  /** "unknown" for what does not say. */
  versions: Type.Object({
    agent: Type.String(),
    frr: Type.String(),
    kernel: Type.String(),
    nft: Type.String(),
    iproute2: Type.String(),
  }),
})

export type BgpSession = Static<typeof BgpSession>
export type BfdSession = Static<typeof BfdSession>
export type VniHealth = Static<typeof VniHealth>
export type PeerPath = Static<typeof PeerPath>
export type ElasticTraffic = Static<typeof ElasticTraffic>
export type ElasticHealth = Static<typeof ElasticHealth>
export type NicHealth = Static<typeof NicHealth>
export type ConnectionTable = Static<typeof ConnectionTable>
export type Repair = Static<typeof Repair>
export type Verdict = Static<typeof Verdict>
export type HostReport = Static<typeof HostReport>
