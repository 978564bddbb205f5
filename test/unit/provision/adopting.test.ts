import t from 'tap'
import {
  type Adopting,
  type StateName,
  stateName,
  states,
} from '../../../controller/documents/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { createKit, type Kit, provisionId } from './kit.ts'
import { vmOn } from './vm-on.ts'

const stateOf = ({ provision }: Kit) => stateName(provision.state)
const lastFailure = ({ provision }: Kit) =>
  provision.historic.findLast(({ action }) => action === 'Failure')?.description ?? ''
const told = ({ events }: Kit) =>
  events.flatMap((event) => (event.kind === 'log' ? [event.text] : [])).join('\n')
const hostNamed = ({ one }: Kit, key: string) => {
  const all = [...one.all.hosts.values()]
  const host = all.find(({ template }) => template['EDGE_KEY'] === `uuid-1/${key}`)
  if (host === undefined) throw new Error(`OpenNebula has no ${key}`)
  return host
}

/** All that a stock server made is there, and taking it over has failed in that state. */
async function failedIn(state: StateName) {
  const kit = createKit()
  const controller = kit.controller()
  await controller.create(provisionId)
  await controller.idle(provisionId)
  const { hosts, networks, datastores } = kit.one.all
  const adopting: Adopting = {
    cloud: [
      { role: 'vpc', key: 'vpc', id: 'vpc' },
      { role: 'gateway', key: 'gateway', id: 'gateway' },
      { role: 'server', key: 'host-0', id: 'id-host-0' },
      { role: 'server', key: 'host-1', id: 'id-host-1' },
      { role: 'flexible-ip', key: 'ip-0', id: 'ip-0', address: '195.154.0.1' },
      { role: 'flexible-ip', key: 'ip-1', id: 'ip-1', address: '195.154.0.2' },
    ],
    one: [
      ...[...hosts.values()].map(({ id }, n) => ({ kind: 'host' as const, id, key: `host-${n}` })),
      ...[...networks.values()].map(({ id, vnMad }) => ({
        ...{ kind: 'network' as const, id },
        key: vnMad === 'elastic' ? 'public-network' : 'private-network',
      })),
      ...[...datastores.values()].map(({ id, type }) => ({
        ...{ kind: 'datastore' as const, id, key: `${type}-datastore` },
      })),
    ],
    ranges: [],
    devices: [],
  }
  Object.assign(kit.provision, {
    ...{ adopting, state: states[state], stock_keys: [] },
    ...{ host_keys: ['host-0', 'host-1'], next_keys: { host: 2, ip: 2 } },
  })
  kit.events.length = 0
  const again = async (options: Parameters<typeof controller.retry>[1] = {}) => {
    await controller.retry(provisionId, options)
    await controller.idle(provisionId)
    return stateOf(kit)
  }
  return { kit, controller, again, adopting }
}

for (const state of ['APPLYING', 'CONFIGURING_ONE', 'CONFIGURING_PROVISION'] as const)
  t.test(
    `hosts that were opened after a failure of ${state} are closed and looked at`,
    async (t) => {
      const { kit, again } = await failedIn(`${state}_FAILURE`)
      const { id } = hostNamed(kit, 'host-1')
      kit.one.vmList.push(vmOn(77, id))
      t.equal(await again(), `${state}_FAILURE`)
      t.match(lastFailure(kit), /EDGE_STOCK_GUESTS: .*virtual machines 77/)
      t.equal(hostNamed(kit, 'host-1').state, 'DISABLED')
      t.equal(hostNamed(kit, 'host-1').template['EDGE_HOST_KEY'], undefined, 'nobody logged in')
      kit.one.vmList.length = 0
      t.equal(await again(), 'RUNNING')
      t.equal(hostNamed(kit, 'host-1').state, 'MONITORED')
      t.equal(kit.provision.adopting, undefined)
    },
  )

t.test('what runs on a host that has let edgectl in runs on', async (t) => {
  const { kit, again } = await failedIn('CONFIGURING_PROVISION_FAILURE')
  const { id, template } = hostNamed(kit, 'host-0')
  const past = { ...template, EDGE_HOST_KEY: 'ssh-ed25519 AAAA' }
  Object.assign(kit.one.all.hosts.get(id) ?? {}, { template: past })
  kit.one.vmList.push(vmOn(77, id))
  t.equal(await again(), 'RUNNING')
  const closed = kit.events.filter((event) => event.kind === 'log' && /disabled/.test(event.text))
  t.equal(closed.length, 1, 'only the other one was closed')
})

