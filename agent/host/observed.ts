/** What was read from the kernel, as plain values: the planner's second argument. */
export interface Observed {
  readonly host: Stack
  /** Names under /run/netns. */
  readonly namespaces: readonly string[]
  /** Only the namespaces that were read; the others are trusted by their mark. */
  readonly inside: Readonly<Record<string, Stack>>
  /** Names that cannot be entered: left by a process that died while it made or deleted one. */
  readonly broken: readonly string[]
  /** Addresses from which controllers came, newest first: as the agent's state remembers them. */
  readonly controllers?: readonly string[]
  /** The chains FORWARD of iptables that are in use. */
  readonly forwards?: readonly ForwardChain[]
}

/** What of somebody else's chain FORWARD concerns us. */
export interface ForwardChain {
  /** Which of iptables' two kernel interfaces it belongs to. */
  readonly backend: 'nft' | 'legacy'
  /** Whether its policy drops what no rule accepts. */
  readonly drops: boolean
  /** How many rules of ours accept what comes from router namespaces. */
  readonly incoming: number
  readonly outgoing: number
  /** Whether nobody's rule comes after ours. */
  readonly isLast: boolean
}

export const forwardWays = ['incoming', 'outgoing'] as const
export type ForwardWay = (typeof forwardWays)[number]

/** One network stack: the host's own or a router namespace's. */
export interface Stack {
  readonly links: readonly Link[]
  readonly addresses: readonly Address[]
  readonly routes: readonly Route[]
  readonly rules: readonly Rule[]
  readonly neighbours: readonly Neighbour[]
  readonly fdb: readonly FdbEntry[]
  readonly tables: readonly TableShape[]
  /** Path under /proc/sys → value; a path that does not exist is absent. */
  readonly sysctls: Readonly<Record<string, string>>
}

export interface Link {
  readonly name: string
  /** Other names that lead to it (`ip link property add altname`); udev gives NICs some. */
  readonly altnames?: readonly string[]
  /** bridge, vxlan, veth, vlan, tun…; null for hardware. */
  readonly kind: string | null
  readonly up: boolean
  readonly mtu: number
  readonly mac: string
  readonly group: string
  readonly master: string | null
  readonly alias: string
  readonly bridge: BridgeOptions | null
  readonly vxlan: VxlanOptions | null
  readonly vlan: VlanOptions | null
  /** Flags as a port of a bridge; null when it is none. */
  readonly port: PortFlags | null
}

export interface BridgeOptions {
  readonly forwardDelay: number
  readonly stp: number
  readonly snooping: number
}

export interface VxlanOptions {
  readonly id: number
  readonly port: number
  readonly local: string | null
  readonly learning: boolean
}

export interface VlanOptions {
  readonly id: number
  readonly parent: string | null
}

export interface PortFlags {
  readonly learning: boolean
  readonly neighSuppress: boolean
  readonly isolated: boolean
}

export interface Address {
  readonly device: string
  /** With prefix length. */
  readonly address: string
}

export interface Route {
  readonly table: string
  readonly type: 'unicast' | 'unreachable'
  /** `default`, `a.b.c.d` or `a.b.c.d/n`. */
  readonly destination: string
  readonly via: string | null
  readonly device: string | null
  readonly source: string | null
  readonly metric: number
  readonly protocol: string
}

export interface Rule {
  readonly priority: number
  readonly iif: string
  readonly table: string
  readonly protocol: string
}

export interface Neighbour {
  readonly device: string
  readonly address: string
  /** null: the host answers ARP for it (a proxy entry). */
  readonly mac: string | null
  readonly protocol: string
}

export interface FdbEntry {
  readonly device: string
  readonly mac: string
  readonly destination: string | null
  readonly via: string | null
  readonly state: string
  readonly sticky: boolean
}

/** What of a loaded nft table can be compared with a wanted one. */
export interface TableShape {
  readonly family: string
  readonly name: string
  /** Hash of the structure it was loaded with, or empty. */
  readonly version: string
  /** Set or map → its elements as nft writes them, without quotes, sorted. */
  readonly elements: Readonly<Record<string, readonly string[]>>
  readonly chains: Readonly<Record<string, ChainShape>>
}

export interface ChainShape {
  /** Type, hook, priority and policy: `filter input -10 accept`; empty when it hangs on no hook. */
  readonly hook: string
  /** The marks of its rules in their order; empty for one that has none. */
  readonly rules: readonly string[]
}

export const emptyStack: Stack = {
  links: [],
  addresses: [],
  routes: [],
  rules: [],
  neighbours: [],
  fdb: [],
  tables: [],
  sysctls: {},
}
