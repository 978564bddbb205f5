import t from 'tap'
import { stateName } from '../../../controller/documents/index.ts'
import type { Lifecycle } from '../../../controller/provision/index.ts'
import { createKit, provisionId as id, type Kit } from '../../unit/provision/kit.ts'
import { createReaper, type Reaper } from '../../unit/provision/reaper.ts'
import { createSite, publicKey, type Site, timing } from './site.ts'

const hosts = 2
/** Points of death spread over each change. */
const deaths = Number(process.env['DEATHS'] ?? 6)

function kitOf(site: Site): Kit {
  const values = { oneform_hosts: hosts, instance_public_ips: 0 }
  return createKit(
    values,
    (signal, reaper) => site.hardwareThrough(reaper?.gate, signal),
    timing,
    publicKey,
  )
}

const stateOf = (kit: Kit) => stateName(kit.provision.state)
const firstHost = (kit: Kit) => Math.min(...kit.one.all.hosts.keys())
const keysOf = async (site: Site) => (await site.hardware.findServers()).map(({ key }) => key)

type Operate = (kit: Kit, controller: Lifecycle) => Promise<void>

async function run(kit: Kit, operate: Operate, reaper?: Reaper): Promise<void> {
  const controller = kit.controller(reaper)
  const work = async () => {
    await operate(kit, controller)
    await controller.idle(id)
  }
  await Promise.race([work(), ...(reaper ? [reaper.dead] : [])])
}

/** Another controller goes on; what was never accepted is asked for again. */
async function goOn(kit: Kit, operate: Operate, done: () => boolean): Promise<void> {
  const next = kit.controller()
  await next.resume()
  await next.idle(id)
  if (!done()) await run(kit, operate)
}

const create: Operate = (_, one) => one.create(id)
const addHost: Operate = (_, one) => one.change.addHosts(id, 1)
const delHost: Operate = (kit, one) =>
  one.change.removeHosts(id, { hostIds: [firstHost(kit)] }, 'refuse')
const undeploy: Operate = (_, one) => one.undeploy(id, { force: false })

t.test(
  'hosts come and go against the simulated cloud, killed anywhere on the way',
  { timeout: 280_000 },
  async (t) => {
    const site = await createSite(t)
    const clean = kitOf(site)
    await run(clean, create)
    t.equal(stateOf(clean), 'RUNNING')
    const coming = createReaper(0, 'before')
    await run(clean, addHost, coming)
    t.equal(stateOf(clean), 'RUNNING', clean.provision.historic.at(-2)?.description ?? '')
    t.same(await keysOf(site), ['host-0', 'host-1', 'host-2'])
    const going = createReaper(0, 'before')
    await run(clean, delHost, going)
    t.equal(stateOf(clean), 'RUNNING', clean.provision.historic.at(-2)?.description ?? '')
    t.same(await keysOf(site), ['host-1', 'host-2'])
    await run(clean, undeploy)
    t.same(await site.violations(true), [])

    for (let point = 0; point < deaths; point++) {
      const when = point % 2 === 0 ? 'before' : 'after'
      const kit = kitOf(site)
      await run(kit, create)
      const up = Math.ceil(((point + 0.5) * coming.count) / deaths)
      await run(kit, addHost, createReaper(up, when))
      await goOn(kit, addHost, () => kit.provision.user_inputs_values['oneform_hosts'] === 3)
      t.equal(stateOf(kit), 'RUNNING', `killed ${when} ${up} of ${coming.count} while adding`)
      t.same(await keysOf(site), ['host-0', 'host-1', 'host-2'])

      const down = Math.ceil(((point + 0.5) * going.count) / deaths)
      await run(kit, delHost, createReaper(down, when))
      await goOn(kit, delHost, () => kit.provision.user_inputs_values['oneform_hosts'] === 2)
      t.equal(stateOf(kit), 'RUNNING', `killed ${when} ${down} of ${going.count} while removing`)
      t.same(await keysOf(site), ['host-1', 'host-2'])
      await run(kit, undeploy)
      t.same(await site.violations(true), [])
    }
  },
)

