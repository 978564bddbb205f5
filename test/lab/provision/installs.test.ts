import t from 'tap'
import { stateName } from '../../../controller/documents/index.ts'
import { createKit, provisionId as id } from '../../unit/provision/kit.ts'
import { createSite, publicKey, timing } from './site.ts'

const stateOf = (kit: ReturnType<typeof createKit>) => stateName(kit.provision.state)

/** A provision of one host in a cloud in which so many installations fail. */
async function withFailures(
  t: Parameters<typeof createSite>[0],
  times: number,
  billing = 'hourly',
) {
  const site = await createSite(t)
  const values = { oneform_hosts: 1, instance_public_ips: 0, billing }
  const source = (signal: AbortSignal) => site.hardwareThrough(undefined, signal)
  const kit = createKit(values, source, timing, publicKey)
  await site.fault({ action: 'installError', times })
  const controller = kit.controller()
  await controller.create(id)
  await controller.idle(id)
  return { site, kit, controller }
}

t.test('an installation that fails once is repeated on the same server', async (t) => {
  const { site, kit } = await withFailures(t, 1)
  t.equal(stateOf(kit), 'RUNNING', kit.provision.historic.at(-2)?.description ?? '')
  const [server] = site.sim.state.servers.values()
  t.ok(server?.tags.includes('edgectl-installs=2'), 'the server itself tells how often')
  t.notOk(server?.tags.includes('edgectl-replacement=yes'))
  t.ok(told(kit, /host-0 failed and is repeated/))
  t.same(await site.violations(), [])
})

t.test('one that fails twice has another server take its place', async (t) => {
  const { site, kit } = await withFailures(t, 2)
  t.equal(stateOf(kit), 'RUNNING', kit.provision.historic.at(-2)?.description ?? '')
  t.equal(site.sim.state.servers.size, 1)
  const [server] = site.sim.state.servers.values()
  t.ok(server?.tags.includes('edgectl-replacement=yes'))
  t.ok(told(kit, /host-0 failed and is begun anew on another server/))
  t.same(await site.violations(), [])
})

t.test('when that one fails as well it is told, and retry orders another', async (t) => {
  const { site, kit, controller } = await withFailures(t, 4)
  t.equal(stateOf(kit), 'APPLYING_FAILURE')
  t.match(kit.provision.historic.at(-2)?.description, /installation of host-0 failed/)
  t.equal(site.sim.state.servers.size, 1)
  const [failed] = site.sim.state.servers.keys()
  await controller.retry(id)
  await controller.idle(id)
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(site.sim.state.servers.size, 1)
  t.not([...site.sim.state.servers.keys()][0], failed)
  await controller.undeploy(id, { force: false })
  await controller.idle(id)
  t.same(await site.violations(true), [])
})

t.test('a server paid by the month is not replaced before somebody says so', async (t) => {
  const { site, kit, controller } = await withFailures(t, 2, 'monthly')
  t.equal(stateOf(kit), 'APPLYING_FAILURE')
  const [paid] = site.sim.state.servers.keys()
  t.match(kit.provision.historic.at(-2)?.description, /`retry` orders another .* not given back/)
  await controller.retry(id)
  await controller.idle(id)
  t.equal(stateOf(kit), 'RUNNING')
  t.equal(site.sim.state.servers.size, 1)
  t.not([...site.sim.state.servers.keys()][0], paid)
  t.same(await site.violations(), [])
})

function told({ events }: ReturnType<typeof createKit>, text: RegExp): boolean {
  return events.some((event) => event.kind === 'log' && text.test(event.text))
}
