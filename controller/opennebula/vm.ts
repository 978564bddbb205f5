import type { Template, Vector } from '../../lib/opennebula/index.ts'
import type { Owned } from './objects.ts'

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
  /** Of a NIC_ALIAS: the NIC whose port and MAC it shares; undefined for a NIC of its own. */
  readonly parentId: number | undefined
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
