import {
  allAt,
  integerAt,
  templateFrom,
  textAt,
  vectorFrom,
  type XmlNode,
} from '../../lib/opennebula/index.ts'
import type { Caller } from './caller.ts'
import { unlessGone } from './faults.ts'
import type { Vms } from './opennebula.ts'
import { idOf, nameOf, optionalInteger, ownerOf, templateOf } from './read.ts'
import { type History, lcmState, type Nic, type Vm, vmState } from './vm.ts'

export function vmsOf(caller: Caller): Vms {
  const get = async (id: number) => readVm(await caller.read('one.vm.info', id, false))
  return {
    async list() {
      const anyStateButDone = -1
      const pool = await caller.read('one.vmpool.infoextended', -2, -1, -1, anyStateButDone, '')
      const vms = allAt(pool, 'VM').map(readVm)
      const complete = vms.map((vm) => (isBetweenHosts(vm) ? unlessGone(get(vm.id)) : vm))
      return (await Promise.all(complete)).filter((vm) => vm !== undefined)
    },
    get,
    async terminate(id, hard) {
      await caller.change('one.vm.action', hard ? 'terminate-hard' : 'terminate', id)
    },
    async remove(id) {
      await caller.change('one.vm.recover', id, recoverDelete)
    },
    async migrate(id, hostId, live) {
      await caller.change('one.vm.migrate', id, hostId, live, keepsToCapacity, sameDatastore, save)
    },
  }
}

const recoverDelete = 3
const keepsToCapacity = true
const sameDatastore = -1
/** How a cold migration stops what runs. */
const save = 0

const migrating: readonly number[] = [
  lcmState.migrate,
  lcmState.saveMigrate,
  lcmState.prologMigrate,
  lcmState.bootMigrate,
  lcmState.bootMigrateFailure,
  lcmState.prologMigrateFailure,
]

/** While it migrates, the newest record already names the destination. */
function isBetweenHosts(vm: Vm): boolean {
  return vm.state === vmState.active && migrating.includes(vm.lcmState)
}

export function readVm(node: XmlNode): Vm {
  const records = allAt(node, 'HISTORY_RECORDS', 'HISTORY').map(readHistory)
  return {
    id: idOf(node),
    name: nameOf(node),
    owner: ownerOf(node),
    state: integerAt(node, ['STATE'], -1),
    lcmState: integerAt(node, ['LCM_STATE'], -1),
    deployId: textAt(node, 'DEPLOY_ID'),
    history: records.sort((a, b) => a.seq - b.seq),
    nics: ['NIC', 'NIC_ALIAS'].flatMap((name) => allAt(node, 'TEMPLATE', name).map(readNic)),
    template: templateOf(node),
    userTemplate: templateFrom(allAt(node, 'USER_TEMPLATE')),
  }
}

function readHistory(node: XmlNode): History {
  return {
    seq: integerAt(node, ['SEQ'], 0),
    hostId: integerAt(node, ['HID'], -1),
    hostname: textAt(node, 'HOSTNAME') ?? '',
    clusterId: integerAt(node, ['CID'], -1),
    datastoreId: integerAt(node, ['DS_ID'], -1),
    vmMad: textAt(node, 'VM_MAD') ?? '',
    action: integerAt(node, ['ACTION'], 0),
    startTime: integerAt(node, ['STIME'], 0),
    endTime: integerAt(node, ['ETIME'], 0),
  }
}

/** PCI NICs have elements of their own name: they are no ports of a bridge. */
function readNic(node: XmlNode): Nic {
  return {
    nicId: integerAt(node, ['NIC_ID'], -1),
    parentId: optionalInteger(node, 'PARENT_ID'),
    networkId: integerAt(node, ['NETWORK_ID'], -1),
    network: textAt(node, 'NETWORK') ?? '',
    vnMad: textAt(node, 'VN_MAD') ?? '',
    mac: textAt(node, 'MAC') ?? '',
    ip: textAt(node, 'IP'),
    bridge: textAt(node, 'BRIDGE') ?? '',
    target: textAt(node, 'TARGET') ?? '',
    externalIp: textAt(node, 'EXTERNAL_IP'),
    gateway: textAt(node, 'GATEWAY'),
    vlanId: optionalInteger(node, 'VLAN_ID'),
    phydev: textAt(node, 'PHYDEV'),
    attributes: vectorFrom(node),
  }
}
