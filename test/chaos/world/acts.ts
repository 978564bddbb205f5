import { renderTemplate } from '../../../lib/opennebula/index.ts'
import type { Place } from './found.ts'
import { ranges } from './judge.ts'
import { until, type World } from './world.ts'

/** A world, and where the provision is in it. */
export interface Scene {
  readonly world: World
  readonly place: Place
}

const mostTries = 8

/**
 * Does something again and again, as OpenNebula's user would, until it is done: each time when the
 * controller is up, and what went before has come to an end. Throws the last refusal.
 */
export async function persist(
  { world }: Scene,
  done: () => boolean,
  attempt: () => Promise<unknown>,
): Promise<void> {
  let refusal: unknown
  for (let tries = 0; tries < mostTries; tries++) {
    await world.controller.up()
    await world.one.quiet()
    if (done()) return
    await attempt().catch((error: unknown) => {
      refusal = error
    })
    await world.one.quiet()
    if (done()) return
  }
  throw refusal ?? new Error(`Done ${mostTries} times, and not done`)
}

/** `onevnet addar`, with the key of an `add-ip` or, without, as users do it. */
export async function addRange({ world, place }: Scene, key?: string): Promise<void> {
  const range = {
    ...{ TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway', PROVISION_ID: place.provision },
    ...(key === undefined ? {} : { EDGE_KEY: `${place.uuid}/${key}` }),
  }
  await world.one.call('one.vn.add_ar', [place.network, renderTemplate({ AR: range })])
}

export function rangeOf({ world, place }: Scene, key: string) {
  const edgeKey = `${place.uuid}/${key}`
  return ranges(world).find(({ attributes }) => attributes['EDGE_KEY'] === edgeKey)
}

/** A range with this key, however often it takes. */
export async function addIp(scene: Scene, key: string): Promise<void> {
  await persist(
    scene,
    () => rangeOf(scene, key) !== undefined,
    () => addRange(scene, key),
  )
}

/** One range more, however often it takes. */
export async function addAddress(scene: Scene): Promise<void> {
  const before = publicRanges(scene).length
  await persist(
    scene,
    () => publicRanges(scene).length > before,
    () => addRange(scene),
  )
}

/** `onevnet rmar` of all ranges. */
export async function removeRanges(scene: Scene): Promise<void> {
  const { world, place } = scene
  await persist(
    scene,
    () => publicRanges(scene).length === 0,
    async () => {
      for (const { id } of [...publicRanges(scene)])
        await world.one.call('one.vn.rm_ar', [place.network, id, false])
    },
  )
}

/** A virtual machine with an elastic address on the nth host; a start that failed is retried. */
export async function startVm(scene: Scene, host: number, name = 'vm'): Promise<number> {
  const { one, controller } = scene.world
  await controller.up()
  const id = await one.instantiate({
    ...{ name, hostId: scene.place.hosts[host] ?? -1 },
    nics: [{ networkId: scene.place.network }],
  })
  await one.quiet()
  await persist(
    scene,
    () => isRunning(scene, id),
    () => one.call('one.vm.recover', [id, 2]),
  )
  return id
}

/** Live: what the drivers fail at on the way is only logged. */
export async function moveVm(scene: Scene, id: number, host: number): Promise<void> {
  const { world, place } = scene
  const hostId = place.hosts[host] ?? -1
  await world.one.migrate(id, hostId, true)
  await until(() => isRunning(scene, id), `VM ${id} to run again`, 60_000)
  const { history } = world.one.state.vms.get(id)
  if (history.at(-1)?.hostId !== hostId) throw new Error(`VM ${id} did not move to host ${hostId}`)
}

/**
 * Off and on elsewhere. A boot that failed is retried; where a failing `clean` made OpenNebula believe
 * that a stopped machine runs on, it is started again and moved anew.
 */
export async function moveVmCold(scene: Scene, id: number, host: number): Promise<void> {
  const { one, hosts } = scene.world
  const hostId = scene.place.hosts[host] ?? -1
  const vm = () => one.state.vms.get(id)
  const there = () => isRunning(scene, id) && vm().history.at(-1)?.hostId === hostId
  await persist(scene, there, async () => {
    if (!isRunning(scene, id)) return await one.call('one.vm.recover', [id, 2])
    if (hosts.whereIs(id) === undefined) {
      await one.call('one.vm.action', ['poweroff-hard', id])
      await one.quiet()
      await one.call('one.vm.action', ['resume', id])
      await one.quiet()
    }
    if (isRunning(scene, id)) await one.migrate(id, hostId, false)
  })
}

export async function endVm(scene: Scene, id: number): Promise<void> {
  const gone = () => scene.world.one.state.vms.get(id).state === 6
  await persist(scene, gone, () => scene.world.one.terminate(id))
}

export function onlyVm({ world }: Scene): number {
  const [vm, ...more] = world.one.state.vms.newestFirst().filter(({ state }) => state !== 6)
  if (!vm || more.length > 0)
    throw new Error(`${more.length + (vm ? 1 : 0)} VMs where one should be`)
  return vm.id
}

/** Eleven minutes pass: addresses that nobody took are free for others, and nobody remembers them. */
export async function later({ world }: Scene): Promise<void> {
  for (const fip of world.cloud.state.flexibleIps.values()) {
    fip.tags = fip.tags.map((tag) =>
      tag.replace(/^handed_out=(\d+)$/, (_, at) => `handed_out=${Number(at) - 660}`),
    )
  }
  await world.controller.kill()
  await world.begin()
}

export function publicRanges({ world, place }: Scene) {
  return world.one.state.networks.get(place.network).ranges
}

function isRunning({ world }: Scene, id: number): boolean {
  const { state, lcmState } = world.one.state.vms.get(id)
  return state === 3 && lcmState === 3
}

/** A world at rest in which nothing is to be complained of, or what is. */
export async function settled(
  judge: () => readonly string[],
  withinMs: number,
): Promise<readonly string[]> {
  await until(() => judge().length === 0, 'the world to be as it should', withinMs).catch(
    () => undefined,
  )
  return judge()
}
