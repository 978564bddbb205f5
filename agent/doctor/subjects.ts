import type {
  ElasticAddress,
  PrivateNetwork,
  PublicNetwork,
  VmPort,
} from '../../lib/contract/index.ts'

/** What a hop is looked at for. */
export type Network = PrivateNetwork | PublicNetwork

export interface InNetwork {
  readonly network: Network
}

export interface InPrivateNetwork {
  readonly network: PrivateNetwork
}

/** A NIC of a VM that belongs on this host. */
export interface AtPort extends InNetwork {
  readonly port: VmPort
}

export interface AtPrivatePort extends InPrivateNetwork {
  readonly port: VmPort
}

/** An elastic address of this host; `port` is null when the spec has none of that name. */
export interface AtElastic {
  readonly elastic: ElasticAddress
  readonly port: VmPort | null
}

/** Other hosts, by underlay address. */
export interface Peers {
  readonly peers: readonly string[]
}

/** A VM behind another host; `mac` and `vtep` are null when no route speaks of it. */
export interface Elsewhere extends InPrivateNetwork {
  readonly address: string
  readonly mac: string | null
  readonly vtep: string | null
}

export const isPrivate = (network: Network): network is PrivateNetwork => 'vni' in network

export const titleOf = (network: Network): string =>
  `${isPrivate(network) ? 'network' : 'public network'} "${network.name}" (id ${network.id})`
