import t from 'tap'
import { stateName } from '../../../controller/documents/index.ts'
import type { Lifecycle } from '../../../controller/provision/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { createKit, provisionId as id, type Kit } from './kit.ts'
import { createReaper, type Reaper } from './reaper.ts'
import { vmOn } from './vm-on.ts'

const stateOf = ({ provision }: Kit) => stateName(provision.state)
const serversOf = ({ cloud }: Kit) => [...cloud.servers.keys()].sort()
const hostsOf = ({ one }: Kit) =>
  [...one.all.hosts.values()].map(({ template }) => String(template['EDGE_KEY']).slice(7)).sort()
const hostId = ({ one }: Kit, key: string) =>
  [...one.all.hosts.values()].find(({ template }) => template['EDGE_KEY'] === `uuid-1/${key}`)
    ?.id ?? -1
const replicaHost = ({ one }: Kit) =>
  [...one.all.datastores.values()].find(({ type }) => type === 'system')?.template['REPLICA_HOST']
const publicNetwork = ({ one }: Kit) =>
  [...one.all.networks.values()].find(({ vnMad }) => vnMad === 'elastic')
const rangeKeys = (kit: Kit) =>
  publicNetwork(kit)?.ranges.map(({ attributes }) => attributes['EDGE_KEY']?.slice(7)) ?? []
const addresses = ({ cloud }: Kit) =>
  [...cloud.objects.keys()].filter((name) => name.startsWith('flexible-ip'))

async function running(values: Record<string, unknown> = {}) {
  const kit = createKit({ oneform_hosts: 3, ...values })
  const controller = kit.controller()
  await controller.create(id)
  await controller.idle(id)
  return { kit, controller }
}

async function ends(controller: Lifecycle, work: Promise<void>): Promise<void> {
  await work
  await controller.idle(id)
}

t.test(
  'a host is added: server, OpenNebula, agent and networks, then it is one more',
  async (t) => {
    const { kit, controller } = await running()
    await ends(controller, controller.change.addHosts(id, 2))
    t.equal(stateOf(kit), 'RUNNING')
    t.same(serversOf(kit), ['host-0', 'host-1', 'host-2', 'host-3', 'host-4'])
    t.same(hostsOf(kit), serversOf(kit))
    t.same(kit.fleet.toSorted(), serversOf(kit))
    t.same(kit.installed.sort(), serversOf(kit), 'those that were there are left alone')
    t.equal(kit.provision.one_objects.hosts.length, 5)
    t.equal(kit.provision.user_inputs_values['oneform_hosts'], 5)
    t.equal(kit.one.all.hosts.get(hostId(kit, 'host-4'))?.state, 'MONITORED')
    t.equal(kit.provision.scaling, undefined)
    t.equal(kit.cloud.created['gateway'], 1)
    t.same(kit.events.flatMap((event) => (event.kind === 'state' ? [event.state] : [])).slice(-2), [
      'SCALING',
      'RUNNING',
    ])
  },
)

