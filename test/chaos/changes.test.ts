// Hosts and addresses come and go under virtual machines that go on running, with the real controller.
import t from 'tap'
import { tagValue } from '../../lib/scaleway/index.ts'
import { publicRanges, type Scene, settled, startVm } from './world/acts.ts'
import { found } from './world/found.ts'
import { complaints, ours } from './world/judge.ts'
import { createWorld, password, until, type World } from './world/world.ts'

const timeScale = 0.004
const endsWithinMs = 60_000

t.test('a cluster is changed around a machine that keeps its address', async (t) => {
  const founded = await found(3)
  const world = await createWorld({ snapshot: founded.snapshot, timeScale })
  t.teardown(() => world.close())
  await world.begin()
  const scene: Scene = { world, place: founded.place }
  const [first = -1, second = -1] = founded.place.hosts
  const change = (route: string, body: object) =>
    changed(world, founded.place.provision, route, body)
  const inOrder = async () => t.strictSame(await settled(() => complaints(world), 10_000), [])

  await change('add-ip', { amount: 1 })
  t.equal(publicRanges(scene).length, 1)
  const vm = await startVm(scene, 0)
  const hostOf = () => world.one.state.vms.get(vm).history.at(-1)?.hostId
  t.equal(hostOf(), first)
  await inOrder()

  t.match(
    await post(world, founded.place.provision, 'scale', { direction: 'down', nodes: [first] }),
    {
      status: 405,
      text: `"context":{"hosts":{"${first}":{"vm":["${vm}"]}}}`,
    },
  )
  t.match(await post(world, founded.place.provision, 'remove-ip', { ar_id: 0 }), {
    status: 405,
    text: `is in use by VM ${vm}`,
  })

  await change('scale', { direction: 'down', nodes: [first], migrate: true })
  t.strictSame(keys(world), ['host-1', 'host-2'], 'the reflector and replica host is gone')
  t.not(hostOf(), first)
  t.strictSame(roles(world), { 'host-1': 'mesh', 'host-2': 'mesh' })
  await inOrder()

  await change('scale', { direction: 'up', nodes: 1 })
  t.strictSame(keys(world), ['host-1', 'host-2', 'host-3'])
  t.strictSame(roles(world), { 'host-1': 'reflector', 'host-2': 'reflector', 'host-3': 'client' })
  await inOrder()

  await change('replace-host', { host_id: second, migrate: true })
  t.strictSame(keys(world), ['host-2', 'host-3', 'host-4'])
  t.strictSame(roles(world), { 'host-2': 'reflector', 'host-3': 'reflector', 'host-4': 'client' })
  const system = world.one.state.datastores
    .newestFirst()
    .find(({ template }) => template.text('REPLICA_HOST') !== undefined)
  const [oldest] = world.hosts.all().filter((host) => keyOf(world, host.server) === 'host-2')
  t.equal(system?.template.text('REPLICA_HOST'), oldest?.address)
  await inOrder()

  await world.one.terminate(vm, true)
  await world.one.quiet()
  await change('remove-ip', { ar_id: 0 })
  t.equal(publicRanges(scene).length, 0)
  t.equal(ours(world).length, 0)
  await inOrder()
})

async function post({ controller }: World, provision: number, route: string, body: object) {
  const answer = await fetch(`${controller.url}/api/v1/provisions/${provision}/${route}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`oneadmin:${password}`).toString('base64')}` },
    body: JSON.stringify(body),
  })
  return { status: answer.status, text: await answer.text() }
}

/** Asks for a change and waits until it is through. */
async function changed(
  world: World,
  provision: number,
  route: string,
  body: object,
): Promise<void> {
  const { status, text } = await post(world, provision, route, body)
  if (status !== 204) throw new Error(`${route}: ${status} ${text}`)
  const ended = async () => {
    const answer = await fetch(`${world.controller.url}/api/v1/provisions/${provision}`, {
      headers: { authorization: `Basic ${Buffer.from(`oneadmin:${password}`).toString('base64')}` },
    })
    const state = /"state":"([A-Z_]+)"/.exec(await answer.text())?.[1]
    if (state?.endsWith('_FAILURE'))
      throw new Error(`${route}: ${state}\n${await world.controller.tail(20)}`)
    return state === 'RUNNING'
  }
  await until(ended, `${route} to be through`, endsWithinMs)
}

function keyOf({ cloud }: World, server: string): string | undefined {
  return tagValue(cloud.state.servers.get(server)?.tags, 'key')
}

function keys(world: World): (string | undefined)[] {
  return [...world.cloud.state.servers.keys()].map((server) => keyOf(world, server)).toSorted()
}

/** What each host was told to be among the others. */
function roles(world: World): Record<string, string | undefined> {
  return Object.fromEntries(
    world.hosts
      .all()
      .map((host) => [String(keyOf(world, host.server)), host.spec()?.bgp.role])
      .toSorted(),
  )
}
