import t from 'tap'
import { stateName } from '../../../controller/documents/index.ts'
import { dispensable, type Failed } from '../../../controller/provision/outcome.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { createKit, provisionId as id, type Kit } from './kit.ts'
import { createReaper } from './reaper.ts'

const stateOf = ({ provision }: Kit) => stateName(provision.state)
const empty = new Fault('EDGE_OFFER_EMPTY', 'exhausted', 'No EM-A116X-SSD is left')

async function create(kit: Kit): Promise<void> {
  const controller = kit.controller()
  await controller.create(id)
  await controller.idle(id)
}

t.test('with enough hosts a provision runs without the others, and says which', async (t) => {
  const kit = createKit({ oneform_hosts: 3 })
  kit.provision.min_hosts = 2
  kit.cloud.failures.set('waitDelivered', empty)
  await create(kit)
  t.equal(stateOf(kit), 'RUNNING')
  t.same([...kit.cloud.servers.keys()], ['host-1', 'host-2'])
  t.same(kit.fleet.toSorted(), ['host-1', 'host-2'])
  t.equal(kit.provision.user_inputs_values['oneform_hosts'], 2)
  t.equal(kit.provision.hosts_given_up, undefined)
  const told = kit.provision.historic.find(({ action }) => action === 'Host given up')
  t.match(told?.description, /^host-0 is given up: No EM-A116X-SSD is left/)
  t.ok(kit.events.some((event) => event.kind === 'log' && event.text === told?.description))
  const controller = kit.controller()
  await controller.change.addHosts(id, 1)
  await controller.idle(id)
  t.same([...kit.cloud.servers.keys()], ['host-1', 'host-2', 'host-3'])
})

t.test('a host whose agent never came is taken out of OpenNebula again', async (t) => {
  const kit = createKit({ oneform_hosts: 2 })
  kit.provision.min_hosts = 1
  kit.cloud.failures.set('clearUserData', new Fault('EDGE_CLOUD_DENIED', 'denied', 'No'))
  await create(kit)
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(kit.one.all.hosts.size, 1)
  t.equal(kit.cloud.servers.size, 1)
  const [left] = kit.one.all.hosts.values()
  const system = [...kit.one.all.datastores.values()].find(({ type }) => type === 'system')
  t.equal(system?.template['REPLICA_HOST'], left?.name)
  t.equal(kit.provision.one_objects.hosts.length, 1)
})

t.test('a host is given up once, although the answer of oned was lost', async (t) => {
  const kit = createKit({ oneform_hosts: 2 })
  kit.provision.min_hosts = 1
  kit.cloud.failures.set('waitDelivered', empty)
  kit.lost.set('Host given up', 1)
  await create(kit)
  t.equal(stateOf(kit), 'RUNNING')
  t.same([...kit.cloud.servers.keys()], ['host-1'])
  const told = kit.provision.historic.filter(({ action }) => action === 'Host given up')
  t.equal(told.length, 1)
})

t.test('which hosts can be done without', (t) => {
  const failed = (...hosts: (string | undefined)[]): Failed[] =>
    hosts.map((host) => ({ host, error: empty }))
  const of = (minHosts: number | undefined, failures: readonly Failed[], state = 'APPLYING') => {
    const body = minHosts === undefined ? {} : { min_hosts: minHosts }
    return dispensable(
      state as 'APPLYING',
      { body, inputs: { hosts: 3 } } as unknown as Parameters<typeof dispensable>[1],
      failures,
    )
  }
  t.same(of(2, failed('host-1')), ['host-1'])
  t.same(of(1, failed('host-1', 'host-0', 'host-1')), ['host-0', 'host-1'])
  t.same(of(3, failed('host-1')), [], 'too few would be left')
  t.same(of(undefined, failed('host-1')), [], 'nobody asked')
  t.same(of(1, failed('host-1', undefined)), [], 'something failed that all need')
  t.same(of(1, failed('host-1'), 'DEPROVISIONING'), [])
  t.end()
})

t.test('all or nothing: what cannot be whole is given back, and the reason stays', async (t) => {
  const kit = createKit({ oneform_hosts: 3 })
  kit.provision.atomic = true
  kit.cloud.failures.set('waitDelivered', empty)
  await create(kit)
  t.equal(stateOf(kit), 'DONE')
  t.equal(kit.cloud.objects.size + kit.cloud.servers.size, 0)
  t.ok(
    kit.provision.historic.some(
      ({ action, description }) => action === 'Failure' && /is left/.test(description),
    ),
  )
})

t.test(
  'killed at any change, a provision without a host that cannot come still ends',
  async (t) => {
    const build = () => {
      const kit = createKit({ oneform_hosts: 2, instance_public_ips: 0 })
      kit.provision.min_hosts = 1
      kit.cloud.hopeless.add('host-1')
      return kit
    }
    const counted = createReaper(0, 'before')
    const clean = build()
    const first = clean.controller(counted)
    await first.create(id)
    await first.idle(id)
    const wrong: string[] = []
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= counted.count; at++) {
        const kit = build()
        const reaper = createReaper(at, when)
        void kit.controller(reaper).create(id)
        await reaper.dead
        const next = kit.controller()
        await next.resume()
        await next.idle(id)
        const { servers, objects } = kit.cloud
        const ended =
          stateOf(kit) === 'RUNNING' && servers.size === 1 && kit.one.all.hosts.size === 1
        if (!ended || objects.size !== clean.cloud.objects.size) wrong.push(`${when} ${at}`)
      }
    }
    t.same(wrong, [])
  },
)
