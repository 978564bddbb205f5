import type {
  Address,
  BridgeOptions,
  FdbEntry,
  Neighbour,
  PortFlags,
  Route,
  Rule,
  VxlanOptions,
} from '../host/index.ts'
import type { NftTable } from '../nat/index.ts'

/** MTU of the veth between host and router namespace. */
export const linkMtu = 1500

/** The desired state of one host, compiled from its spec: the same shape as what is observed. */
export interface Wanted {
  readonly publicDevice: string | null
  readonly underlay: WantedUnderlay
  readonly bridges: readonly WantedBridge[]
  readonly tunnels: readonly WantedTunnel[]
  readonly routers: readonly WantedRouter[]
  /** Bridges whose ports, the router's excepted, must not reach each other. */
  readonly isolating: readonly string[]
  /** The VM ports plugged into those now. */
  readonly isolated: readonly string[]
  readonly fdb: readonly FdbEntry[]
  readonly addresses: readonly Address[]
  readonly routes: readonly Route[]
  readonly rules: readonly Rule[]
  readonly neighbours: readonly Neighbour[]
  readonly tables: readonly NftTable[]
  readonly sysctls: readonly Sysctl[]
}

export interface WantedUnderlay {
  readonly name: string
  readonly mtu: number
  readonly medium:
    | { readonly kind: 'vlan'; readonly id: number; readonly parent: string | null }
    | { readonly kind: 'link'; readonly device: string }
    /** Asked for, and not taken: it is the host's way to the internet. */
    | { readonly kind: 'refused'; readonly device: string }
}

export interface WantedBridge {
  readonly name: string
  readonly mtu: number
  readonly mac: string
  readonly options: BridgeOptions
}

export interface WantedTunnel {
  readonly name: string
  readonly mtu: number
  readonly bridge: string
  readonly options: VxlanOptions & { readonly local: string }
  readonly port: PortFlags
}

export interface WantedRouter {
  readonly namespace: string
  /** Words for sentences: `private network "red"`. */
  readonly title: string
  readonly bridge: string
  readonly mtu: number
  readonly port: string
  readonly link: string
  readonly inside: WantedInside
  /** Hash of `inside`, kept as alias of the port once applied. */
  readonly mark: string
}

export interface WantedInside {
  /** All of them up. */
  readonly links: readonly WantedEnd[]
  readonly sysctls: readonly Sysctl[]
  readonly addresses: readonly Address[]
  readonly routes: readonly Route[]
  readonly neighbours: readonly Neighbour[]
  readonly tables: readonly NftTable[]
}

/** A device inside: null leaves what the kernel gave it. */
export interface WantedEnd {
  readonly name: string
  readonly mtu: number | null
  readonly mac: string | null
}

export interface Sysctl {
  /** Path under /proc/sys. */
  readonly key: string
  readonly value: string
  /** May be absent from the kernel (IPv6 switched off). */
  readonly optional: boolean
}
