import { Attributes } from './attributes.ts'
import { type Cloud, type Host, seconds } from './cloud.ts'
import { type Methods, method } from './method.ts'
import { requireAdmin } from './owned.ts'
import { errno, Refusal } from './refusal.ts'
import { parseTemplate } from './template-text.ts'
import { cdata, ids, plain, wrapped } from './xml.ts'

export const hostState = { init: 0, monitored: 2, error: 3, disabled: 4, offline: 8 } as const
const byStatus = [hostState.init, hostState.disabled, hostState.offline]

export function hostMethods(cloud: Cloud): Methods {
  const { hosts } = cloud
  const take = ['string', 'string', 'string', 'int'] as const
  return {
    'one.host.allocate': method(take, (user, name, imMad, vmMad, clusterId) => {
      requireAdmin(user, 'ADMIN', 'HOST')
      const cluster = clusterId === -1 ? 0 : cloud.clusters.get(clusterId).id
      const taken = hosts.newestFirst().find((one) => one.name === name)
      if (taken) {
        const why = `NAME is already taken by HOST ${taken.id}.`
        throw new Refusal(errno.allocate, `Error allocating a new host. ${why}`)
      }
      return hosts.add((id) => newHost(id, name, imMad, vmMad, cluster)).id
    }),
    'one.host.info': method(['int', 'bool'], (_user, id) => hostXml(cloud, hosts.get(id), true)),
    'one.host.update': method(['int', 'string', 'int'], (user, id, text) => {
      requireAdmin(user, 'ADMIN', 'HOST')
      hosts.get(id).template.merge(parseTemplate(text))
      return id
    }),
    'one.host.status': method(['int', 'int'], (user, id, status) => {
      requireAdmin(user, 'ADMIN', 'HOST')
      setStatus(hosts.get(id), status)
      return id
    }),
    'one.host.delete': method(['int'], (user, id) => {
      requireAdmin(user, 'ADMIN', 'HOST')
      if (vmsOn(cloud, hosts.get(id)).length > 0) {
        const why = 'Can not remove a host with running VMs'
        throw new Refusal(errno.action, `Cannot delete host. ${why}`)
      }
      hosts.delete(id)
      return id
    }),
    'one.hostpool.info': method([], () =>
      wrapped(
        'HOST_POOL',
        hosts
          .newestFirst()
          .map((one) => hostXml(cloud, one, false))
          .join(''),
      ),
    ),
  }
}

/** Monitors every host now and then until the stand-in closes. */
export async function monitorHosts(cloud: Cloud, everyMs: number): Promise<void> {
  while (!cloud.stopped.aborted) {
    await Promise.all(cloud.hosts.newestFirst().map((host) => monitor(cloud, host)))
    await cloud.clock.sleep(everyMs, cloud.stopped)
  }
}

const monitorable: readonly number[] = [hostState.init, hostState.monitored, hostState.error]

async function monitor(cloud: Cloud, host: Host): Promise<void> {
  if (!monitorable.includes(host.state)) return
  const answers = await cloud.hypervisor.hostAnswers(host.name).catch(() => false)
  if (!monitorable.includes(host.state)) return
  host.state = answers ? hostState.monitored : hostState.error
  if (!answers) return
  host.monitoredAt = seconds(cloud)
  host.template.merge(new Attributes(Object.entries(probed(host))))
}

function newHost(id: number, name: string, imMad: string, vmMad: string, clusterId: number): Host {
  const template = new Attributes(
    Object.entries({ IM_MAD: imMad, VM_MAD: vmMad, RESERVED_CPU: '', RESERVED_MEM: '' }),
  )
  return { id, name, imMad, vmMad, clusterId, template, state: hostState.init, monitoredAt: 0 }
}

function setStatus(host: Host, status: number): void {
  const state = byStatus[status]
  if (state === undefined) throw new Refusal(errno.internal, `Wrong status code [${status}]`)
  host.state = state
  if (state === hostState.offline) host.template.remove('TOTALCPU', 'TOTALMEMORY')
}

function probed(host: Host): Record<string, string> {
  return {
    ARCH: 'x86_64',
    CPUSPEED: '3200',
    HOSTNAME: host.name,
    HYPERVISOR: host.vmMad,
    MODELNAME: 'Fake CPU',
    TOTALCPU: '800',
    TOTALMEMORY: '16777216',
  }
}

function vmsOn(cloud: Cloud, host: Host): number[] {
  const active = 3
  const vms = cloud.vms.newestFirst().filter((vm) => vm.state === active)
  return vms
    .filter((vm) => vm.history.at(-1)?.hostId === host.id)
    .map(({ id }) => id)
    .reverse()
}

function hostXml(cloud: Cloud, host: Host, whole: boolean): string {
  const vms = vmsOn(cloud, host)
  return wrapped(
    'HOST',
    plain('ID', host.id) +
      plain('NAME', host.name) +
      plain('STATE', host.state) +
      plain('PREV_STATE', host.state) +
      cdata('IM_MAD', host.imMad) +
      cdata('VM_MAD', host.vmMad) +
      plain('CLUSTER_ID', host.clusterId) +
      plain('CLUSTER', cloud.clusters.get(host.clusterId).name) +
      shareXml(host, vms.length) +
      ids('VMS', vms) +
      host.template.xml() +
      (whole && host.monitoredAt > 0 ? monitoringXml(host) : '<MONITORING/>'),
  )
}

function shareXml(host: Host, running: number): string {
  const memory = Number(host.template.text('TOTALMEMORY') ?? 0)
  const cpu = Number(host.template.text('TOTALCPU') ?? 0)
  const disks = ['DISK_USAGE', 'FREE_DISK', 'MAX_DISK', 'USED_DISK']
  return wrapped(
    'HOST_SHARE',
    plain('MEM_USAGE', 0) +
      plain('CPU_USAGE', 0) +
      plain('TOTAL_MEM', memory) +
      plain('TOTAL_CPU', cpu) +
      plain('MAX_MEM', memory) +
      plain('MAX_CPU', cpu) +
      plain('RUNNING_VMS', running) +
      plain('VMS_THREAD', 1) +
      wrapped('DATASTORES', disks.map((name) => cdata(name, 0)).join('')) +
      wrapped('PCI_DEVICES', '') +
      wrapped('NUMA_NODES', ''),
  )
}

function monitoringXml(host: Host): string {
  const capacity = { FREE_CPU: 790, FREE_MEMORY: 15728640, USED_CPU: 10, USED_MEMORY: 1048576 }
  const inner = (values: Record<string, number>) =>
    Object.entries(values)
      .map(([name, value]) => cdata(name, value))
      .join('')
  return wrapped(
    'MONITORING',
    plain('TIMESTAMP', host.monitoredAt) +
      plain('ID', host.id) +
      wrapped('CAPACITY', inner(capacity)) +
      wrapped('SYSTEM', inner({ NETRX: 1, NETTX: 1 })),
  )
}
