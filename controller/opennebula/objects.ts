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

/** The values of STATE and LCM_STATE that matter to networking, by oned's names. */
export const vmState = {
  init: 0,
  pending: 1,
  hold: 2,
  active: 3,
  stopped: 4,
  suspended: 5,
  done: 6,
  poweroff: 8,
  undeployed: 9,
  cloning: 10,
  cloningFailure: 11,
} as const

export const lcmState = {
  lcmInit: 0,
  prolog: 1,
  boot: 2,
  running: 3,
  migrate: 4,
  saveStop: 5,
  saveSuspend: 6,
  saveMigrate: 7,
  prologMigrate: 8,
  prologResume: 9,
  epilogStop: 10,
  epilog: 11,
  shutdown: 12,
  cleanupResubmit: 15,
  unknown: 16,
  hotplug: 17,
  shutdownPoweroff: 18,
  bootUnknown: 19,
  bootPoweroff: 20,
  bootSuspended: 21,
  bootStopped: 22,
  cleanupDelete: 23,
  hotplugNic: 25,
  shutdownUndeploy: 29,
  epilogUndeploy: 30,
  prologUndeploy: 31,
  bootUndeploy: 32,
  bootMigrate: 35,
  bootFailure: 36,
  bootMigrateFailure: 37,
  prologMigrateFailure: 38,
  prologFailure: 39,
  epilogFailure: 40,
  prologMigratePoweroff: 43,
  prologMigrateSuspend: 45,
  prologMigrateUnknown: 60,
} as const

export interface History {
  readonly seq: number
  readonly hostId: number
  readonly hostname: string
  readonly clusterId: number
  readonly datastoreId: number
  readonly vmMad: string
  /** oned's number of the action that ended the record; 0 while it goes on. */
  readonly action: number
  /** Unix seconds; endTime 0 while it goes on. */
  readonly startTime: number
  readonly endTime: number
}

export interface Nic {
  readonly nicId: number
  readonly networkId: number
  readonly network: string
  readonly vnMad: string
  readonly mac: string
  readonly ip: string | undefined
  readonly bridge: string
  /** The tap's name on the host: `one-<vm>-<nic>`. */
  readonly target: string
  readonly externalIp: string | undefined
  readonly gateway: string | undefined
  readonly vlanId: number | undefined
  readonly phydev: string | undefined
  readonly attributes: Vector
}

export interface Vm {
  readonly id: number
  readonly name: string
  readonly owner: Owned['owner']
  readonly state: number
  readonly lcmState: number
  /** Name at the hypervisor; undefined before the first deploy. */
  readonly deployId: string | undefined
  /**
   * Oldest first. oned's pool shows the last record only; `vms.list` completes it for VMs that are
   * between two hosts, so the last but one is then the host they come from.
   */
  readonly history: readonly History[]
  readonly nics: readonly Nic[]
  readonly template: Template
  readonly userTemplate: Template
}
