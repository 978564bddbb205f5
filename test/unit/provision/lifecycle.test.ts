import t from 'tap'
import { stateName, states } from '../../../controller/documents/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { createKit, type Kit, provisionId } from './kit.ts'
import { createReaper } from './reaper.ts'
import { vmOn } from './vm-on.ts'

const stateOf = ({ provision }: Kit) => stateName(provision.state)

async function running(values: Record<string, unknown> = {}) {
  const kit = createKit(values)
  const controller = kit.controller()
  await controller.create(provisionId)
  await controller.idle(provisionId)
  return { kit, controller }
}

/** Exactly what was asked for, once each. */
function complete({ cloud, one, provision }: Kit): object {
  return {
    state: stateName(provision.state),
    created: cloud.created,
    now: cloud.objects.size,
    attached: [...cloud.servers.values()].filter(({ attached }) => attached).length,
    clusters: one.all.clusters.size,
    datastores: one.all.datastores.size,
    networks: one.all.networks.size,
    templates: one.all.templates.size,
    hosts: [...one.all.hosts.values()].map(({ name, state, template }) => [
      name,
      state,
      template['ONEFORM'],
    ]),
    ranges: [...one.all.networks.values()].map(({ ranges }) => ranges.length),
    objects: provision.one_objects,
  }
}

function empty({ cloud, one }: Kit): number {
  const pools = Object.values(one.all).reduce((sum, pool) => sum + pool.size, 0)
  return cloud.objects.size + cloud.servers.size + pools
}

t.test(
  'a provision passes through OneForm’s states and ends with what was asked for',
  async (t) => {
    const { kit } = await running()
    t.equal(stateOf(kit), 'RUNNING')
    t.same(
      kit.events.flatMap((event) => (event.kind === 'state' ? [event.state] : [])),
      ['INIT', 'PLANNING', 'APPLYING', 'CONFIGURING_ONE', 'CONFIGURING_PROVISION', 'RUNNING'],
    )
    t.same(kit.cloud.created, {
      'ssh-key': 1,
      vpc: 1,
      'private-network': 1,
      'gateway-ip': 1,
      gateway: 1,
      server: 2,
      'flexible-ip': 2,
    })
    t.same(kit.installed.sort(), ['host-0', 'host-1'])
    t.same(kit.provider.provision_ids, [provisionId])
  },
)

t.test('hypervisor, gateway and bastion are those the provision asks for', async (t) => {
  const { kit } = await running({ hypervisor: 'lxc', gateway_type: 'VPC-GW-L' })
  t.match([...kit.one.all.hosts.values()][0], { imMad: 'lxc', vmMad: 'lxc' })
  t.same(kit.cloud.gateway, ['VPC-GW-L', 'bastion for all'])
  const plain = await running({ gateway_bastion: false })
  t.match([...plain.kit.one.all.hosts.values()][0], { imMad: 'kvm', vmMad: 'kvm' })
  t.same(plain.kit.cloud.gateway, ['VPC-GW-S'])
})

