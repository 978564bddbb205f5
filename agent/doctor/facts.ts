import type { HostSpec } from '../../lib/contract/index.ts'
import type { Observed } from '../host/index.ts'
import type { NetworkStep, Wanted } from '../plan/index.ts'
import type { ForwardRules } from './forward-rules.ts'

/** Everything the doctor looks at, read once; hops judge nothing else. */
export interface Facts {
  readonly spec: HostSpec
  readonly observed: Observed
  readonly wanted: Wanted
  /** What the planner would change now, and what of the spec it leaves out. */
  readonly steps: readonly NetworkStep[]
  readonly faults: readonly string[]
  /** Links of the host with a carrier: somebody holds the other end. */
  readonly carriers: ReadonlySet<string>
  /** Every MAC the host's bridges and tunnels know, learnt ones included. */
  readonly macs: readonly KnownMac[]
  /** What others put into the way of forwarded packets. */
  readonly forward: ForwardRules
  readonly routing: Routing
  readonly paths: readonly Path[]
}

export interface KnownMac {
  readonly mac: string
  readonly device: string
  /** The bridge whose entry it is; null for an entry of a tunnel itself. */
  readonly bridge: string | null
  /** The VTEP behind it. */
  readonly destination: string | null
}

/** A packet as large as tunnels make them, sent to another host without leave to cut it up. */
export interface Path {
  readonly peer: string
  readonly bytes: number
  /** `small`: only a small packet comes back. */
  readonly passes: 'whole' | 'small' | 'nothing'
}

export const daemons = ['zebra', 'bgpd', 'bfdd'] as const
export type Daemon = (typeof daemons)[number]

/** What FRR says; null where the daemon asked does not answer, or not as expected. */
export interface Routing {
  /** Why it does not answer, by daemon. */
  readonly silent: Readonly<Partial<Record<Daemon, string>>>
  /** What the agent would tell FRR to be as the spec wants it. */
  readonly changes: readonly string[]
  /** Addresses zebra knows on the underlay. */
  readonly addresses: readonly string[] | null
  readonly sessions: readonly Session[] | null
  readonly bfd: readonly BfdPeer[] | null
  readonly vnis: readonly { readonly vni: number; readonly device: string }[] | null
  /** Type-3 routes: which VTEP asks for the broadcasts of which VNI. */
  readonly floods: readonly { readonly vni: number; readonly vtep: string }[] | null
  /** Type-2 routes of the MACs that were asked for. */
  readonly macs: readonly MacRoute[] | null
}

export interface Session {
  readonly neighbour: string
  /** FRR's word: Established, Active, Idle… */
  readonly state: string
  /** Why it was last reset, in FRR's words. */
  readonly reason: string | null
}

export interface BfdPeer {
  readonly peer: string
  readonly status: string
  readonly diagnostic: string
}

export interface MacRoute {
  readonly vni: number
  readonly mac: string
  /** null: the route of the MAC alone. */
  readonly address: string | null
  readonly vtep: string
  /** Made here; otherwise a neighbour sent it. */
  readonly own: boolean
}
