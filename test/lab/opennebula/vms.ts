import { Attributes } from './attributes.ts'
import { type Cloud, type Host, type NicVector, seconds, type Vm } from './cloud.ts'
import { type Methods, method } from './method.ts'
import { attachNic, detachNics } from './nics.ts'
import { authorize, may, ownedBy } from './owned.ts'
import { errno, Refusal } from './refusal.ts'
import { rightsMethods } from './rights-methods.ts'
import { parseTemplate } from './template-text.ts'
import type { User } from './users.ts'
import * as life from './vm-life.ts'
import { lcm, stateName, vmState } from './vm-states.ts'
import { shortVmXml, vmXml } from './vm-xml.ts'
import { wrapped } from './xml.ts'

export function vmMethods(cloud: Cloud): Methods {
  const { vms, hosts } = cloud
  const manage = (user: User, id: number) => {
    authorize(user, 'MANAGE', 'VM', vms.get(id))
    return vms.get(id)
  }
  const pool = (user: User, state: number, xml: (vm: Vm) => string) => {
    const shown = vms.newestFirst().filter((vm) => may(user, 'USE', vm) && wanted(vm, state))
    return wrapped('VM_POOL', shown.map(xml).join(''))
  }
  const start = (vm: Vm, work: Promise<void>) => {
    cloud.background(`VM ${vm.id}`, work)
    return vm.id
  }
  const poolParameters = ['int', 'int', 'int', 'int', 'string'] as const
  const deploying = ['int', 'int', 'bool', 'int', 'string'] as const
  const migrating = ['int', 'int', 'bool', 'bool', 'int', 'int'] as const
  return {
    'one.vm.allocate': method(['string', 'bool'], (user, text, hold) =>
      allocateVm(cloud, user, parseTemplate(text), hold),
    ),
    'one.vm.info': method(['int', 'bool'], (user, id) => {
      authorize(user, 'USE', 'VM', vms.get(id))
      return vmXml(cloud, vms.get(id), true)
    }),
    'one.vm.deploy': method(deploying, (user, id, hostId, _enforce, datastoreId) => {
      const vm = manage(user, id)
      const host = hosts.get(hostId)
      if (vm.state !== vmState.pending && vm.state !== vmState.hold) throw wrongState('deploy', vm)
      return start(vm, life.deploy(cloud, vm, host, datastoreFor(cloud, host, datastoreId)))
    }),
    'one.vm.migrate': method(migrating, (user, id, hostId, live) => {
      const vm = manage(user, id)
      const host = hosts.get(hostId)
      if (!isRunning(vm)) throw wrongState('migrate', vm)
      if (vm.history.at(-1)?.hostId === hostId) {
        throw new Refusal(errno.action, `VM is already running on host [${hostId}]`)
      }
      return start(vm, (live ? life.migrateLive : life.migrateCold)(cloud, vm, host))
    }),
    'one.vm.action': method(['string', 'int'], (user, name, id) => {
      const vm = manage(user, id)
      return start(vm, act(cloud, vm, name))
    }),
    'one.vm.recover': method(['int', 'int'], (user, id, operation) => {
      const vm = manage(user, id)
      const retry = 2
      if (operation !== retry) return start(vm, life.remove(cloud, vm))
      if (!hasFailed(vm)) throw wrongState('retry', vm)
      return start(vm, life.bootAgain(cloud, vm))
    }),
    ...rightsMethods('vm', 'VM', vms, cloud.users),
    'one.vmpool.info': method(poolParameters, (user, _f, _s, _e, state) =>
      pool(user, state, (vm) => shortVmXml(cloud, vm)),
    ),
    'one.vmpool.infoextended': method(poolParameters, (user, _f, _s, _e, state) =>
      pool(user, state, (vm) => vmXml(cloud, vm, false)),
    ),
  }
}

/** -2 any state, -1 any but DONE. */
function wanted(vm: Vm, state: number): boolean {
  if (state === -2) return true
  return state === -1 ? vm.state !== vmState.done : vm.state === state
}

const inTemplate = ['CPU', 'MEMORY', 'VCPU', 'OS', 'DISK', 'GRAPHICS']

async function allocateVm(cloud: Cloud, user: User, template: Attributes, hold: boolean) {
  const known = new Attributes(template.entries.filter(([name]) => inTemplate.includes(name)))
  const others = template.copy().remove('NAME', 'NIC', 'CONTEXT', ...inTemplate)
  const vm = cloud.vms.add((id) => ({
    ...{ id, name: template.text('NAME') ?? `one-${id}`, nics: [], history: [], deployId: '' },
    ...{ template: known.set('VMID', String(id)), userTemplate: others, ...ownedBy(user) },
    ...{ state: vmState.init, lcmState: lcm.none, startTime: seconds(cloud), endTime: 0 },
  }))
  try {
    for (const [index, nic] of template.vectors('NIC').entries()) {
      vm.nics.push(await take(cloud, user, vm.id, index, nic))
    }
  } catch (error) {
    await detachNics(cloud, vm)
    cloud.vms.delete(vm.id)
    throw error
  }
  vm.state = hold ? vmState.hold : vmState.pending
  return vm.id
}

function take(cloud: Cloud, user: User, id: number, index: number, nic: NicVector) {
  return cloud.oneAtATime(() => attachNic(cloud, user, id, index, nic))
}

function act(cloud: Cloud, vm: Vm, name: string): Promise<void> {
  const waiting = vm.state === vmState.pending || vm.state === vmState.hold
  if (name === 'terminate' || name === 'terminate-hard') {
    if (waiting || isRunning(vm)) return life.terminate(cloud, vm, name === 'terminate-hard')
    if (hasFailed(vm) || vm.state === vmState.poweroff) return life.remove(cloud, vm)
  }
  if (/^poweroff(-hard)?$/.test(name) && isRunning(vm)) return life.poweroff(cloud, vm)
  if (name === 'resume' && vm.state === vmState.poweroff) return life.resume(cloud, vm)
  throw wrongState(name, vm)
}

const isRunning = (vm: Vm) => vm.state === vmState.active && vm.lcmState === lcm.running

const hasFailed = (vm: Vm) =>
  vm.state === vmState.active &&
  (vm.lcmState === lcm.bootFailure || vm.lcmState === lcm.bootMigrateFailure)

function wrongState(name: string, vm: Vm): Refusal {
  const why = `This action is not available for state ${stateName(vm)}`
  return new Refusal(errno.action, `Error performing action "${name}": ${why}`)
}

/** The system datastore of the host's cluster, unless one is named. */
function datastoreFor(cloud: Cloud, host: Host, named: number): number {
  if (named > 0) return cloud.datastores.get(named).id
  const system = cloud.datastores
    .newestFirst()
    .find(
      (one) => one.template.text('TYPE') === 'SYSTEM_DS' && one.clusterIds.includes(host.clusterId),
    )
  return system?.id ?? 0
}