t.test('objects in OpenNebula are named, marked and owned as the user expects', async (t) => {
  const { kit } = await running({ oneform_tags: { owner: 'ops' } })
  const { clusters, datastores, networks, templates, hosts } = kit.one.all
  t.match([...clusters.values()], [{ name: 'edge-a (provision_5)' }])
  t.match(
    [...datastores.values()].map(({ name, template }) => [name, template['REPLICA_HOST']]),
    [
      ['scaleway_system_ds (provision_5)', '51.15.0.10'],
      ['scaleway_image_ds (provision_5)', undefined],
    ],
  )
  const [privates, publics] = [...networks.values()]
  t.match(privates, {
    name: 'private_scaleway_network (provision_5)',
    owner: { uid: 7, gid: 1 },
    template: {
      VN_MAD: 'vxlan',
      VXLAN_MODE: 'evpn',
      VXLAN_TEP: 'local_ip',
      PHYDEV: 'scwpn',
      AUTOMATIC_VLAN_ID: 'YES',
      IP_LINK_CONF: 'nolearning=,dstport=4789',
      CONF: 'keep_empty_bridge=true',
      GUEST_MTU: '1450',
      GATEWAY: '10.184.0.1',
    },
    ranges: [{ ip: '10.184.0.10', size: 200 }],
  })
  t.match(publics, {
    name: 'public_scaleway_network (provision_5)',
    vnMad: 'elastic',
    ranges: [
      { attributes: { EDGE_KEY: 'uuid-1/ip-0', PROVISION_ID: '5', IPAM_MAD: 'scaleway' } },
      {},
    ],
  })
  t.notOk(publics?.template['PHYDEV'], 'it would enslave the host’s NIC')
  t.equal(templates.size, 1)
  t.match(
    [...hosts.values()],
    [
      {
        name: '51.15.0.10',
        template: {
          ONEFORM: {
            PROVISION_ID: '5',
            PROVIDER_ID: '3',
            DRIVER: 'scaleway',
            OWNER: 'ops',
            RESOURCE_ID: 'fr-par-2/id-host-0',
          },
          EDGE_HOST: { SERVER: 'id-host-0', VLAN: '1500', UNDERLAY: '10.180.0.10/22' },
        },
      },
      { name: '51.15.0.11' },
    ],
  )
  t.match(kit.provision.one_objects, {
    cluster: { name: 'edge-a (provision_5)' },
    hosts: [{ resource_id: 'fr-par-2/id-host-0', childs: {} }, {}],
    networks: [
      { template: { vn_mad: 'vxlan' } },
      {
        template: {
          vn_mad: 'elastic',
          ar: [{ ipam: 'scaleway', ar_id: 0, ip: '195.154.0.1' }, {}],
        },
      },
    ],
    datastores: [{ template: { type: 'SYSTEM_DS' } }, { template: { type: 'IMAGE_DS' } }],
  })
})

t.test(
  'killed at any change of the world, a provision still ends as asked, nothing twice',
  async (t) => {
    const want = complete((await running()).kit)
    const counted = createReaper(0, 'before')
    const clean = createKit()
    const first = clean.controller(counted)
    await first.create(provisionId)
    await first.idle(provisionId)
    t.ok(counted.count > 50, `${counted.count} changes`)
    const wrong: string[] = []
    for (const when of ['before', 'after'] as const) {
      for (let killAt = 1; killAt <= counted.count; killAt++) {
        const kit = createKit()
        const reaper = createReaper(killAt, when)
        await kit.controller(reaper).create(provisionId)
        await reaper.dead
        const next = kit.controller()
        await next.resume()
        await next.idle(provisionId)
        if (!same(shape(complete(kit)), shape(want))) wrong.push(`${when} ${killAt}`)
      }
    }
    t.same(wrong, [])
  },
)

t.test('killed at any change of an undeploy, nothing is left in the end', async (t) => {
  const counted = createReaper(0, 'before')
  const clean = (await running()).kit
  await undeploy(clean, counted)
  t.equal(stateOf(clean), 'DONE')
  t.equal(empty(clean), 0)
  const wrong: string[] = []
  for (const when of ['before', 'after'] as const) {
    for (let killAt = 1; killAt <= counted.count; killAt++) {
      const { kit } = await running()
      const reaper = createReaper(killAt, when)
      await Promise.race([undeploy(kit, reaper), reaper.dead])
      const next = kit.controller()
      await next.resume()
      // Killed before it was accepted, it has to be asked for again.
      if (stateOf(kit) === 'RUNNING') await next.undeploy(provisionId, { force: false })
      await next.idle(provisionId)
      if (stateOf(kit) !== 'DONE' || empty(kit) !== 0) wrong.push(`${when} ${killAt}`)
    }
  }
  t.same(wrong, [])
  t.same(clean.provider.provision_ids, [])
  t.same(clean.provision.one_objects.hosts, [])
})

async function undeploy(kit: Kit, reaper?: Parameters<Kit['controller']>[0]): Promise<void> {
  const controller = kit.controller(reaper)
  await controller.undeploy(provisionId, { force: false })
  await controller.idle(provisionId)
}

