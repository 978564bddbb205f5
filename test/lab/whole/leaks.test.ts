import { join } from 'node:path'
import t from 'tap'
import { nobody } from '../../chaos/world/calls.ts'
import { createProvider, createProvision, stateAsked } from '../../chaos/world/client.ts'
import { found } from '../../chaos/world/found.ts'
import { createWorld, until, type World } from '../../chaos/world/world.ts'
import { runEdgectl } from './edgectl.ts'

t.setTimeout(200_000)

/** A user's `edgectl` beside the controller. */
function shellOf({ dir, controller }: World) {
  const env = {
    PATH: process.env['PATH'],
    HOME: dir,
    ONE_AUTH: join(dir, 'one_auth'),
    ONEFORM_URL: controller.url,
  }
  return (...args: string[]) => runEdgectl(args, env)
}

/** What is in OpenNebula beyond what every oned has from the start. */
function leftIn({ one: { state } }: World): string[] {
  const { clusters, datastores, hosts, networks, networkTemplates } = state
  const pools = { clusters, datastores, hosts, networks, networkTemplates }
  return Object.entries(pools).flatMap(([name, pool]) =>
    pool
      .newestFirst()
      .filter(({ template }) => template.text('EDGE_KEY') !== undefined)
      .map(({ id }) => `${name} ${id}`),
  )
}

t.test(
  'a provision whose document was deleted by hand is found whole, and given back',
  async (t) => {
    const { snapshot, place } = await found(1)
    const world = await createWorld({ snapshot, timeScale: 0.004 })
    t.teardown(() => world.close())
    await world.begin()
    const edgectl = shellOf(world)
    const range = `AR = [ TYPE = IP4, SIZE = 1, IPAM_MAD = scaleway, PROVISION_ID = ${place.provision} ]`
    await world.one.call('one.vn.add_ar', [place.network, range])
    const calm = await edgectl('leaks', 'list')
    t.equal(calm.code, 0, calm.stdout + calm.stderr)

    world.one.state.documents.delete(place.provision)
    const list = await edgectl('leaks', 'list', '--json')
    t.equal(list.code, 3, list.stderr)
    const { leaks, not_looked_at } = JSON.parse(list.stdout) as {
      leaks: { kind: string; code: string; price: { per_month: number } }[]
      not_looked_at: unknown[]
    }
    t.same(not_looked_at, [])
    t.same([...new Set(leaks.map(({ code }) => code))], ['provision-gone'])
    t.same(leaks.map(({ kind }) => kind).sort(), [
      ...['flexible-ip', 'gateway', 'gateway-ip', 'one-cluster', 'one-datastore', 'one-datastore'],
      ...['one-host', 'one-network', 'one-network', 'one-template', 'private-network', 'server'],
      ...['ssh-key', 'vpc'],
    ])
    const refused = await edgectl('leaks', 'release', '--all')
    t.match(refused, { code: 2, stderr: /--yes/ })
    const release = await edgectl('leaks', 'release', '--all', '--yes')
    t.equal(release.code, 0, release.stdout)
    t.same(leftIn(world), [])
    const { servers, gateways, gatewayIps, vpcs, privateNetworks, sshKeys } = world.cloud.state
    for (const pool of [servers, gateways, gatewayIps, vpcs, privateNetworks, sshKeys])
      t.equal(pool.size, 0)
    t.notOk([...world.cloud.state.flexibleIps.values()].some(({ tags }) => tags.length > 0))
    t.same(
      world.cloud.violations().filter(({ severity }) => severity === 'error'),
      [],
    )
    t.match(await edgectl('leaks', 'list'), { code: 0, stdout: /No leaks/ })
  },
)

t.test('a release that a dead controller left is found again, and ends', async (t) => {
  const { snapshot, place } = await found(1)
  const world = await createWorld({ snapshot, timeScale: 0.004 })
  t.teardown(() => world.close())
  await world.begin()
  world.one.state.documents.delete(place.provision)
  for (const killAt of [1, 3]) {
    let deletes = 0
    world.watch({
      async before({ to, name }) {
        if (to !== 'cloud' || !name.startsWith('DELETE') || ++deletes !== killAt) return 'pass'
        await world.controller.kill()
        return 'vanish'
      },
      after: () => 'pass',
    })
    const killed = await shellOf(world)('leaks', 'release', '--all', '--yes')
    t.equal(killed.code, 1, `killed at deletion ${killAt}`)
    await world.controller.up()
  }
  world.watch(nobody)
  const left = await shellOf(world)('leaks', 'list')
  t.equal(left.code, 3, left.stdout)
  t.equal((await shellOf(world)('leaks', 'release', '--all', '--yes')).code, 0)
  t.same(leftIn(world), [])
  t.equal(world.cloud.state.servers.size + world.cloud.state.vpcs.size, 0)
  t.match(await shellOf(world)('leaks', 'list'), { code: 0 })
})

