// Many at once: what OpenNebula queues, and what reaches the controller's socket together.
import t, { type Test } from 'tap'
import { askController } from '../../ipam/wire/index.ts'
import type { Passage } from '../lab/scaleway/index.ts'
import { addIp, addRange, later, publicRanges, type Scene, settled } from './world/acts.ts'
import type { Call, Watcher } from './world/calls.ts'
import { found } from './world/found.ts'
import { complaints, ordered, ours, spare } from './world/judge.ts'
import { createWorld } from './world/world.ts'

const founded = await found(2)
const restWithinMs = 5_000
const registerWithinMs = 20_000

t.test('fifty ranges are registered as fast as OpenNebula can', async (t) => {
  const scene = await sceneFor(t)
  const begun = performance.now()
  await Promise.all(Array.from({ length: 50 }, (_, n) => addRange(scene, `ip-${n}`)))
  t.comment(`50 ranges in ${Math.round(performance.now() - begun)} ms`)
  t.equal(publicRanges(scene).length, 50)
  t.equal(ordered(scene.world), 50)
  t.strictSame(await atRest(scene), [])
})

t.test('add-ip and users’ own ranges, mixed in one queue, never share an address', async (t) => {
  const scene = await sceneFor(t)
  const keys = Array.from({ length: 30 }, (_, n) => (n % 3 === 0 ? undefined : `ip-${n}`))
  await Promise.all(keys.map((key) => addRange(scene, key)))
  t.equal(publicRanges(scene).length, 30)
  t.equal(ordered(scene.world), 30)
  t.strictSame(await atRest(scene), [])
})

t.test('ten registers at once at the socket get ten addresses', async (t) => {
  const scene = await sceneFor(t)
  for (const keyed of [true, false]) {
    const keys = Array.from({ length: 10 }, (_, n) => (keyed ? `ip-${n}` : undefined))
    const got = await Promise.all(keys.map((key) => register(scene, key)))
    for (const what of ['IP', 'EXTERNAL_IP', 'SCALEWAY_IP_ID', 'EDGE_KEY']) {
      t.equal(new Set(got.map((range) => range[what])).size, 10, `${what}, keyed ${keyed}`)
    }
  }
  t.equal(ordered(scene.world), 20)
  t.strictSame(await atRest(scene), [])
})

t.test('ten at once with one key get one address, and it is paid for once', async (t) => {
  const scene = await sceneFor(t)
  const got = await Promise.all(Array.from({ length: 10 }, () => register(scene, 'ip-0')))
  t.equal(new Set(got.map((range) => range['SCALEWAY_IP_ID'])).size, 1)
  t.equal(ordered(scene.world), 1)
  t.strictSame(await atRest(scene), [])
})

t.test('twins in OpenNebula’s queue become one range, whenever the controller dies', async (t) => {
  for (const name of ['GET fips?tags=provision', 'POST fips']) {
    const scene = await sceneFor(t)
    let dead: Promise<void> | undefined
    scene.world.watch({
      before: async (call): Promise<Passage> => {
        if (dead || call.name !== name) return 'pass'
        dead = scene.world.controller.kill()
        await dead
        return 'pass'
      },
      after: () => 'pass',
    })
    const twins = [addRange(scene, 'ip-0'), addRange(scene, 'ip-0'), addRange(scene, 'ip-0')]
    await Promise.allSettled(twins)
    t.ok(dead, `it died at ${name}`)
    await addIp(scene, 'ip-0')
    t.equal(publicRanges(scene).length, 1)
    t.equal(ordered(scene.world), 1)
    t.strictSame(await atRest(scene), [])
  }
})

t.test('a range without key never gets what an add-ip is about to get', async (t) => {
  const calls: string[] = []
  const recorded = await withLeftover(t)
  recorded.world.watch({ before: (call) => note(calls, call), after: () => 'pass' })
  await register(recorded, 'ip-0')
  let held = 0
  for (const name of new Set(calls)) {
    const scene = await withLeftover(t)
    const hold = holdFirst(name)
    scene.world.watch(hold.watcher)
    const keyed = register(scene, 'ip-0')
    // It may have been the controller's own, which looks now and then.
    const isHeld = await Promise.race([hold.reached.then(() => true), keyed.then(() => false)])
    const keyless = await register(scene)
    hold.release()
    if (isHeld) held++
    const { SCALEWAY_IP_ID: id, IP: ip } = await keyed
    t.not(id, keyless['SCALEWAY_IP_ID'], `during ${name}`)
    t.not(ip, keyless['IP'])
    t.equal(
      ours(scene.world)
        .find((fip) => fip.id === id)
        ?.tags.includes('key=ip-0'),
      true,
    )
    t.strictSame(await atRest(scene), [])
  }
  t.ok(held > 0)
})

/** A provision with an address that a dead add-ip left behind eleven minutes ago. */
async function withLeftover(t: Test): Promise<Scene> {
  const scene = await sceneFor(t)
  await register(scene, 'ip-0')
  await later(scene)
  t.equal(spare(scene.world).length, 1)
  return scene
}

async function sceneFor(t: Test): Promise<Scene> {
  const world = await createWorld({ snapshot: founded.snapshot })
  t.teardown(() => world.close())
  await world.begin()
  return { world, place: founded.place }
}

function atRest({ world }: Scene): Promise<readonly string[]> {
  return settled(() => complaints(world), restWithinMs)
}

/** What the driver asks the controller; the range that oned would store. */
async function register({ world, place }: Scene, key?: string): Promise<Record<string, string>> {
  const range = {
    ...{ TYPE: 'IP4', SIZE: '1', IPAM_MAD: 'scaleway', PROVISION_ID: String(place.provision) },
    ...(key === undefined ? {} : { EDGE_KEY: `${place.uuid}/${key}` }),
  }
  const said = await askController(world.socket, '/ipam/register', { range }, registerWithinMs)
  if (said.status !== 200) throw new Error(said.text)
  return (JSON.parse(said.text) as { range: Record<string, string> }).range
}

function note(calls: string[], { to, name }: Call): 'pass' {
  if (to === 'cloud') calls.push(name)
  return 'pass'
}

/** Holds the first call of this name to the cloud until released. */
function holdFirst(name: string) {
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  let isHeld = false
  const watcher: Watcher = {
    before: async (call): Promise<Passage> => {
      if (isHeld || call.to !== 'cloud' || call.name !== name) return 'pass'
      isHeld = true
      reached.resolve()
      await gate.promise
      return 'pass'
    },
    after: () => 'pass',
  }
  return { watcher, reached: reached.promise, release: () => gate.resolve() }
}
