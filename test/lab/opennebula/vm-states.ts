/** oned's numbers, as far as the stand-in's VMs go through them. */
export const vmState = { init: 0, pending: 1, hold: 2, active: 3, done: 6, poweroff: 8 } as const

export const lcm = {
  none: 0,
  prolog: 1,
  boot: 2,
  running: 3,
  migrate: 4,
  saveMigrate: 7,
  prologMigrate: 8,
  epilog: 11,
  shutdown: 12,
  shutdownPoweroff: 18,
  bootPoweroff: 20,
  cleanupDelete: 23,
  bootMigrate: 35,
  bootFailure: 36,
  bootMigrateFailure: 37,
} as const

/** oned's numbers of the actions that end a history record. */
export const action = { migrate: 1, liveMigrate: 2, poweroff: 19, terminate: 27, terminateHard: 28 }

const names: Readonly<Record<number, string>> = {
  1: 'PENDING',
  2: 'HOLD',
  6: 'DONE',
  8: 'POWEROFF',
}
const lcmNames = Object.fromEntries(
  Object.entries(lcm).map(([name, value]) => [value, name.replace(/[A-Z]/g, '_$&').toUpperCase()]),
)

/** RUNNING, BOOT_FAILURE, DONE…: the word `onevm list` would show. */
export function stateName(vm: { readonly state: number; readonly lcmState: number }): string {
  if (vm.state === vmState.active) return lcmNames[vm.lcmState] ?? `LCM_${vm.lcmState}`
  return names[vm.state] ?? `STATE_${vm.state}`
}