t.test('a provision that grew and shrank leaves nothing to find', async (t) => {
  const { snapshot, place } = await found(1)
  const world = await createWorld({ snapshot, timeScale: 0.004 })
  t.teardown(() => world.close())
  await world.begin()
  const edgectl = shellOf(world)
  const id = `${place.provision}`
  const looks = async () => {
    const { code, stdout } = await edgectl('leaks', 'list', '--json')
    return { code, ...(JSON.parse(stdout) as { leaks: unknown[]; watched: unknown[] }) }
  }
  for (const args of [
    ['add-host', id],
    ['add-ip', id],
    ['del-host', id, '--amount', '1'],
  ]) {
    const { code, stderr } = await edgectl('provision', ...args)
    t.equal(code, 0, stderr)
    t.match(await looks(), { code: 0, leaks: [], watched: [] }, args.join(' '))
  }
  const shown = await edgectl('provision', 'show', id)
  t.match(shown.stdout, /COST AT SCALEWAY(.|\n)*server(.|\n)*flexible-ip|flexible-ip(.|\n)*server/)
})

/** Ids of everything at the cloud with the tags of a provision. */
function belongings({ cloud: { state } }: World, uuid: string): string[] {
  const { vpcs, privateNetworks, gateways, gatewayIps, servers, flexibleIps } = state
  return [vpcs, privateNetworks, gateways, gatewayIps, servers, flexibleIps]
    .flatMap((pool): { id: string; tags: readonly string[] }[] => [...pool.values()])
    .filter(({ tags }) => tags.includes(`provision=${uuid}`))
    .map(({ id }) => id)
    .sort()
}

t.test('of two clouds in one project each leak finder keeps to its own', async (t) => {
  const timeScale = 0.004
  const here = await createWorld({ timeScale })
  t.teardown(() => here.close())
  const there = await createWorld({ timeScale, beside: here })
  t.teardown(() => there.close())
  const both = await Promise.all(
    [here, there].map(async (world) => {
      await world.controller.up()
      const wish = { hosts: 1, publicIps: 1 }
      const id = await createProvision(world, await createProvider(world), wish)
      await until(async () => (await stateAsked(world, id)) === 'RUNNING', 'it to run', 60_000)
      const document = world.one.state.documents.get(id)
      const body = document.template.text('PROVISION_BODY') ?? '{}'
      return { world, id, uuid: (JSON.parse(body) as { uuid: string }).uuid }
    }),
  )
  const [mine, theirs] = both
  if (!mine || !theirs) throw new Error('unreachable: there are two')
  t.equal(mine.id, theirs.id, 'the ids are equal')
  for (const { world } of both) t.equal((await shellOf(world)('leaks', 'list')).code, 0)

  const before = belongings(here, mine.uuid)
  there.one.state.documents.delete(theirs.id)
  t.equal((await shellOf(here)('leaks', 'list')).code, 0, 'one does not see the other’s leaks')
  t.equal((await shellOf(there)('leaks', 'release', '--all', '--yes')).code, 0)
  t.same(belongings(there, theirs.uuid), [])
  t.same(belongings(here, mine.uuid), before)
  t.ok(before.length >= 6)
})

t.test('while virtual machines live on what is left, nothing of it is released', async (t) => {
  const { snapshot, place } = await found(1)
  const world = await createWorld({ snapshot, timeScale: 0.004 })
  t.teardown(() => world.close())
  await world.begin()
  const [host = -1] = place.hosts
  const vm = await world.one.instantiate({ name: 'vm', hostId: host, nics: [] })
  await world.one.quiet()
  world.one.state.documents.delete(place.provision)
  const release = await shellOf(world)('leaks', 'release', '--all', '--yes', '--json')
  t.equal(release.code, 1)
  const ended = JSON.parse(release.stdout) as { outcome: string; sentence: string }[]
  t.ok(ended.length > 10)
  for (const { outcome, sentence } of ended)
    t.match(
      { outcome, sentence },
      { outcome: 'failed', sentence: `virtual machines ${vm} need it` },
    )
  t.equal(world.cloud.state.servers.size, 1)
})