t.test('lost answers and broken ones leave nothing twice, and nothing behind', async (t) => {
  const site = await createSite(t)
  const kit = kitOf(site)
  await run(kit, create)
  const faults = [
    ['POST', 'v1/.*/servers$'],
    ['POST', 'servers/[^/]+/private-networks$'],
    ['PATCH', 'v1/.*/servers/'],
    ['DELETE', 'private-networks/'],
    ['DELETE', 'v1/.*/servers/'],
  ].flatMap(([method, pathRegex]) =>
    ['lostResponse', 'reset', 'rateLimit', { status: { code: 500 } }].map((action) => ({
      match: { method, pathRegex },
      action,
      times: 1,
    })),
  )
  for (const fault of faults) {
    await site.fault(fault)
    await run(kit, fault.match.method === 'DELETE' ? delHost : addHost)
    t.equal(stateOf(kit), 'RUNNING', JSON.stringify(fault))
    await run(kit, fault.match.method === 'DELETE' ? addHost : delHost)
    t.equal((await keysOf(site)).length, hosts)
    t.equal(kit.one.all.hosts.size, hosts)
  }
  t.same(await site.violations(), [])
  await run(kit, undeploy)
  t.same(await site.violations(true), [])
})

t.test('out of stock at the second of two: the first joins, the other is given up', async (t) => {
  const site = await createSite(t)
  const kit = kitOf(site)
  await run(kit, create)
  await site.fault({ action: 'outOfStockLate', times: 1 })
  await run(kit, (_, one) => one.change.addHosts(id, 2))
  t.equal(stateOf(kit), 'SCALING_FAILURE')
  t.match(kit.provision.historic.at(-2)?.description, /left for provision_7_host_[23]/)
  t.equal(kit.provision.user_inputs_values['oneform_hosts'], 3)
  await run(kit, (_, one) => one.retry(id, { giveUp: true }))
  t.equal(stateOf(kit), 'RUNNING')
  t.equal((await keysOf(site)).length, 3)
  t.equal(kit.one.all.hosts.size, 3)
  await run(kit, undeploy)
  t.same(await site.violations(true), [])
})

t.test('without stock or quota nothing is ordered and the provision runs on', async (t) => {
  const site = await createSite(t, { quotas: { EM_A116X_SSD: 2 } })
  const kit = kitOf(site)
  await run(kit, create)
  await t.rejects(run(kit, addHost), {
    code: 'EDGE_QUOTA_TOO_SMALL',
    message: /^Quota EM_A116X_SSD is 2, 2 in use, 1 more/,
  })
  t.equal(stateOf(kit), 'RUNNING')
  t.equal((await keysOf(site)).length, hosts)
  await run(kit, undeploy)
})

t.test('in the place of a server that vanished another one may come', async (t) => {
  const site = await createSite(t, { quotas: { EM_A116X_SSD: 2 } })
  const kit = kitOf(site)
  await run(kit, create)
  await site.hardware.releaseKey('host-1', () => {})
  kit.one.all.hosts.delete(Math.max(...kit.one.all.hosts.keys()))
  await run(kit, addHost)
  t.equal(stateOf(kit), 'RUNNING')
  t.same(await keysOf(site), ['host-0', 'host-2'])
  await t.rejects(run(kit, addHost), { message: /is 2, 2 in use, 1 more/ })
  await run(kit, undeploy)
  t.same(await site.violations(true), [])
})

t.test('a server that vanished before OpenNebula knew it is ordered again by retry', async (t) => {
  const site = await createSite(t)
  const kit = kitOf(site)
  const inTheWay = await kit.one.clusters.create('edge-a (provision_5)')
  await kit.one.clusters.update(inTheWay, { ONEFORM: { PROVISION_ID: 5, DRIVER: 'aws' } })
  await run(kit, create)
  t.equal(stateOf(kit), 'CONFIGURING_ONE_FAILURE')
  await site.hardware.releaseKey('host-1', () => {})
  kit.one.all.clusters.delete(inTheWay)
  await run(kit, (_, one) => one.retry(id))
  t.equal(stateOf(kit), 'RUNNING')
  t.same(await keysOf(site), ['host-0', 'host-1'])
  const addresses = (await site.hardware.findServers()).map(({ address }) => address)
  t.same([...kit.one.all.hosts.values()].map(({ name }) => name).sort(), addresses.sort())
  await run(kit, undeploy)
  t.same(await site.violations(true), [])
})