t.test(
  'a failure is a state with its reason in the history, and retry goes on from there',
  async (t) => {
    const kit = createKit()
    const controller = kit.controller()
    const broken = new Fault('EDGE_INSTALL_FAILED', 'broken', 'The installation of host-1 failed')
    kit.cloud.failures.set('waitInstalled', broken)
    await controller.create(provisionId)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'APPLYING_FAILURE')
    t.match(kit.provision.historic.at(-1), {
      action: 'State changed',
      description: 'State changed from APPLYING to APPLYING_FAILURE',
    })
    t.match(kit.provision.historic.at(-2)?.description, /installation of host-1 failed/)
    t.equal(kit.cloud.created['server'], 2, 'the other host went on')
    await controller.retry(provisionId)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'RUNNING')
    t.equal(kit.cloud.created['server'], 2)
    await t.rejects(controller.retry(provisionId), {
      code: 'EDGE_PROVISION_STATE',
      message: 'Cannot recover to state RUNNING from RUNNING',
    })
  },
)

t.test('what is made of a provision belongs to whoever owns it by then', async (t) => {
  const kit = createKit()
  const controller = kit.controller()
  kit.cloud.failures.set('waitInstalled', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
  await controller.create(provisionId)
  await controller.idle(provisionId)
  Object.assign(kit.owner, { uid: 9, gid: 2 })
  await controller.retry(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'RUNNING')
  for (const pool of [kit.one.all.networks, kit.one.all.datastores, kit.one.all.templates])
    for (const { owner } of pool.values()) t.match(owner, { uid: 9, gid: 2 })
})

t.test('a server that vanished after it was made is ordered again by retry', async (t) => {
  for (const method of ['findGatewayAddress', 'clearUserData']) {
    const kit = createKit()
    const controller = kit.controller()
    kit.cloud.failures.set(method, new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
    await controller.create(provisionId)
    await controller.idle(provisionId)
    const failed = stateOf(kit)
    t.match(failed, /^CONFIGURING_\w+_FAILURE$/)
    kit.cloud.vanish('host-1')
    kit.events.length = 0
    await controller.retry(provisionId)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'RUNNING', failed)
    t.same(
      kit.events.flatMap((event) => (event.kind === 'state' ? [event.state] : [])),
      ['APPLYING', 'CONFIGURING_ONE', 'CONFIGURING_PROVISION', 'RUNNING'],
    )
    t.equal(kit.cloud.created['server'], 3)
    t.ok(
      kit.events.some((event) => 'text' in event && /^host-1 vanished .* again$/.test(event.text)),
    )
    t.same([...kit.one.all.hosts.values()].map(({ name }) => name).sort(), [
      '51.15.0.10',
      '51.15.1.11',
    ])
    t.equal(kit.provision.one_objects.hosts.length, 2)
  }
})

t.test('a server that only lost its tags is not ordered a second time', async (t) => {
  for (const known of ['by OpenNebula’s host', 'by the document alone']) {
    const kit = createKit()
    const controller = kit.controller()
    kit.cloud.failures.set('clearUserData', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
    await controller.create(provisionId)
    await controller.idle(provisionId)
    if (known === 'by the document alone')
      for (const { id, name } of kit.one.all.hosts.values())
        if (name === '51.15.0.11') kit.one.all.hosts.delete(id)
    kit.cloud.untagged.add('host-1')
    await controller.retry(provisionId)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'APPLYING_FAILURE', known)
    t.match(
      kit.provision.historic.at(-2)?.description,
      /EDGE_SERVER_UNTAGGED: .*host-1 .*id-host-1/,
    )
    t.equal(kit.cloud.created['server'], 2)
    kit.cloud.untagged.clear()
    await controller.retry(provisionId)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'RUNNING')
    t.equal(kit.cloud.created['server'], 2)
  }
})

