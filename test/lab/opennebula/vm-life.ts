import { type Cloud, type Host, seconds, type Vm } from './cloud.ts'
import { withDrivers } from './network-drivers.ts'
import { detachNics, guestNic } from './nics.ts'
import { action, lcm, vmState } from './vm-states.ts'
import { driverVmXml } from './vm-xml.ts'

// Each function is one road through a VM's life, in the order of OpenNebula's drivers.

export async function deploy(cloud: Cloud, vm: Vm, host: Host, datastoreId: number) {
  enter(cloud, vm, host, datastoreId)
  become(vm, lcm.prolog)
  await transfer(cloud)
  await boot(cloud, vm, lcm.boot, lcm.bootFailure)
}

export async function bootAgain(cloud: Cloud, vm: Vm): Promise<void> {
  const migrated = vm.lcmState === lcm.bootMigrateFailure
  if (migrated) await boot(cloud, vm, lcm.bootMigrate, lcm.bootMigrateFailure)
  else await boot(cloud, vm, lcm.boot, lcm.bootFailure)
}

export async function resume(cloud: Cloud, vm: Vm): Promise<void> {
  const { host, datastoreId } = place(cloud, vm)
  enter(cloud, vm, host, datastoreId)
  await boot(cloud, vm, lcm.bootPoweroff, lcm.bootFailure)
}

/** pre on the destination, move, clean and post with the source in argv; these two only log. */
export async function migrateLive(cloud: Cloud, vm: Vm, to: Host): Promise<void> {
  const { host: from, datastoreId } = place(cloud, vm)
  leave(cloud, vm, action.liveMigrate)
  enter(cloud, vm, to, datastoreId)
  become(vm, lcm.migrate)
  const document = driverVmXml(cloud, vm)
  try {
    await withDrivers(vm, (driver, nics) => driver.pre(cloud, to.name, nics))
    await cloud.hypervisor.moveVm(vm.id, from.name, to.name)
  } catch (error) {
    leave(cloud, vm, 0)
    enter(cloud, vm, from, datastoreId)
    return report(vm, lcm.running, 'MIGRATE', error)
  }
  await onlyLogged(cloud, vm, () => clean(cloud, vm, from.name, document))
  await onlyLogged(cloud, vm, () => post(cloud, vm, from.name, document))
  become(vm, lcm.running)
}

export async function migrateCold(cloud: Cloud, vm: Vm, to: Host): Promise<void> {
  const { host: from, datastoreId } = place(cloud, vm)
  leave(cloud, vm, action.migrate)
  enter(cloud, vm, to, datastoreId)
  become(vm, lcm.saveMigrate)
  try {
    const document = driverVmXml(cloud, vm)
    await cloud.hypervisor.stopVm(from.name, vm.id)
    await clean(cloud, vm, from.name, document)
  } catch (error) {
    leave(cloud, vm, 0)
    enter(cloud, vm, from, datastoreId)
    return report(vm, lcm.running, 'SAVE', error)
  }
  become(vm, lcm.prologMigrate)
  await transfer(cloud)
  await boot(cloud, vm, lcm.bootMigrate, lcm.bootMigrateFailure)
}

/** A failing clean turns the VM back to RUNNING although its guest is down, as in oned. */
export async function terminate(cloud: Cloud, vm: Vm, hard: boolean): Promise<void> {
  if (vm.state === vmState.active && !(await shutDown(cloud, vm, lcm.shutdown))) return
  if (vm.state === vmState.active) {
    become(vm, lcm.epilog)
    await transfer(cloud)
    leave(cloud, vm, hard ? action.terminateHard : action.terminate)
  }
  await forget(cloud, vm)
}

export async function poweroff(cloud: Cloud, vm: Vm): Promise<void> {
  if (!(await shutDown(cloud, vm, lcm.shutdownPoweroff))) return
  leave(cloud, vm, action.poweroff)
  vm.state = vmState.poweroff
  vm.lcmState = lcm.none
}

