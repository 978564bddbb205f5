import { lcmState, type Vm, vmState } from '../opennebula/index.ts'

/** States in which a virtual machine has its place on a host; a stopped one starts anywhere. */
const placed: ReadonlySet<number> = new Set([vmState.active, vmState.suspended, vmState.poweroff])

/** While these last, the host it comes from is still needed. */
const departing: ReadonlySet<number> = new Set([
  lcmState.migrate,
  lcmState.saveMigrate,
  lcmState.prologMigrate,
  lcmState.prologMigrateFailure,
])

/** Virtual machines that are on this host, come to it, or have not quite left it. */
export function guestsOf(vms: readonly Vm[], hostId: number): Vm[] {
  return vms.filter(({ state, lcmState: moment, history }) => {
    if (!placed.has(state)) return false
    if (history.at(-1)?.hostId === hostId) return true
    return departing.has(moment) && history.at(-2)?.hostId === hostId
  })
}