t.test('the host of a former server stays, agent and all, while somebody is on it', async (t) => {
  const kit = createKit()
  const controller = kit.controller()
  kit.cloud.failures.set('clearUserData', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
  await controller.create(provisionId)
  await controller.idle(provisionId)
  const host = [...kit.one.all.hosts.values()].find(({ name }) => name === '51.15.0.11')
  kit.one.vmList.push(vmOn(11, host?.id ?? -1))
  kit.cloud.vanish('host-1')
  await controller.retry(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'CONFIGURING_ONE_FAILURE')
  t.match(
    kit.provision.historic.at(-2)?.description,
    /EDGE_FORMER_HOST_USED: .*host-1 had before.*virtual machines 11/,
  )
  t.same(kit.forgotten, [])
  t.ok(kit.one.all.hosts.has(host?.id ?? -1))
  kit.one.vmList.length = 0
  await controller.retry(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'RUNNING')
  t.same(kit.forgotten, ['id-host-1'])
})

t.test(
  'killed at any change of such a retry, one server is ordered again and has one host',
  async (t) => {
    const lost = async () => {
      const kit = createKit()
      kit.cloud.failures.set('clearUserData', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
      const controller = kit.controller()
      await controller.create(provisionId)
      await controller.idle(provisionId)
      kit.cloud.vanish('host-1')
      return kit
    }
    const retry = async (kit: Kit, reaper: ReturnType<typeof createReaper>) => {
      const controller = kit.controller(reaper)
      await controller.retry(provisionId)
      await controller.idle(provisionId)
    }
    const clean = await lost()
    const counted = createReaper(0, 'before')
    await retry(clean, counted)
    const want = shape(complete(clean))
    t.match(complete(clean), { state: 'RUNNING', created: { server: 3 } })
    const wrong: string[] = []
    for (const when of ['before', 'after'] as const) {
      for (let killAt = 1; killAt <= counted.count; killAt++) {
        const kit = await lost()
        const reaper = createReaper(killAt, when)
        await Promise.race([retry(kit, reaper), reaper.dead])
        const next = kit.controller()
        await next.resume()
        // Killed before it was accepted, it has to be asked for again.
        if (stateOf(kit).endsWith('_FAILURE')) await next.retry(provisionId)
        await next.idle(provisionId)
        if (!same(shape(complete(kit)), want)) wrong.push(`${when} ${killAt}`)
      }
    }
    t.same(wrong, [])
  },
)

t.test('a failure with all servers there goes on where it was, and orders nothing', async (t) => {
  const kit = createKit()
  const controller = kit.controller()
  kit.cloud.failures.set('clearUserData', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
  await controller.create(provisionId)
  await controller.idle(provisionId)
  kit.events.length = 0
  await controller.retry(provisionId)
  await controller.idle(provisionId)
  t.same(
    kit.events.flatMap((event) => (event.kind === 'state' ? [event.state] : [])),
    ['CONFIGURING_PROVISION', 'RUNNING'],
  )
  t.equal(kit.cloud.created['server'], 2)
})

t.test('every state has its failure, and what is left of it can be undeployed', async (t) => {
  const points: [string, string][] = [
    ['checkAccess', 'INIT_FAILURE'],
    ['plan', 'PLANNING_FAILURE'],
    ['ensureGateway', 'APPLYING_FAILURE'],
    ['findGatewayAddress', 'CONFIGURING_ONE_FAILURE'],
    ['clearUserData', 'CONFIGURING_PROVISION_FAILURE'],
  ]
  for (const [method, state] of points) {
    const kit = createKit()
    kit.cloud.failures.set(method, new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
    const controller = kit.controller()
    await controller.create(provisionId)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), state)
    await controller.undeploy(provisionId, { force: false })
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'DONE')
    t.equal(empty(kit), 0)
  }
})

t.test('what fails in passing is done again without troubling anybody', async (t) => {
  const kit = createKit()
  kit.cloud.failures.set('ensureVpc', new Fault('EDGE_CLOUD_UNAVAILABLE', 'transient', 'Later'))
  const controller = kit.controller()
  await controller.create(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'RUNNING')
})

t.test('an OpenNebula that is away for long leaves no provision that nobody drives', async (t) => {
  const kit = createKit()
  const controller = kit.controller()
  const { isLeader } = kit.one
  let asked = 0
  kit.one.isLeader = async () => {
    if (++asked < 20) throw new Fault('ONE_UNREACHABLE', 'transient', 'oned is away')
    return await isLeader()
  }
  await controller.create(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'RUNNING')
  const said = kit.events.filter((event) => event.kind === 'log' && /oned is away/.test(event.text))
  t.equal(said.length, 1, 'said once')
})

t.test('a state that was written is gone on from, although oned’s answer was lost', async (t) => {
  for (const answers of [1, 2]) {
    const kit = createKit()
    const made = ['INIT', 'PLANNING', 'APPLYING', 'CONFIGURING_ONE', 'CONFIGURING_PROVISION']
    for (const state of [...made, 'RUNNING', 'DEPROVISIONING_ONE', 'DEPROVISIONING', 'DONE'])
      kit.lost.set(state, answers)
    const controller = kit.controller()
    await controller.create(provisionId)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'RUNNING')
    const written = kit.provision.historic.filter(({ action }) => action === 'State changed')
    t.equal(written.length, made.length + 1, 'each is written once')
    // With the look after it lost too, whoever asked is told of that, and it is done all the same.
    const asked = controller.undeploy(provisionId, { force: false })
    await (answers === 1 ? asked : t.rejects(asked, { code: 'ONE_UNREACHABLE' }))
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'DONE')
  }
})

