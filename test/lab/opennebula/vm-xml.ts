import { Attributes, vectorInner } from './attributes.ts'
import type { Cloud, History, NicVector, Vm } from './cloud.ts'
import { networkAttribute } from './nics.ts'
import { ownerXml, permissionsXml } from './owned.ts'
import { cdata, cdataOrEmpty, plain, wrapped } from './xml.ts'

/** VM as `one.vm.info` shows it with its `whole` history; pools carry the last record only. */
export function vmXml(cloud: Cloud, vm: Vm, whole: boolean): string {
  const records = whole ? vm.history : vm.history.slice(-1)
  const template = vm.template.copy()
  const nics = vm.nics.map((nic): [string, NicVector] => ['NIC', nic])
  template.merge(new Attributes([['CONTEXT', contextOf(cloud, vm)], ...nics, ...rules(vm)]))
  return wrapped(
    'VM',
    plain('ID', vm.id) +
      ownerXml(vm, cloud.users) +
      plain('NAME', vm.name) +
      permissionsXml(vm) +
      plain('LAST_POLL', 0) +
      plain('STATE', vm.state) +
      plain('LCM_STATE', vm.lcmState) +
      plain('PREV_STATE', vm.state) +
      plain('PREV_LCM_STATE', vm.lcmState) +
      plain('RESCHED', 0) +
      plain('STIME', vm.startTime) +
      plain('ETIME', vm.endTime) +
      plainOrEmpty('DEPLOY_ID', vm.deployId) +
      '<MONITORING/><SCHED_ACTIONS/>' +
      template.xml() +
      vm.userTemplate.xml('USER_TEMPLATE') +
      recordsXml(vm, records) +
      wrapped('BACKUPS', '<BACKUP_CONFIG/><BACKUP_IDS/>'),
  )
}

/** VM as `one.vmpool.info` lists it: NICs without bridge, port and driver. */
export function shortVmXml(cloud: Cloud, vm: Vm): string {
  const shown = ['IP', 'EXTERNAL_IP', 'MAC', 'NETWORK', 'NETWORK_ID', 'NIC_ID', 'SECURITY_GROUPS']
  const nics = vm.nics.map((nic) => {
    const members = shown.flatMap((name) => {
      const value = nic[name]
      return value === undefined ? [] : [cdata(name, value)]
    })
    return wrapped('NIC', members.join(''))
  })
  return wrapped(
    'VM',
    plain('ID', vm.id) +
      ownerXml(vm, cloud.users) +
      plain('NAME', vm.name) +
      plain('LAST_POLL', 0) +
      plain('STATE', vm.state) +
      plain('LCM_STATE', vm.lcmState) +
      plain('RESCHED', 0) +
      plain('STIME', vm.startTime) +
      plain('ETIME', vm.endTime) +
      plain('DEPLOY_ID', vm.deployId) +
      wrapped('TEMPLATE', nics.join('')) +
      vm.userTemplate.xml('USER_TEMPLATE') +
      recordsXml(vm, vm.history.slice(-1)),
  )
}

/** The document network drivers get: each NIC, rule and history member in a wrapper of its own. */
export function driverVmXml(cloud: Cloud, vm: Vm): string {
  const record = vm.history.at(-1)
  const inTemplate = (name: string, vector: NicVector) =>
    wrapped('TEMPLATE', wrapped(name, vectorInner(vector)))
  const inHistory = (member: string) => wrapped('HISTORY_RECORDS', wrapped('HISTORY', member))
  return wrapped(
    'VM',
    plain('ID', vm.id) +
      plainOrEmpty('DEPLOY_ID', vm.deployId) +
      inTemplate('CONTEXT', contextOf(cloud, vm)) +
      (vm.userTemplate.entries.length === 0
        ? '<USER_TEMPLATE/>'
        : vm.userTemplate.xml('USER_TEMPLATE')) +
      rules(vm)
        .map(([name, rule]) => inTemplate(name, rule))
        .join('') +
      inHistory(plain('HOSTNAME', record?.hostname ?? '')) +
      inHistory(plain('HID', record?.hostId ?? -1)) +
      inHistory(plain('DS_ID', record?.datastoreId ?? -1)) +
      inHistory(cdata('VM_MAD', record?.vmMad ?? '')) +
      vm.nics.map((nic) => inTemplate('NIC', nic)).join(''),
  )
}

