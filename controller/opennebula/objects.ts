import type { Template, Vector } from '../../lib/opennebula/index.ts'

/** Who has what rights, as oned's nine PERMISSIONS flags. */
export interface Permissions {
  readonly ownerU: boolean
  readonly ownerM: boolean
  readonly ownerA: boolean
  readonly groupU: boolean
  readonly groupM: boolean
  readonly groupA: boolean
  readonly otherU: boolean
  readonly otherM: boolean
  readonly otherA: boolean
}

export interface Owned {
  readonly owner: {
    readonly uid: number
    readonly gid: number
    readonly uname: string
    readonly gname: string
  }
  readonly permissions: Permissions
}

export interface User {
  readonly id: number
  readonly name: string
  readonly gid: number
  readonly gname: string
  readonly groups: readonly number[]
}

export interface Document extends Owned {
  readonly id: number
  readonly name: string
  readonly type: number
  /** Which attribute holds the body; null when the document has neither. */
  readonly attribute: BodyAttribute | null
  /** The body's JSON, decrypted; undefined when there is none or it is not JSON. */
  readonly body: unknown
}

/** oned encrypts PROVISION_BODY at rest and leaves PROVIDER_BODY in clear. */
export type BodyAttribute = 'PROVIDER_BODY' | 'PROVISION_BODY'

export interface Cluster {
  readonly id: number
  readonly name: string
  readonly hostIds: readonly number[]
  readonly datastoreIds: readonly number[]
  readonly networkIds: readonly number[]
  readonly template: Template
}

export interface Datastore extends Owned {
  readonly id: number
  readonly name: string
  readonly type: 'image' | 'system' | 'file'
  readonly dsMad: string
  readonly tmMad: string
  readonly clusterIds: readonly number[]
  readonly imageIds: readonly number[]
  readonly template: Template
}

export const networkStates = [
  'INIT',
  'READY',
  'LOCK_CREATE',
  'LOCK_DELETE',
  'DONE',
  'ERROR',
  'UPDATE_FAILURE',
] as const
export type NetworkState = (typeof networkStates)[number]

export interface Lease {
  readonly ip: string | undefined
  readonly mac: string
  /** VM, virtual router or reservation that holds it; -1 for a held address. */
  readonly vm: number | undefined
}

export interface AddressRange {
  readonly id: number
  readonly type: string
  readonly ip: string | undefined
  readonly mac: string
  readonly size: number
  /** Only `networks.get` knows; oned's list has no leases of ranges, and 0 stands here. */
  readonly usedLeases: number
  /** Everything of the AR by name: EXTERNAL_IP, GATEWAY, IPAM_MAD, SCALEWAY_IP_ID… */
  readonly attributes: Vector
  /** Empty in a list, as above. */
  readonly leases: readonly Lease[]
}

export interface Network extends Owned {
  readonly id: number
  readonly name: string
  readonly state: NetworkState
  readonly clusterIds: readonly number[]
  readonly bridge: string
  readonly vnMad: string
  readonly phydev: string | undefined
  readonly vlanId: number | undefined
  readonly usedLeases: number
  readonly parentNetworkId: number | undefined
  /** The network template it was instantiated from. */
  readonly templateId: number | undefined
  readonly template: Template
  readonly ranges: readonly AddressRange[]
}

export interface NetworkTemplate extends Owned {
  readonly id: number
  readonly name: string
  readonly template: Template
}

export const hostStates = [
  'INIT',
  'MONITORING_MONITORED',
  'MONITORED',
  'ERROR',
  'DISABLED',
  'MONITORING_ERROR',
  'MONITORING_INIT',
  'MONITORING_DISABLED',
  'OFFLINE',
] as const
export type HostState = (typeof hostStates)[number]

export interface Host {
  readonly id: number
  readonly name: string
  readonly state: HostState
  readonly imMad: string
  readonly vmMad: string
  readonly clusterId: number
  readonly vmIds: readonly number[]
  readonly template: Template
}