t.test('a retry whose answer was lost is done', async (t) => {
  for (const answers of [1, 2]) {
    const kit = createKit()
    kit.cloud.failures.set('ensureVpc', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
    const controller = kit.controller()
    await controller.create(provisionId)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'APPLYING_FAILURE')
    kit.lost.set('APPLYING', answers)
    const asked = controller.retry(provisionId)
    await (answers === 1 ? asked : t.rejects(asked, { code: 'ONE_UNREACHABLE' }))
    await new Promise(setImmediate)
    await controller.idle(provisionId)
    t.equal(stateOf(kit), 'RUNNING')
  }
})

t.test('a provision that cannot be attended to at the start is, later', async (t) => {
  const { kit } = await running()
  const { list } = kit.one.clusters
  let asked = 0
  kit.one.clusters.list = async () => {
    if (++asked < 3) throw new Fault('ONE_UNREACHABLE', 'transient', 'oned is away')
    return await list()
  }
  const before = kit.facts.length
  const next = kit.controller()
  await next.resume()
  for (let left = 200; left > 0 && kit.facts.length === before; left--)
    await new Promise((done) => setTimeout(done, 5))
  t.equal(kit.facts.length, before + 1)
  await next.close()
})

t.test('a lost provider is said to be what is missing', async (t) => {
  const kit = createKit()
  kit.provision.provider_id = 4
  const controller = kit.controller()
  await controller.create(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'INIT_FAILURE')
  t.match(
    kit.provision.historic.at(-2)?.description,
    /^EDGE_PROVIDER_LOST: Provider 4 of provision 5 is gone .*backup/,
  )
})

t.test('a listener that fails, on a full disk perhaps, stops no work', async (t) => {
  const kit = createKit()
  const controller = kit.controller()
  controller.subscribe(() => {
    throw new Error('ENOSPC')
  })
  await controller.create(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'RUNNING')
})