t.test('a host that has no networks yet gets no virtual machines', async (t) => {
  const { kit, controller } = await running()
  kit.cloud.failures.set('clearUserData', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
  await ends(controller, controller.change.addHosts(id, 1))
  t.equal(stateOf(kit), 'SCALING_FAILURE')
  t.equal(kit.one.all.hosts.get(hostId(kit, 'host-3'))?.state, 'OFFLINE')
  await ends(controller, controller.retry(id))
  t.equal(kit.one.all.hosts.get(hostId(kit, 'host-3'))?.state, 'MONITORED')
})

t.test('a provision from before there were bastions gets none with a new host', async (t) => {
  for (const chosen of [undefined, true]) {
    const { kit, controller } = await running({ oneform_hosts: 1, gateway_bastion: chosen })
    kit.cloud.gateway.length = 0
    await ends(controller, controller.change.addHosts(id, 1))
    t.equal(stateOf(kit), 'RUNNING')
    t.same(kit.cloud.gateway, chosen ? ['VPC-GW-S', 'bastion for all'] : ['VPC-GW-S'])
  }
})

t.test('no server is ordered for which there is nothing to install', async (t) => {
  const { kit, controller } = await running()
  kit.missing.add('kvm')
  const old = hostId(kit, 'host-0')
  for (const work of [
    controller.change.addHosts(id, 1),
    controller.change.replaceHost(id, old, 'refuse'),
  ])
    await t.rejects(work, { code: 'EDGE_ONE_KEY' })
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(serversOf(kit).length, 3)
})

t.test('what cannot come is refused before the state changes', async (t) => {
  const { kit, controller } = await running()
  const before = kit.provision.historic.length
  kit.cloud.failures.set('plan', new Fault('EDGE_OFFER_EMPTY', 'exhausted', 'Out of stock'))
  await t.rejects(controller.change.addHosts(id, 1), { code: 'EDGE_OFFER_EMPTY' })
  await t.rejects(controller.change.addHosts(id, 8), {
    code: 'EDGE_INPUTS_INVALID',
    message: 'oneform_hosts would be 11, and at most 10 are possible',
  })
  await t.rejects(controller.change.addAddresses(id, 4), {
    code: 'EDGE_INPUTS_INVALID',
    message: 'instance_public_ips would be 6, and at most 5 are possible',
  })
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(kit.provision.historic.length, before)
  t.equal(kit.provision.next_keys, undefined)
})

t.test('hosts that did not come can be waited for, or given up', async (t) => {
  for (const giveUp of [false, true]) {
    const { kit, controller } = await running()
    const empty = new Fault('EDGE_OFFER_EMPTY', 'exhausted', 'No EM-A116X-SSD is left for host-4')
    const { servers } = kit.cloud
    kit.cloud.failures.set('waitDelivered', empty)
    await ends(controller, controller.change.addHosts(id, 2))
    t.equal(stateOf(kit), 'SCALING_FAILURE')
    t.match(kit.provision.historic.at(-2), { action: 'Failure', description: /is left/ })
    t.equal(kit.provision.user_inputs_values['oneform_hosts'], 4, 'the other one has joined')
    t.equal(servers.size, 5)
    await t.rejects(controller.change.addHosts(id, 1), {
      code: 'EDGE_PROVISION_STATE',
      message: 'Cannot scale up provision 5 in state: SCALING_FAILURE',
    })
    await ends(controller, controller.retry(id, { giveUp }))
    t.equal(stateOf(kit), 'RUNNING')
    t.equal(servers.size, giveUp ? 4 : 5)
    t.equal(kit.one.all.hosts.size, giveUp ? 4 : 5)
    t.equal(kit.provision.user_inputs_values['oneform_hosts'], giveUp ? 4 : 5)
    await ends(controller, controller.change.addHosts(id, 1))
    t.ok(servers.has('host-5'), 'the key of what was given up is not used again')
  }
})

t.test('a host that goes takes nothing with it that others need', async (t) => {
  const { kit, controller } = await running()
  t.equal(replicaHost(kit), '51.15.0.10')
  await ends(
    controller,
    controller.change.removeHosts(id, { hostIds: [hostId(kit, 'host-0')] }, 'refuse'),
  )
  t.equal(stateOf(kit), 'RUNNING')
  t.same(serversOf(kit), ['host-1', 'host-2'])
  t.same(hostsOf(kit), ['host-1', 'host-2'])
  t.same(kit.fleet.toSorted(), ['host-1', 'host-2'])
  t.same(kit.forgotten, ['id-host-0'])
  t.equal(replicaHost(kit), '51.15.0.11')
  t.equal(kit.provision.one_objects.hosts.length, 2)
  t.equal(kit.provision.user_inputs_values['oneform_hosts'], 2)
  await ends(controller, controller.change.addHosts(id, 1))
  t.same(serversOf(kit), ['host-1', 'host-2', 'host-3'])
  t.equal(replicaHost(kit), '51.15.0.11', 'the replica host does not wander')
  await ends(controller, controller.undeploy(id, { force: false }))
  t.equal(stateOf(kit), 'DONE')
  t.equal(kit.cloud.objects.size, 0)
})

t.test(
  'the host is closed, then empty, then out of the fleet, then out of OpenNebula',
  async (t) => {
    const { kit, controller } = await running()
    await ends(controller, controller.change.removeHosts(id, { amount: 1 }, 'refuse'))
    const steps = kit.events.flatMap((event) =>
      event.kind === 'step' && event.status === 'done' ? [event.name] : [],
    )
    t.same(steps.slice(-8), [
      'replica host',
      'host-2 closed',
      'host-2 empty',
      'host-2 without public addresses',
      'host-2 out of the networks',
      'host-2 out of OpenNebula',
      'host-2 released',
      'host-2 gone',
    ])
  },
)

t.test(
  'virtual machines are in the way, or terminated, or moved to the emptiest host',
  async (t) => {
    for (const guests of ['refuse', 'terminate', 'migrate'] as const) {
      const { kit, controller } = await running()
      const [first, second, third] = ['host-0', 'host-1', 'host-2'].map((key) => hostId(kit, key))
      kit.one.vmList.push(vmOn(11, first ?? -1), vmOn(12, first ?? -1), vmOn(13, second ?? -1))
      const work = controller.change.removeHosts(id, { hostIds: [first ?? -1] }, guests)
      if (guests === 'refuse') {
        await t.rejects(work, {
          code: 'EDGE_PROVISION_UNMANAGED',
          message: 'Unmanaged resources found, use `force` option to delete them',
          details: { context: { hosts: { [`${first}`]: { vm: ['11', '12'] } } } },
        })
        t.equal(stateOf(kit), 'RUNNING')
        continue
      }
      await ends(controller, work)
      t.equal(stateOf(kit), 'RUNNING', guests)
      t.same(serversOf(kit), ['host-1', 'host-2'])
      const places = kit.one.vmList.map((vm) => [vm.id, vm.history.at(-1)?.hostId])
      if (guests === 'terminate') t.same(places, [[13, second]])
      else
        t.same(
          places.map(([vm]) => vm),
          [11, 12, 13],
        )
      if (guests === 'migrate') t.equal(places[0]?.[1], third)
    }
  },
)

t.test('a dead host goes by force, with what was on it and whoever does not answer', async (t) => {
  const { kit, controller } = await running()
  const dead = hostId(kit, 'host-1')
  kit.one.vmList.push({ ...vmOn(11, dead), lcmState: 16 })
  kit.silent.add('id-host-2')
  await ends(controller, controller.change.removeHosts(id, { hostIds: [dead] }, 'migrate'))
  t.equal(stateOf(kit), 'SCALING_FAILURE')
  t.match(kit.provision.historic.at(-2)?.description, /: Virtual machine 11 cannot be moved from/)
  await ends(controller, controller.retry(id, { giveUp: true }))
  await ends(controller, controller.change.removeHosts(id, { hostIds: [dead] }, 'terminate'))
  t.equal(stateOf(kit), 'RUNNING')
  t.same(serversOf(kit), ['host-0', 'host-2'])
  t.equal(kit.one.vmList.length, 0)
})

t.test(
  'a host that does not answer keeps no new one out, and without force lets none go',
  async (t) => {
    const { kit, controller } = await running()
    kit.silent.add('id-host-0')
    await ends(controller, controller.change.addHosts(id, 1))
    t.equal(stateOf(kit), 'RUNNING')
    await ends(controller, controller.change.removeHosts(id, { amount: 1 }, 'refuse'))
    t.equal(stateOf(kit), 'SCALING_FAILURE')
    t.match(kit.provision.historic.at(-2)?.description, /id-host-0 did not reach/)
    kit.silent.clear()
    await ends(controller, controller.retry(id))
    t.equal(stateOf(kit), 'RUNNING')
  },
)

t.test('what never joined is given back although another host does not answer', async (t) => {
  const { kit, controller } = await running()
  kit.silent.add('id-host-0')
  kit.cloud.failures.set('clearUserData', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
  const dead = hostId(kit, 'host-0')
  await ends(controller, controller.change.replaceHost(id, dead, 'refuse'))
  t.equal(stateOf(kit), 'SCALING_FAILURE')
  t.ok(serversOf(kit).includes('host-3'))
  await ends(controller, controller.retry(id, { giveUp: true }))
  t.equal(stateOf(kit), 'RUNNING')
  t.same(serversOf(kit), ['host-0', 'host-1', 'host-2'])
  t.same(hostsOf(kit), ['host-0', 'host-1', 'host-2'])
})

t.test('a server out of OpenNebula is given back whoever stopped answering since', async (t) => {
  const { kit, controller } = await running()
  kit.cloud.failures.set('releaseKey', new Fault('EDGE_CLOUD_LOCKED', 'conflict', 'Locked'))
  await ends(controller, controller.change.removeHosts(id, { amount: 1 }, 'refuse'))
  t.equal(stateOf(kit), 'SCALING_FAILURE')
  kit.silent.add('id-host-0')
  await ends(controller, controller.retry(id))
  t.equal(stateOf(kit), 'RUNNING')
  t.same(serversOf(kit), ['host-0', 'host-1'])
})

t.test('a server whose host somebody deleted in OpenNebula is the first to go', async (t) => {
  const { kit, controller } = await running()
  kit.one.all.hosts.delete(hostId(kit, 'host-0'))
  await ends(controller, controller.change.removeHosts(id, { amount: 1 }, 'refuse'))
  t.equal(stateOf(kit), 'RUNNING')
  t.same(serversOf(kit), ['host-1', 'host-2'])
  t.equal(kit.provision.one_objects.hosts.length, 2)
})

t.test(
  'a host whose server vanished from the cloud goes like another, agent and all',
  async (t) => {
    const { kit, controller } = await running()
    kit.cloud.servers.delete('host-1')
    const leavers = { hostIds: [hostId(kit, 'host-1')] }
    await ends(controller, controller.change.removeHosts(id, leavers, 'refuse'))
    t.equal(stateOf(kit), 'RUNNING')
    t.same(kit.forgotten, ['id-host-1'])
    t.same(hostsOf(kit), ['host-0', 'host-2'])
  },
)

t.test('a machine that came in between is told, and the host can be kept after all', async (t) => {
  const { kit, controller } = await running()
  const going = hostId(kit, 'host-2')
  const { status } = kit.one.hosts
  kit.one.hosts.status = async (host, word) => {
    if (word === 'disable') kit.one.vmList.push(vmOn(11, host))
    await status(host, word)
  }
  await ends(controller, controller.change.removeHosts(id, { hostIds: [going] }, 'refuse'))
  t.equal(stateOf(kit), 'SCALING_FAILURE')
  t.match(kit.provision.historic.at(-2)?.description, /: Host \d+ .* has virtual machines 11/)
  kit.one.hosts.status = status
  await ends(controller, controller.retry(id, { giveUp: true }))
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(kit.one.all.hosts.get(going)?.state, 'MONITORED')
  t.same(serversOf(kit), ['host-0', 'host-1', 'host-2'])
  t.equal(kit.provision.user_inputs_values['oneform_hosts'], 3)
})

t.test('an unknown host is named, and the last one stays', async (t) => {
  const { kit, controller } = await running({ oneform_hosts: 1 })
  const only = hostId(kit, 'host-0')
  await t.rejects(controller.change.removeHosts(id, { hostIds: [99] }, 'terminate'), {
    kind: 'missing',
    message: 'Provision 5 has no host 99',
    details: { hint: `Its hosts are ${only} (51.15.0.10).` },
  })
  for (const leavers of [{ hostIds: [only] }, { amount: 1 }, { amount: 7 }])
    await t.rejects(controller.change.removeHosts(id, leavers, 'terminate'), {
      code: 'EDGE_HOST_LAST',
      details: { hint: 'Undeploy the provision instead.' },
    })
  t.equal(stateOf(kit), 'RUNNING')
})

t.test('a host is replaced: the new one is there before the old one goes', async (t) => {
  const { kit, controller } = await running({ oneform_hosts: 1 })
  kit.one.vmList.push(vmOn(11, hostId(kit, 'host-0')))
  await ends(controller, controller.change.replaceHost(id, hostId(kit, 'host-0'), 'migrate'))
  t.equal(stateOf(kit), 'RUNNING')
  t.same(serversOf(kit), ['host-1'])
  t.equal(kit.one.vmList[0]?.history.at(-1)?.hostId, hostId(kit, 'host-1'))
  t.equal(replicaHost(kit), '51.15.0.11')
  t.equal(kit.provision.user_inputs_values['oneform_hosts'], 1)
})

t.test('a full provision can replace a host, and never counts more than it may have', async (t) => {
  const { kit, controller } = await running({ oneform_hosts: 10 })
  await ends(controller, controller.change.replaceHost(id, hostId(kit, 'host-0'), 'refuse'))
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(kit.provision.user_inputs_values['oneform_hosts'], 10)
  t.equal(serversOf(kit).length, 10)
})

t.test('addresses come under new keys, go by their range, and are counted', async (t) => {
  const { kit, controller } = await running()
  await ends(controller, controller.change.addAddresses(id, 2))
  t.same(rangeKeys(kit), ['ip-0', 'ip-1', 'ip-2', 'ip-3'])
  t.equal(kit.provision.user_inputs_values['instance_public_ips'], 4)
  await ends(controller, controller.change.removeAddress(id, 3))
  t.same(rangeKeys(kit), ['ip-0', 'ip-1', 'ip-2'])
  t.equal(addresses(kit).length, 3)
  t.equal(kit.provision.user_inputs_values['instance_public_ips'], 3)
  t.match(kit.provision.one_objects.networks[1]?.template, { ar: [{ ar_id: 0 }, {}, { ar_id: 2 }] })
  await ends(controller, controller.change.addAddresses(id, 1))
  t.same(rangeKeys(kit), ['ip-0', 'ip-1', 'ip-2', 'ip-4'])
  t.equal(stateOf(kit), 'RUNNING')
})

t.test('an address in use, or a range that is not there, is refused in a sentence', async (t) => {
  const { kit, controller } = await running()
  const network = publicNetwork(kit)
  const [first] = network?.ranges ?? []
  if (!network || !first) throw new Error('no range')
  const leases = [{ ip: first.ip, mac: '', vm: 11 }]
  network.ranges = [{ ...first, usedLeases: 1, leases }, ...network.ranges.slice(1)]
  await t.rejects(controller.change.removeAddress(id, 0), {
    kind: 'conflict',
    message: 'Address range 0 (195.154.0.1) is in use by VM 11',
  })
  await t.rejects(controller.change.removeAddress(id, 9), {
    kind: 'missing',
    message: /has no address range 9$/,
    details: { hint: /^It has 0 \(195\.154\.0\.1\), 1 \(/ },
  })
  t.equal(stateOf(kit), 'RUNNING')
})

t.test(
  'an address that OpenNebula did not take can be given up, and costs nothing then',
  async (t) => {
    const { kit, controller } = await running()
    const { addRange } = kit.one.networks
    kit.one.networks.addRange = async (_, range) => {
      kit.cloud.register(String(range['EDGE_KEY']))
      throw new Fault('ONE_BROKEN', 'broken', 'The driver’s answer came too late')
    }
    await ends(controller, controller.change.addAddresses(id, 1))
    t.equal(stateOf(kit), 'SCALING_FAILURE')
    t.equal(addresses(kit).length, 3)
    kit.one.networks.addRange = addRange
    await ends(controller, controller.retry(id, { giveUp: true }))
    t.equal(stateOf(kit), 'RUNNING')
    t.equal(addresses(kit).length, 2)
    t.equal(kit.provision.user_inputs_values['instance_public_ips'], 2)
  },
)

t.test('two changes never interleave, whoever asks and in whichever state it is', async (t) => {
  const { kit, controller } = await running()
  kit.cloud.holds.add('waitDelivered')
  await controller.change.addHosts(id, 1)
  while (!kit.cloud.servers.has('host-3')) await new Promise((done) => setTimeout(done, 2))
  const all = (one: Lifecycle) => [
    one.change.addHosts(id, 1),
    one.change.removeHosts(id, { amount: 1 }, 'terminate'),
    one.change.replaceHost(id, hostId(kit, 'host-0'), 'terminate'),
    one.change.addAddresses(id, 1),
    one.change.removeAddress(id, 0),
    one.change.giveUp(id),
    one.retry(id),
    one.undeploy(id, { force: false }),
  ]
  for (const work of all(controller)) await t.rejects(work, { code: 'EDGE_PROVISION_BUSY' })
  await controller.close()
  const next = kit.controller()
  for (const work of all(next))
    await t.rejects(work, { code: 'EDGE_PROVISION_BUSY' }, 'after a restart')
  t.equal(stateOf(kit), 'SCALING')
  await next.undeploy(id, { force: true })
  await next.idle(id)
  t.equal(stateOf(kit), 'DONE')
  t.equal(kit.cloud.objects.size, 0)
})

t.test('of two changes asked for at once one is done and one refused', async (t) => {
  const { kit, controller } = await running()
  const both = await Promise.allSettled([
    controller.change.addHosts(id, 1),
    controller.change.addHosts(id, 1),
  ])
  await controller.idle(id)
  t.same(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(kit.cloud.servers.size, 4)
})

t.test('who waits for a change is told how that one ended, though another follows', async (t) => {
  const { kit, controller } = await running({ oneform_hosts: 1 })
  let next: Promise<void> | undefined
  const stop = controller.subscribe((event) => {
    if (event.kind !== 'state' || event.state !== 'RUNNING') return
    stop()
    kit.cloud.failures.set('waitDelivered', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No more'))
    next = controller.change.addHosts(id, 2)
  })
  await controller.change.addHosts(id, 1)
  t.strictSame(await controller.idle(id), { state: 'RUNNING' })
  await next
  t.match(await controller.idle(id), { state: 'SCALING_FAILURE', why: /No more/ })
  t.equal(await controller.idle(id), undefined, 'nothing is under way')
})

t.test('a change whose acceptance oned wrote is made, although the answer was lost', async (t) => {
  for (const answers of [1, 2]) {
    const { kit, controller } = await running({ oneform_hosts: 1 })
    kit.lost.set('SCALING', answers)
    const asked = controller.change.addHosts(id, 1)
    await (answers === 1 ? asked : t.rejects(asked, { code: 'ONE_UNREACHABLE' }))
    await new Promise(setImmediate)
    await controller.idle(id)
    t.equal(stateOf(kit), 'RUNNING')
    t.same(serversOf(kit), ['host-0', 'host-1'])
  }
})

t.test('a controller that closes begins nothing more, and the next one does', async (t) => {
  const { kit, controller } = await running({ oneform_hosts: 1 })
  kit.lost.set('SCALING', 2)
  const asked = controller.change.addHosts(id, 1)
  const closed = controller.close()
  await t.rejects(asked, { code: 'ONE_UNREACHABLE' })
  await closed
  await new Promise(setImmediate)
  await controller.idle(id)
  t.equal(stateOf(kit), 'SCALING')
  t.same(serversOf(kit), ['host-0'])
  const next = kit.controller()
  await next.resume()
  await next.idle(id)
  t.equal(stateOf(kit), 'RUNNING')
})

t.test('undeploy goes from a change that failed', async (t) => {
  const { kit, controller } = await running()
  kit.cloud.failures.set('releaseKey', new Fault('EDGE_CLOUD_LOCKED', 'conflict', 'Locked'))
  await ends(controller, controller.change.removeHosts(id, { amount: 1 }, 'refuse'))
  t.equal(stateOf(kit), 'SCALING_FAILURE')
  await ends(controller, controller.undeploy(id, { force: false }))
  t.equal(stateOf(kit), 'DONE')
  t.equal(kit.cloud.objects.size, 0)
  t.equal(kit.provision.scaling, undefined)
  t.ok(kit.provision.historic.some(({ action }) => action === 'Change given up'))
})

t.test(
  'undeploying after a failed change spares the machines of others unless forced',
  async (t) => {
    const { kit, controller } = await running()
    kit.cloud.hopeless.add('host-3')
    await ends(controller, controller.change.addHosts(id, 1))
    t.equal(stateOf(kit), 'SCALING_FAILURE')
    kit.one.vmList.push(vmOn(11, hostId(kit, 'host-0')))
    await t.rejects(controller.undeploy(id, { force: false }), { code: 'EDGE_PROVISION_UNMANAGED' })
    t.equal(stateOf(kit), 'SCALING_FAILURE')
    t.same(kit.provision.scaling?.hosts_up, ['host-3'], 'it can still be retried or given up')
    await ends(controller, controller.undeploy(id, { force: true }))
    t.equal(stateOf(kit), 'DONE')
    t.equal(kit.cloud.objects.size, 0)
  },
)

t.test(
  'a server that vanished while its host was coming is ordered again, under its key',
  async (t) => {
    const { kit, controller } = await running()
    kit.cloud.failures.set('clearUserData', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
    await ends(controller, controller.change.addHosts(id, 1))
    t.equal(stateOf(kit), 'SCALING_FAILURE')
    const former = hostId(kit, 'host-3')
    kit.cloud.vanish('host-3')
    await ends(controller, controller.retry(id))
    t.equal(stateOf(kit), 'RUNNING')
    t.notOk(kit.one.all.hosts.has(former), 'the host of the server that is gone went with it')
    t.equal(
      kit.one.all.hosts.get(hostId(kit, 'host-3'))?.name,
      kit.cloud.servers.get('host-3')?.address,
    )
    t.same(
      kit.provision.one_objects.hosts.map(({ name }) => name).sort(),
      [...kit.cloud.servers.values()].map(({ address }) => address).sort(),
    )
    t.ok(kit.forgotten.includes('id-host-3'))
  },
)

t.test('an address of a server that is gone may come back with a new one', async (t) => {
  const { kit, controller } = await running()
  const former = hostId(kit, 'host-0')
  kit.cloud.vanish('host-0')
  kit.cloud.addresses.set('host-3', '51.15.0.10')
  await ends(controller, controller.change.addHosts(id, 1))
  t.equal(stateOf(kit), 'RUNNING')
  t.notOk(kit.one.all.hosts.has(former))
  t.equal(kit.one.all.hosts.get(hostId(kit, 'host-3'))?.name, '51.15.0.10')
})

t.test(
  'nobody’s host is deleted for its address: what to do is told, and retry goes on',
  async (t) => {
    const cases: [string, (kit: Kit) => Promise<number>, RegExp][] = [
      [
        'of somebody else',
        (kit) => kit.one.hosts.create('51.15.0.13', 'kvm', 'kvm', 0),
        /It is not of this provision/,
      ],
      [
        'with virtual machines',
        async (kit) => {
          const former = hostId(kit, 'host-0')
          kit.cloud.vanish('host-0')
          kit.cloud.addresses.set('host-3', '51.15.0.10')
          kit.one.vmList.push(vmOn(11, former))
          return former
        },
        /virtual machines 11 are still on it/,
      ],
    ]
    for (const [what, prepare, why] of cases) {
      const { kit, controller } = await running()
      const other = await prepare(kit)
      await ends(controller, controller.change.addHosts(id, 1))
      t.equal(stateOf(kit), 'SCALING_FAILURE', what)
      t.ok(kit.one.all.hosts.has(other), what)
      const told = kit.provision.historic.findLast(
        ({ action }) => action === 'Failure',
      )?.description
      t.match(told, /^EDGE_HOST_NAME_TAKEN: OpenNebula has host \d+ named 51\.15\.0\.1[03]/, what)
      t.match(told, why, what)
      kit.one.vmList.length = 0
      await kit.one.hosts.delete(other)
      await ends(controller, controller.retry(id))
      t.equal(stateOf(kit), 'RUNNING', what)
    }
  },
)

const operations: readonly [string, (kit: Kit, one: Lifecycle) => Promise<void>][] = [
  ['add-host', (_, one) => one.change.addHosts(id, 2)],
  [
    'add-host at the address of a server that is gone',
    async (kit, one) => {
      kit.cloud.vanish('host-0')
      kit.cloud.addresses.set('host-3', '51.15.0.10')
      await one.change.addHosts(id, 1)
    },
  ],
  [
    'del-host',
    (kit, one) => one.change.removeHosts(id, { hostIds: [hostId(kit, 'host-0')] }, 'refuse'),
  ],
  ['replace-host', (kit, one) => one.change.replaceHost(id, hostId(kit, 'host-1'), 'migrate')],
  ['add-ip', (_, one) => one.change.addAddresses(id, 2)],
  ['del-ip', (_, one) => one.change.removeAddress(id, 0)],
]

for (const [name, operate] of operations) {
  t.test(`killed at any change of the world, ${name} still ends as asked`, async (t) => {
    const clean = (await running()).kit
    const counted = createReaper(0, 'before')
    await change(clean, counted, operate)
    t.equal(stateOf(clean), 'RUNNING')
    const wrong: string[] = []
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= counted.count; at++) {
        const { kit } = await running()
        const reaper = createReaper(at, when)
        await Promise.race([change(kit, reaper, operate), reaper.dead])
        const next = kit.controller()
        await next.resume()
        // Killed before it was accepted, it has to be asked for again.
        if (stateOf(kit) === 'RUNNING' && shape(kit) !== shape(clean)) await operate(kit, next)
        await next.idle(id)
        if (shape(kit) !== shape(clean)) wrong.push(`${when} ${at}: ${shape(kit)}`)
      }
    }
    t.same(wrong, [], shape(clean))
  })
}

async function change(
  kit: Kit,
  reaper: Reaper,
  operate: (typeof operations)[number][1],
): Promise<void> {
  const controller = kit.controller(reaper)
  await operate(kit, controller)
  await controller.idle(id)
}

/** What must be the same however often it was begun anew. */
function shape(kit: Kit): string {
  return JSON.stringify({
    state: stateOf(kit),
    servers: serversOf(kit),
    created: kit.cloud.created['server'],
    hosts: hostsOf(kit),
    states: [...kit.one.all.hosts.values()].map(({ state }) => state),
    fleet: kit.fleet.toSorted(),
    ranges: rangeKeys(kit),
    addresses: addresses(kit),
    replica: replicaHost(kit),
    values: kit.provision.user_inputs_values,
    keys: kit.provision.host_keys?.toSorted(),
    objects: kit.provision.one_objects.hosts.map((one) => one.name).sort(),
    scaling: kit.provision.scaling,
  })
}