t.test(
  'a machine that comes to a host just before it is logged in to keeps its networks',
  async (t) => {
    const { kit, again } = await failedIn('CONFIGURING_PROVISION_FAILURE')
    const { id } = hostNamed(kit, 'host-0')
    const { list } = kit.one.vms
    let looks = 0
    kit.one.vms.list = async () => (++looks > 1 ? [vmOn(78, id)] : await list())
    t.equal(await again(), 'CONFIGURING_PROVISION_FAILURE')
    t.match(
      lastFailure(kit),
      new RegExp(`EDGE_STOCK_GUESTS: On host ${id} are virtual machines 78`),
    )
    t.equal(hostNamed(kit, 'host-0').template['EDGE_HOST_KEY'], undefined)
  },
)

t.test('a host that somebody had closed before is not opened', async (t) => {
  const { kit, again, adopting } = await failedIn('PLANNING_FAILURE')
  const { id } = hostNamed(kit, 'host-1')
  kit.provision.adopting = { ...adopting, kept_closed: [id] }
  await kit.one.hosts.status(id, 'disable')
  t.equal(await again(), 'RUNNING')
  t.equal(hostNamed(kit, 'host-0').state, 'MONITORED')
  t.equal(hostNamed(kit, 'host-1').state, 'DISABLED')
})

t.test('a former range in use is told by who uses it, and keeps no host closed', async (t) => {
  const { kit, again, adopting } = await failedIn('CONFIGURING_PROVISION_FAILURE')
  const network = [...kit.one.all.networks.values()].find(({ vnMad }) => vnMad === 'elastic')
  if (network === undefined) throw new Error('There is no public network')
  const before = network.ranges
  const old = {
    ...{ id: 9, type: 'IP4', ip: '172.27.9.5', mac: '02:00:00:00:00:09', size: 1 },
    ...{ usedLeases: 1, attributes: {} },
    leases: [{ ip: '172.27.9.5', mac: '', vm: 79 }],
  }
  network.ranges = [...before, old]
  const range = { network: network.id, id: 9, ip: old.ip, external: '163.172.5.1', key: 'ip-0' }
  kit.provision.adopting = { ...adopting, ranges: [range] }
  for (const host of kit.one.all.hosts.values())
    Object.assign(host, { template: { ...host.template, EDGE_HOST_KEY: 'ssh-ed25519 AAAA' } })
  const { removeRange } = kit.one.networks
  kit.one.networks.removeRange = async (id, rangeId, force) => {
    const used = network.ranges.find((one) => one.id === rangeId)?.usedLeases ?? 0
    if (used > 0) throw new Fault('ONE_REFUSED', 'conflict', 'Address range has leases in use')
    await removeRange(id, rangeId, force)
  }
  for (const host of kit.one.all.hosts.values()) await kit.one.hosts.status(host.id, 'disable')
  t.equal(await again(), 'CONFIGURING_PROVISION_FAILURE')
  t.match(lastFailure(kit), /172.27.9.5 of 163.172.5.1 is used by virtual machines 79/)
  for (const key of ['host-0', 'host-1']) t.equal(hostNamed(kit, key).state, 'MONITORED', key)
  network.ranges = [...before, { ...old, usedLeases: 0, leases: [] }]
  t.equal(await again(), 'RUNNING')
  t.equal(network.ranges.length, before.length)
})

t.test('a range that is in use keeps its public address', async (t) => {
  const { kit, again, adopting } = await failedIn('CONFIGURING_PROVISION_FAILURE')
  const network = [...kit.one.all.networks.values()].find(({ vnMad }) => vnMad === 'elastic')
  if (network === undefined) throw new Error('There is no public network')
  const old = {
    ...{ id: 9, type: 'IP4', ip: '172.27.9.5', mac: '', size: 1, usedLeases: 1 },
    attributes: { EXTERNAL_IP: '163.172.5.1' },
    leases: [{ ip: '172.27.9.5', mac: '', vm: 79 }],
  }
  network.ranges = [...network.ranges, old]
  const range = { network: network.id, id: 9, ip: old.ip, external: '163.172.5.1', key: 'ip-0' }
  kit.provision.adopting = { ...adopting, ranges: [range] }
  t.equal(await again(), 'CONFIGURING_PROVISION_FAILURE')
  t.match(lastFailure(kit), /EDGE_STOCK_GUESTS: .*leases of address ranges 9/)
  t.strictSame(network.ranges.at(-1)?.attributes, old.attributes)
})

