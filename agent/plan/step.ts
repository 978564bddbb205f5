import type {
  Address,
  BridgeOptions,
  FdbEntry,
  ForwardChain,
  ForwardWay,
  Neighbour,
  PortFlags,
  Route,
  Rule,
} from '../host/index.ts'
import type { ElementChange, NftTable } from '../nat/index.ts'
import type { FrrStep } from './frr-port.ts'

/** One change of the host's network: what it is for a reader, and the data to carry it out. */
export type Step = NetworkStep | FrrStep
export type NetworkStep = Change & { readonly sentence: string }

export type Change =
  | { readonly kind: 'module'; readonly name: string }
  | LinkChange
  | (InStack & AddressChange)
  | (InStack & {
      readonly kind: 'sysctl-set'
      readonly key: string
      readonly value: string
      readonly optional: boolean
    })
  | (InStack & { readonly kind: 'route-set' | 'route-delete'; readonly route: Route })
  | (InStack & {
      readonly kind: 'neighbour-set' | 'neighbour-delete'
      readonly neighbour: Neighbour
    })
  | (InStack & { readonly kind: 'table-set'; readonly table: NftTable })
  /** Elements come and go; the table stays loaded. */
  | (InStack & {
      readonly kind: 'table-change'
      readonly family: string
      readonly name: string
      readonly changes: readonly ElementChange[]
    })
  | (InStack & { readonly kind: 'table-delete'; readonly family: string; readonly name: string })
  | { readonly kind: 'rule-add' | 'rule-delete'; readonly rule: Rule }
  | { readonly kind: 'fdb-set' | 'fdb-delete'; readonly entry: FdbEntry }
  /** All destinations of a MAC behind a VXLAN device. */
  | { readonly kind: 'fdb-forget'; readonly device: string; readonly mac: string }
  | { readonly kind: 'namespace-add' | 'namespace-delete'; readonly name: string }
  /** A rule of ours in iptables' FORWARD, whose policy drops. */
  | {
      readonly kind: 'forward-add' | 'forward-delete'
      readonly backend: ForwardChain['backend']
      readonly way: ForwardWay
    }
  /** Forget the connections of an elastic address that changed hands. */
  | { readonly kind: 'flush'; readonly at: string; readonly address: string }
  /** Tell the neighbours of the public NIC that the address lives here now. */
  | { readonly kind: 'announce'; readonly address: string; readonly device: string }
  /** Written first, that the inside of a namespace is being changed; last, the hash of what is inside. */
  | {
      readonly kind: 'mark'
      readonly namespace: string
      readonly link: string
      readonly mark: string
    }

/** Where a change happens: a router namespace, or the host itself. */
interface InStack {
  readonly at: string | null
}

interface AddressChange {
  readonly kind: 'address-add' | 'address-delete'
  readonly address: Address
}

export type LinkChange =
  | { readonly kind: 'link-rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'link-add'; readonly link: NewLink }
  | {
      readonly kind: 'link-set'
      readonly at: string | null
      readonly name: string
      readonly to: LinkSetting
    }
  | { readonly kind: 'link-delete'; readonly name: string }

export type NewLink =
  | { readonly kind: 'vlan'; readonly name: string; readonly parent: string; readonly id: number }
  | {
      readonly kind: 'bridge'
      readonly name: string
      readonly mac: string
      readonly options: BridgeOptions
    }
  | {
      readonly kind: 'vxlan'
      readonly name: string
      readonly mtu: number
      readonly id: number
      readonly port: number
      readonly local: string
    }
  | {
      readonly kind: 'veth'
      readonly name: string
      readonly mtu: number
      readonly peer: {
        readonly name: string
        readonly namespace: string
        readonly mtu: number
        readonly mac: string | null
      }
    }

export type LinkSetting =
  | { readonly what: 'up' }
  | { readonly what: 'mtu'; readonly mtu: number }
  | { readonly what: 'mac'; readonly mac: string }
  | { readonly what: 'group' }
  | { readonly what: 'master'; readonly master: string }
  | { readonly what: 'nomaster' }
  | { readonly what: 'bridge'; readonly options: BridgeOptions }
  | { readonly what: 'vxlan'; readonly local: string }
  | { readonly what: 'port'; readonly flags: Partial<PortFlags> }