function plainOrEmpty(name: string, value: string): string {
  return value === '' ? `<${name}/>` : plain(name, value)
}

/** The default security group, which every network has unless told otherwise: everything allowed. */
function rules(vm: Vm): [string, NicVector][] {
  const open = vm.nics.some((nic) => (nic['SECURITY_GROUPS'] ?? '').split(',').includes('0'))
  if (!open) return []
  return ['OUTBOUND', 'INBOUND'].map((direction) => [
    'SECURITY_GROUP_RULE',
    {
      PROTOCOL: 'ALL',
      RULE_TYPE: direction,
      SECURITY_GROUP_ID: '0',
      SECURITY_GROUP_NAME: 'default',
    },
  ])
}

const fromNetwork: Readonly<Record<string, string>> = {
  MASK: 'NETWORK_MASK',
  MTU: 'GUEST_MTU',
  NETWORK: 'NETWORK_ADDRESS',
}
const fromNic: Readonly<Record<string, string>> = {
  DNS: 'DNS',
  GATEWAY: 'GATEWAY',
  IP: 'IP',
  MAC: 'MAC',
  METRIC: 'METRIC',
  VLAN_ID: 'VLAN_ID',
}
const neverSet = [
  ...['EXTERNAL', 'IP6', 'IP6_GATEWAY', 'IP6_METHOD', 'IP6_METRIC', 'IP6_PREFIX_LENGTH'],
  ...['IP6_ULA', 'METHOD', 'ROUTES', 'SEARCH_DOMAIN', 'VROUTER_IP', 'VROUTER_IP6'],
  'VROUTER_MANAGEMENT',
]

function contextOf(cloud: Cloud, vm: Vm): NicVector {
  const context: NicVector = { DISK_ID: '0', NETWORK: 'YES', TARGET: 'hda' }
  for (const [index, nic] of vm.nics.entries()) {
    const name = (suffix: string) => `ETH${index}_${suffix}`
    for (const suffix of neverSet) context[name(suffix)] = ''
    for (const [suffix, key] of Object.entries(fromNic)) context[name(suffix)] = nic[key] ?? ''
    for (const [suffix, key] of Object.entries(fromNetwork)) {
      context[name(suffix)] = networkAttribute(cloud, nic, key)
    }
  }
  return context
}

function recordsXml(vm: Vm, records: readonly History[]): string {
  if (records.length === 0) return '<HISTORY_RECORDS/>'
  return wrapped('HISTORY_RECORDS', records.map((one) => historyXml(vm, one)).join(''))
}

function historyXml(vm: Vm, record: History): string {
  return wrapped(
    'HISTORY',
    plain('OID', vm.id) +
      plain('SEQ', record.seq) +
      plain('HOSTNAME', record.hostname) +
      plain('HID', record.hostId) +
      plain('CID', record.clusterId) +
      plain('STIME', record.startTime) +
      plain('ETIME', record.endTime) +
      cdata('VM_MAD', record.vmMad) +
      cdata('TM_MAD', 'ssh') +
      plain('DS_ID', record.datastoreId) +
      plain('PLAN_ID', -1) +
      plain('ACTION_ID', -1) +
      ['PSTIME', 'PETIME', 'RSTIME', 'RETIME', 'ESTIME', 'EETIME']
        .map((name) => plain(name, 0))
        .join('') +
      plain('ACTION', record.action) +
      plain('UID', -1) +
      plain('GID', -1) +
      cdataOrEmpty('REQUEST_ID', ''),
  )
}
