import type { Price } from '../scaleway/index.ts'
import type { StockProvision } from './stock-provision.ts'

/** All that is looked at before anything is said, as plain values. */
export interface Found {
  readonly provision: StockProvision
  /** What it has here as its own in all tags: always the same for one document. */
  readonly uuid: string
  /** Of ours, with the key that pays for the same project and zone; undefined when there is none. */
  readonly provider: { readonly id: number; readonly name: string } | undefined
  /** Undefined without such a provider: nobody else's key is used. */
  readonly cloud: CloudFound | undefined
  readonly opennebula: OneFound
  /** Why a host of that address cannot be logged in to; null where it can. */
  readonly logins: ReadonlyMap<string, string | null>
}

export interface CloudServer {
  readonly id: string
  readonly name: string
  readonly offer: string
  readonly address: string | undefined
  readonly status: string
  readonly install: string | undefined
  readonly tags: readonly string[]
  /** Whether it has the option without which no private network can be attached. */
  readonly optioned: boolean
  /** Whether its offer sells that option at all. */
  readonly optionable: boolean
  /** What the option costs on it; undefined where nobody tells, or it has it. */
  readonly optionPrice: Price | undefined
  readonly privateNetworks: readonly string[]
}

export interface CloudObject {
  readonly id: string
  readonly name: string
  readonly tags: readonly string[]
}

export interface CloudNetwork extends CloudObject {
  readonly vpc: string
  /** Its IPv4 prefix. */
  readonly cidr: string
}

export interface CloudGateway extends CloudObject {
  readonly type: string
  readonly status: string
  readonly address: { readonly id: string; readonly address: string } | undefined
  readonly privateNetworks: readonly string[]
  /** Prefixes that its SSH bastion lets in. */
  readonly bastion: readonly string[]
}

export interface CloudAddress {
  readonly id: string
  readonly external: string
  readonly status: string
  readonly server: string | null
  readonly tags: readonly string[]
}

/** What the key sees of what the stock driver's terraform makes. Several of one kind are ambiguous. */
export interface CloudFound {
  readonly zone: string
  /** SSH keys that it made in the project. */
  readonly keys: readonly { readonly id: string; readonly name: string }[]
  /** Those of the provision's servers that the key sees. */
  readonly servers: readonly CloudServer[]
  /** Servers that its driver installed, by the SSH key they got, and that its document does not name. */
  readonly strays: readonly { readonly id: string; readonly name: string }[]
  readonly vpcs: readonly CloudObject[]
  readonly networks: readonly CloudNetwork[]
  readonly gateways: readonly CloudGateway[]
  readonly addresses: readonly CloudAddress[]
}

export interface OneRange {
  readonly network: number
  readonly id: number
  readonly ip: string | undefined
  readonly external: string | undefined
  readonly flexibleIp: string | undefined
  readonly gateway: string | undefined
  /** Addresses of it that are leased, held or reserved. */
  readonly used: number
}

export interface OneNetwork {
  readonly id: number
  readonly name: string
  readonly vnMad: string
  readonly vlanId: number | undefined
  readonly attributes: Readonly<Record<string, string | undefined>>
}

export interface OneDatastore {
  readonly id: number
  readonly name: string
  readonly type: string
}

export interface OneHost {
  readonly id: number
  readonly name: string
  readonly state: string
  /** Its hypervisor's driver. */
  readonly vmMad: string
  /** `<zone>/<server id>`, which administrators alone can write, unlike the document. */
  readonly resource: string | undefined
  /** Whether it is closed to new virtual machines, and not by a taking over that got lost. */
  readonly keptClosed: boolean
}

/** What of the document's objects OpenNebula still has, and what lives on them. */
export interface OneFound {
  readonly cluster: { readonly id: number; readonly name: string } | undefined
  readonly hosts: readonly OneHost[]
  readonly networks: readonly OneNetwork[]
  readonly datastores: readonly OneDatastore[]
  readonly ranges: readonly OneRange[]
  /** Virtual machines on the hosts or networks. */
  readonly machines: readonly number[]
  /** Networks in the cluster, or reserved from its own, that the provision did not make. */
  readonly foreignNetworks: readonly { readonly id: number; readonly name: string }[]
  /** Hosts in the cluster that the document does not name. */
  readonly foreignHosts: readonly { readonly id: number; readonly name: string }[]
}