t.test('a server is not tagged that OpenNebula does not say is the host’s', async (t) => {
  const { kit, again } = await failedIn('APPLYING_FAILURE')
  kit.cloud.untagged.add('host-1')
  const host = hostNamed(kit, 'host-1')
  const ONEFORM = { PROVISION_ID: '5', RESOURCE_ID: 'fr-par-2/another' }
  Object.assign(kit.one.all.hosts.get(host.id) ?? {}, { template: { ...host.template, ONEFORM } })
  t.equal(await again(), 'APPLYING_FAILURE')
  t.match(lastFailure(kit), /EDGE_STOCK_UNPROVEN: .*server is id-host-1.*fr-par-2\/another/)
})

t.test('what is gone can be given up, and nothing is ordered in its place', async (t) => {
  const { kit, again } = await failedIn('APPLYING_FAILURE')
  kit.cloud.vanish('host-1')
  kit.cloud.objects.delete('flexible-ip uuid-1/ip-1')
  const network = [...kit.one.all.networks.values()].find(({ vnMad }) => vnMad === 'elastic')
  if (network)
    network.ranges = network.ranges.filter(
      ({ attributes }) => !attributes['EDGE_KEY']?.endsWith('ip-1'),
    )
  t.equal(await again(), 'APPLYING_FAILURE')
  t.match(lastFailure(kit), /EDGE_STOCK_OBJECT_GONE: .* is not at Scaleway any more/)
  const before = structuredClone(kit.cloud.created)
  t.equal(await again({ giveUp: true }), 'RUNNING')
  t.strictSame(kit.cloud.created, before)
  t.equal(kit.one.all.hosts.size, 1)
  t.strictSame(kit.provision.host_keys, ['host-0'])
  t.match(kit.provision.user_inputs_values, { oneform_hosts: 1 })
  t.match(told(kit), /server host-1 \(id-host-1\) is gone at Scaleway and given up/)
})

t.test('with no server left there is nothing to go on with', async (t) => {
  const { kit, controller } = await failedIn('APPLYING_FAILURE')
  for (const key of ['host-0', 'host-1']) kit.cloud.vanish(key)
  await t.rejects(controller.retry(provisionId, { giveUp: true }), { code: 'EDGE_HOST_LAST' })
  t.equal(stateOf(kit), 'APPLYING_FAILURE')
})

t.test('what another provision has by now is left to it, and all else is given back', async (t) => {
  const { kit, controller } = await failedIn('APPLYING_FAILURE')
  kit.cloud.foreign.add('ip-1')
  kit.cloud.objects.delete('flexible-ip uuid-1/ip-1')
  await controller.undeploy(provisionId, { force: true })
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DONE')
  t.equal(kit.cloud.servers.size, 0)
  t.match(told(kit), /flexible-ip ip-1 \(ip-1\) is left as it is: .*another provision/)
  t.match(
    kit.provision.historic.filter(({ action }) => action === 'Left as it is'),
    [{ description: /flexible-ip ip-1/ }],
  )
})

t.test('machines on hosts that have no mark yet are not overlooked', async (t) => {
  const { kit, controller } = await failedIn('PLANNING_FAILURE')
  const { id, template } = hostNamed(kit, 'host-0')
  const { EDGE_KEY, ...unmarked } = template
  Object.assign(kit.one.all.hosts.get(id) ?? {}, { template: unmarked })
  kit.one.vmList.push(vmOn(80, id))
  t.match(await controller.unmanaged(provisionId), { hosts: { [id]: { vm: ['80'] } } })
  await t.rejects(controller.undeploy(provisionId, { force: false }), {
    code: 'EDGE_PROVISION_UNMANAGED',
  })
  const others = { ...unmarked, ONEFORM: { PROVISION_ID: '6' } }
  Object.assign(kit.one.all.hosts.get(id) ?? {}, { template: others })
  t.strictSame(await controller.unmanaged(provisionId), {}, 'an id alone may be another’s by now')
})
