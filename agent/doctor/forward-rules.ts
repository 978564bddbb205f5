/** What stands in the way of forwarded packets and is not ours: docker's, ufw's, OpenNebula's chains. */
export interface ForwardRules {
  readonly chains: readonly Chain[]
  /** False when the tool that lists them broke off: there may be more. */
  readonly isWhole: boolean
}

export interface Chain {
  readonly family: string
  readonly table: string
  readonly name: string
  /** What becomes of a packet at the end of a chain on the forward hook; null for chains that are only jumped to. */
  readonly policy: 'accept' | 'drop' | null
  readonly rules: readonly Rule[]
}

export interface Rule {
  readonly matches: readonly Match[]
  readonly action: Action
}

/** `certain` and `never` are what needs no packet to tell; `unclear` what no packet here can. */
export type Match =
  | {
      readonly kind: 'device'
      readonly side: 'in' | 'out'
      readonly not: boolean
      readonly names: readonly string[]
    }
  | {
      readonly kind: 'address'
      readonly side: 'source' | 'destination'
      readonly not: boolean
      readonly prefixes: readonly string[]
    }
  | { readonly kind: 'state'; readonly not: boolean; readonly states: readonly string[] }
  /** Ports of a bridge: never true for a packet that is routed. */
  | { readonly kind: 'bridge-port' }
  | { readonly kind: 'unclear' }

export type Action =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'continue' | 'unclear' }
  | { readonly kind: 'jump' | 'goto'; readonly target: string }

/** A packet as far as it is known which it is. */
export interface Packet {
  readonly from: string
  readonly to: string
  readonly source: string | null
  readonly destination: string | null
  readonly state: 'new' | 'established'
  /** Bridged, not routed: devices are the bridge itself (br_netfilter). */
  readonly bridged: boolean
}