t.test('a failed undeploy says what is left, and retry finishes it', async (t) => {
  const { kit, controller } = await running()
  kit.cloud.failures.set('releaseGateways', new Fault('EDGE_CLOUD_LOCKED', 'conflict', 'Locked'))
  await controller.undeploy(provisionId, { force: false })
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DEPROVISIONING_FAILURE')
  await controller.retry(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DONE')
  t.equal(empty(kit), 0)
})

t.test('undeploy refuses while others’ machines or images are there, unless forced', async (t) => {
  const { kit, controller } = await running()
  const [host] = kit.one.all.hosts.values()
  kit.one.vmList.push(vmOn(11, host?.id ?? -1))
  t.same(await controller.unmanaged(provisionId), { hosts: { [`${host?.id}`]: { vm: ['11'] } } })
  await t.rejects(controller.undeploy(provisionId, { force: false }), {
    code: 'EDGE_PROVISION_UNMANAGED',
    message: 'Unmanaged resources found, use `force` option to delete them',
  })
  t.equal(stateOf(kit), 'RUNNING')
  await controller.undeploy(provisionId, { force: true })
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DONE')
  t.equal(kit.one.vmList.length, 0)
  t.equal(empty(kit), 0)
})

t.test('a removal that failed is retried as before, or by force', async (t) => {
  const { kit, controller } = await running()
  const [host] = kit.one.all.hosts.values()
  kit.one.vmList.push(vmOn(11, host?.id ?? -1))
  kit.provision.state = states.DEPROVISIONING_ONE_FAILURE
  await controller.retry(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DEPROVISIONING_ONE_FAILURE')
  t.equal(kit.one.vmList.length, 1)
  await controller.retry(provisionId, { force: true })
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DONE')
  t.equal(kit.one.vmList.length, 0)
})

t.test('a forced undeploy is still forced for the controller that goes on with it', async (t) => {
  const { kit } = await running()
  const [host] = kit.one.all.hosts.values()
  kit.one.vmList.push(vmOn(11, host?.id ?? -1))
  const reaper = createReaper(1, 'after')
  void kit.controller(reaper).undeploy(provisionId, { force: true })
  await reaper.dead
  t.equal(stateOf(kit), 'DEPROVISIONING_ONE')
  const next = kit.controller()
  await next.resume()
  await next.idle(provisionId)
  t.equal(stateOf(kit), 'DONE')
  t.equal(empty(kit), 0)
})

t.test('images may exist nowhere else, so not even force deletes them', async (t) => {
  const { kit, controller } = await running()
  const images = [...kit.one.all.datastores.values()].find(({ type }) => type === 'image')
  if (images) images.imageIds = [3]
  await controller.undeploy(provisionId, { force: true })
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DEPROVISIONING_ONE_FAILURE')
  t.match(kit.provision.historic.at(-2)?.description, /datastore \d+ has image 3/)
})

t.test('work under way is interrupted by a forced undeploy only', async (t) => {
  const kit = createKit()
  kit.cloud.holds.add('waitInstalled')
  const controller = kit.controller()
  await controller.create(provisionId)
  while (kit.cloud.servers.size < 2) await new Promise((done) => setTimeout(done, 5))
  await t.rejects(controller.undeploy(provisionId, { force: false }), {
    code: 'EDGE_PROVISION_BUSY',
  })
  await controller.undeploy(provisionId, { force: true })
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DONE')
  t.equal(empty(kit), 0)
})

t.test('closing stops the work where it is, without a failure, and resume goes on', async (t) => {
  const kit = createKit()
  kit.cloud.holds.add('waitInstalled')
  const controller = kit.controller()
  await controller.create(provisionId)
  while (kit.cloud.servers.size < 2) await new Promise((done) => setTimeout(done, 5))
  await controller.close()
  t.equal(stateOf(kit), 'APPLYING')
  kit.cloud.holds.clear()
  const next = kit.controller()
  await next.resume()
  await next.idle(provisionId)
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(kit.cloud.created['server'], 2)
})

t.test('a document with impossible inputs fails at INIT and can still be undeployed', async (t) => {
  const kit = createKit({ oneform_hosts: 99 })
  const controller = kit.controller()
  await controller.create(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'INIT_FAILURE')
  t.match(
    kit.provision.historic.at(-2)?.description,
    /^EDGE_INPUTS_INVALID: oneform_hosts must be a whole number/,
  )
  await controller.undeploy(provisionId, { force: false })
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'DONE')
})

t.test('a controller that is no Raft leader changes nothing', async (t) => {
  const kit = createKit()
  kit.one.leader = false
  const controller = kit.controller()
  await controller.create(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'PENDING')
  t.equal(empty(kit), 0)
})

t.test('an object of the same name that is not ours is not adopted', async (t) => {
  const kit = createKit()
  const id = await kit.one.clusters.create('edge-a (provision_5)')
  await kit.one.clusters.update(id, { ONEFORM: { PROVISION_ID: 5, DRIVER: 'aws' } })
  const controller = kit.controller()
  await controller.create(provisionId)
  await controller.idle(provisionId)
  t.equal(stateOf(kit), 'CONFIGURING_ONE_FAILURE')
  t.equal(kit.one.all.clusters.get(id)?.template['EDGE_KEY'], undefined)
})

/** Ids depend on how often something was tried; what they name does not. */
function shape(value: object): string {
  return JSON.stringify(value, (name, member) =>
    name === 'id' || name === 'objects' ? undefined : member,
  )
}

function same(a: string, b: string): boolean {
  return normal(a) === normal(b)
}

function normal(text: string): string {
  const value = JSON.parse(text) as Record<string, unknown>
  const sorted = Object.entries(value).map(([name, member]) => [
    name,
    Array.isArray(member) ? member.map((one) => JSON.stringify(one)).sort() : sortedObject(member),
  ])
  return JSON.stringify(sorted)
}

function sortedObject(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).sort() : value
}
