import type { Vm } from '../opennebula/index.ts'

/** Which host holds a VM's addresses. */
export interface Owner {
  readonly hostId: number
  /** The VM is on its way there: no driver's `post` has run yet. */
  readonly starting: boolean
  /** The hypervisor is done with the VM there as soon as the network driver's `clean` runs. */
  readonly leaving: boolean
  /** During live migration: where it goes, and holds them once `post` has run. */
  readonly arriving: number | null
}

/**
 * What each LCM_STATE of an ACTIVE VM says; a state that is not listed holds no addresses.
 * `here`, `starting` and `leaving` speak of the newest history record's host, `source…` of the one before it,
 * because oned writes the destination's record when a migration begins.
 */
const holding: Readonly<
  Record<number, 'here' | 'starting' | 'leaving' | 'source' | 'source leaving'>
> = {
  1: 'starting', // PROLOG: the cloud may begin while disks are copied
  2: 'starting', // BOOT
  3: 'here', // RUNNING
  4: 'source', // MIGRATE, live
  5: 'leaving', // SAVE_STOP
  6: 'leaving', // SAVE_SUSPEND
  7: 'source leaving', // SAVE_MIGRATE
  8: 'starting', // PROLOG_MIGRATE: cleaned at the source, will boot at the destination
  9: 'starting', // PROLOG_RESUME
  12: 'leaving', // SHUTDOWN
  15: 'leaving', // CLEANUP_RESUBMIT
  16: 'here', // UNKNOWN: not seen is not gone
  17: 'here', // HOTPLUG
  18: 'leaving', // SHUTDOWN_POWEROFF
  19: 'starting', // BOOT_UNKNOWN
  20: 'starting', // BOOT_POWEROFF
  21: 'starting', // BOOT_SUSPENDED
  22: 'starting', // BOOT_STOPPED
  23: 'leaving', // CLEANUP_DELETE
  24: 'here', // HOTPLUG_SNAPSHOT
  25: 'here', // HOTPLUG_NIC
  26: 'here', // HOTPLUG_SAVEAS
  29: 'leaving', // SHUTDOWN_UNDEPLOY
  31: 'starting', // PROLOG_UNDEPLOY: comes back from the front-end
  32: 'starting', // BOOT_UNDEPLOY
  35: 'starting', // BOOT_MIGRATE
  57: 'here', // DISK_SNAPSHOT
  59: 'here', // DISK_SNAPSHOT_DELETE
  60: 'starting', // PROLOG_MIGRATE_UNKNOWN
  62: 'here', // DISK_RESIZE
  66: 'here', // HOTPLUG_RESIZE
  69: 'here', // BACKUP
}

const active = 3

/**
 * The one rule by which compiler, assign, unassign and every check know where a VM's addresses
 * belong. Pure: STATE, LCM_STATE and history decide; null means nowhere.
 */
export function owner(vm: Pick<Vm, 'state' | 'lcmState' | 'history'>): Owner | null {
  const held = vm.state === active ? holding[vm.lcmState] : undefined
  if (held === undefined) return null
  const newest = vm.history.at(-1)
  // A pool listing may show one record only; then the newest is all there is to go by.
  const before = vm.history.at(-2) ?? newest
  const record = held.startsWith('source') ? before : newest
  if (record === undefined || newest === undefined) return null
  return {
    hostId: record.hostId,
    starting: held === 'starting',
    leaving: held.endsWith('leaving'),
    arriving: held === 'source' && newest.hostId !== record.hostId ? newest.hostId : null,
  }
}
