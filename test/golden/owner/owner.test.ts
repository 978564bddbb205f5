import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { owner } from '../../../controller/fleet/index.ts'
import { type History, lcmState, type Vm, vmState } from '../../../controller/opennebula/index.ts'

/** All states of OpenNebula 7.5: include/VirtualMachine.h, enums VmState and LcmState. */
const states: Readonly<Record<number, string>> = {
  0: 'INIT',
  1: 'PENDING',
  2: 'HOLD',
  3: 'ACTIVE',
  4: 'STOPPED',
  5: 'SUSPENDED',
  6: 'DONE',
  7: 'FAILED',
  8: 'POWEROFF',
  9: 'UNDEPLOYED',
  10: 'CLONING',
  11: 'CLONING_FAILURE',
}
const lcmStates = (
  'LCM_INIT PROLOG BOOT RUNNING MIGRATE SAVE_STOP SAVE_SUSPEND SAVE_MIGRATE PROLOG_MIGRATE ' +
  'PROLOG_RESUME EPILOG_STOP EPILOG SHUTDOWN CANCEL FAILURE CLEANUP_RESUBMIT UNKNOWN HOTPLUG ' +
  'SHUTDOWN_POWEROFF BOOT_UNKNOWN BOOT_POWEROFF BOOT_SUSPENDED BOOT_STOPPED CLEANUP_DELETE ' +
  'HOTPLUG_SNAPSHOT HOTPLUG_NIC HOTPLUG_SAVEAS HOTPLUG_SAVEAS_POWEROFF ' +
  'HOTPLUG_SAVEAS_SUSPENDED SHUTDOWN_UNDEPLOY EPILOG_UNDEPLOY PROLOG_UNDEPLOY BOOT_UNDEPLOY ' +
  'HOTPLUG_PROLOG_POWEROFF HOTPLUG_EPILOG_POWEROFF BOOT_MIGRATE BOOT_FAILURE ' +
  'BOOT_MIGRATE_FAILURE PROLOG_MIGRATE_FAILURE PROLOG_FAILURE EPILOG_FAILURE ' +
  'EPILOG_STOP_FAILURE EPILOG_UNDEPLOY_FAILURE PROLOG_MIGRATE_POWEROFF ' +
  'PROLOG_MIGRATE_POWEROFF_FAILURE PROLOG_MIGRATE_SUSPEND PROLOG_MIGRATE_SUSPEND_FAILURE ' +
  'BOOT_UNDEPLOY_FAILURE BOOT_STOPPED_FAILURE PROLOG_RESUME_FAILURE PROLOG_UNDEPLOY_FAILURE ' +
  'DISK_SNAPSHOT_POWEROFF DISK_SNAPSHOT_REVERT_POWEROFF DISK_SNAPSHOT_DELETE_POWEROFF ' +
  'DISK_SNAPSHOT_SUSPENDED DISK_SNAPSHOT_REVERT_SUSPENDED DISK_SNAPSHOT_DELETE_SUSPENDED ' +
  'DISK_SNAPSHOT DISK_SNAPSHOT_REVERT DISK_SNAPSHOT_DELETE PROLOG_MIGRATE_UNKNOWN ' +
  'PROLOG_MIGRATE_UNKNOWN_FAILURE DISK_RESIZE DISK_RESIZE_POWEROFF DISK_RESIZE_UNDEPLOYED ' +
  'HOTPLUG_NIC_POWEROFF HOTPLUG_RESIZE HOTPLUG_SAVEAS_UNDEPLOYED HOTPLUG_SAVEAS_STOPPED BACKUP ' +
  'BACKUP_POWEROFF RESTORE'
).split(' ')

const source = 11
const destination = 22

function vm(state: number, lcmState: number, hosts: readonly number[]) {
  const history = hosts.map((hostId, seq): Partial<History> => ({ seq, hostId }))
  return { state, lcmState, history } as Pick<Vm, 'state' | 'lcmState' | 'history'>
}

/** What the newest records of a VM's history may be; a pool's listing shows one only. */
const histories: Readonly<Record<string, readonly number[]>> = {
  'two hosts in history': [source, destination],
  'there and back': [destination, source, destination],
  'one host': [destination],
  'one host twice': [destination, destination],
  'never deployed': [],
}
const columns = (cells: readonly string[]) => cells.map((cell) => cell.padEnd(26)).join('')

function row(name: string, state: number, lcmState: number): string {
  const cells = Object.values(histories).map((hosts) => {
    const held = owner(vm(state, lcmState, hosts))
    if (held === null) return '-'
    const host = held.hostId === source ? 'source' : 'newest'
    const words = [held.starting && 'starting', held.leaving && 'leaving']
    const arriving = held.arriving !== null && 'arriving newest'
    return [host, ...words, arriving].filter(Boolean).join(' ')
  })
  return `${name.padEnd(48)}${columns(cells)}`.trimEnd()
}

t.test('every state of OpenNebula says which host holds the addresses', async (t) => {
  const file = new URL('states.txt', import.meta.url)
  const head = 'state (LCM state)'.padEnd(48) + columns(Object.keys(histories))
  const plain = Object.entries(states)
    .filter(([, name]) => name !== 'ACTIVE')
    .map(([number, name]) => row(`${number} ${name}`, Number(number), 3))
  const active = lcmStates.map((name, number) => row(`3 ACTIVE / ${number} ${name}`, 3, number))
  const text = `${[head.trimEnd(), ...plain, ...active].join('\n')}\n`
  if (process.env['EDGE_GOLDEN'] === 'update') writeFileSync(file, text)
  t.equal(lcmStates.length, 72)
  t.equal(text, readFileSync(file, 'utf8'))
})

t.test('a state that OpenNebula invents later holds nothing', async (t) => {
  t.equal(owner(vm(3, 99, [source, destination])), null)
  t.equal(owner(vm(99, 3, [source, destination])), null)
})

t.test('the numbers that code goes by are OpenNebula’s', async (t) => {
  const named = (name: string) => name.replace(/[A-Z]/g, '_$&').toUpperCase()
  for (const [name, number] of Object.entries(lcmState)) t.equal(lcmStates[number], named(name))
  for (const [name, number] of Object.entries(vmState)) t.equal(states[number], named(name))
})
