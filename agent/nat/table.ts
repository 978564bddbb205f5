import { tableName } from '../host/index.ts'

/** An nft table as a value: rendered to text, and compared with what the kernel has loaded. */
export interface NftTable {
  readonly family: 'ip' | 'ip6' | 'bridge' | 'netdev'
  readonly name: string
  readonly sets: readonly NftSet[]
  readonly chains: readonly NftChain[]
}

export interface NftSet {
  readonly name: string
  readonly kind: 'set' | 'map'
  /** `ipv4_addr`, `ifname . ether_addr`, `ipv4_addr : ipv4_addr`… */
  readonly type: string
  /** `type` names expressions, not types: what nft wants where a value has no type of its own. */
  readonly byExpression?: boolean
  readonly interval?: boolean
  /** Each element counts the packets and bytes that match it. */
  readonly counter?: boolean
  /** As nft lists them: `10.0.0.0/8`, `"tap" . 02:…`, `10.0.0.1 : 10.0.0.2`. */
  readonly elements: readonly string[]
}

export interface NftChain {
  readonly name: string
  /** `type filter hook input priority -10; policy accept;` */
  readonly hook: string
  readonly rules: readonly string[]
}

export const quoted = (name: string): string => `"${name}"`

export const isOurTable = ({ name }: { name: string }): boolean => name === tableName