/** What is left of a VM that did not come up, or never was started. */
export async function remove(cloud: Cloud, vm: Vm): Promise<void> {
  if (vm.state === vmState.active) {
    const { host } = place(cloud, vm)
    become(vm, lcm.cleanupDelete)
    await onlyLogged(cloud, vm, () => cloud.hypervisor.stopVm(host.name, vm.id))
    await onlyLogged(cloud, vm, () => clean(cloud, vm, host.name, driverVmXml(cloud, vm)))
    leave(cloud, vm, action.terminateHard)
  }
  await forget(cloud, vm)
}

async function boot(cloud: Cloud, vm: Vm, during: number, failed: number): Promise<void> {
  become(vm, during)
  const { host } = place(cloud, vm)
  // Drivers get the VM as it was when the action began, so a first post has no DEPLOY_ID in it.
  const document = driverVmXml(cloud, vm)
  try {
    await withDrivers(vm, (driver, nics) => driver.pre(cloud, host.name, nics))
    const nics = vm.nics.map((nic) => guestNic(cloud, nic))
    await cloud.hypervisor.startVm({ hostname: host.name, vm: vm.id, nics })
  } catch (error) {
    return report(vm, failed, 'DEPLOY', error)
  }
  vm.deployId = `one-${vm.id}`
  try {
    await post(cloud, vm, host.name, document)
  } catch (error) {
    await onlyLogged(cloud, vm, () => cloud.hypervisor.stopVm(host.name, vm.id))
    await onlyLogged(cloud, vm, () => clean(cloud, vm, host.name, document))
    return report(vm, failed, 'DEPLOY', error)
  }
  vm.userTemplate.remove('ERROR')
  become(vm, lcm.running)
}

async function shutDown(cloud: Cloud, vm: Vm, during: number): Promise<boolean> {
  const { host } = place(cloud, vm)
  become(vm, during)
  try {
    await cloud.hypervisor.stopVm(host.name, vm.id)
    await clean(cloud, vm, host.name, driverVmXml(cloud, vm))
    return true
  } catch (error) {
    report(vm, lcm.running, 'SHUTDOWN', error)
    return false
  }
}

const post = (cloud: Cloud, vm: Vm, host: string, document: string) =>
  withDrivers(vm, (driver) => driver.post(cloud, vm.deployId, host, document))

const clean = (cloud: Cloud, vm: Vm, host: string, document: string) =>
  withDrivers(vm, (driver) => driver.clean(cloud, host, document))

const transfer = (cloud: Cloud) => cloud.clock.sleep(cloud.transferMs, cloud.stopped)

async function onlyLogged(cloud: Cloud, vm: Vm, work: () => Promise<void>): Promise<void> {
  await work().catch((error: Error) => cloud.logger.warn(`VM ${vm.id}: ${error.message}`))
}

async function forget(cloud: Cloud, vm: Vm): Promise<void> {
  await detachNics(cloud, vm)
  vm.endTime = seconds(cloud)
  vm.state = vmState.done
  vm.lcmState = lcm.none
}

function become(vm: Vm, state: number): void {
  vm.state = vmState.active
  vm.lcmState = state
}

function report(vm: Vm, state: number, what: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  vm.userTemplate.set('ERROR', `${what}: ${reason}`)
  become(vm, state)
}

/** Where the newest history record says the VM is. */
function place(cloud: Cloud, vm: Vm): { host: Host; datastoreId: number } {
  const record = vm.history.at(-1)
  return { host: cloud.hosts.get(record?.hostId ?? -1), datastoreId: record?.datastoreId ?? 0 }
}

function enter(cloud: Cloud, vm: Vm, host: Host, datastoreId: number): void {
  vm.history.push({
    seq: vm.history.length,
    hostId: host.id,
    hostname: host.name,
    clusterId: host.clusterId,
    datastoreId,
    vmMad: host.vmMad,
    startTime: seconds(cloud),
    endTime: 0,
    action: 0,
  })
}

function leave(cloud: Cloud, vm: Vm, how: number): void {
  const record = vm.history.at(-1)
  if (!record) return
  record.endTime = seconds(cloud)
  record.action = how
}
