// Virtual machines that never stay, in a cloud that takes its time with each address.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { addIp, moveVm, type Scene, settled, startVm } from './world/acts.ts'
import type { Call } from './world/calls.ts'
import { found } from './world/found.ts'
import { complaints, ours } from './world/judge.ts'
import { createWorld, type World } from './world/world.ts'

const hosts = 3
const machines = 4
const moves = Number(process.env['MOVES'] ?? 100)
const timeScale = 0.05
/** Real milliseconds between two looks at everything. */
const lookMs = 5

t.test('addresses follow machines to and fro, right at every moment', async (t) => {
  const founded = await found(hosts)
  const world = await createWorld({ snapshot: founded.snapshot, timeScale })
  t.teardown(() => world.close())
  await world.begin()
  const scene: Scene = { world, place: founded.place }
  for (let n = 0; n < machines; n++) await addIp(scene, `ip-${n}`)
  const vms: number[] = []
  for (let n = 0; n < machines; n++) vms.push(await startVm(scene, n % hosts, `vm-${n}`))
  t.strictSame(await settled(() => complaints(world), 5_000), [], 'all are where they shall be')

  const watch = createWatch(world)
  const took: number[] = []
  await Promise.all(
    vms.map(async (vm, n) => {
      for (let move = n, at = n % hosts; move < moves; move += machines) {
        at = (at + 1 + (move % (hosts - 1))) % hosts
        const begun = world.cloud.clock.now()
        await moveVm(scene, vm, at)
        took.push((world.cloud.clock.now() - begun) / 1000)
        watch.afterMove(vm)
      }
    }),
  )
  watch.stop()
  took.sort((a, b) => a - b)
  t.comment(
    `${took.length} moves, ${watch.looks} looks; a move took ${took[took.length >> 1]?.toFixed(1)} s ` +
      `of the cloud’s time in the middle, ${took.at(-1)?.toFixed(1)} s at most`,
  )
  t.equal(took.length, moves)
  t.strictSame([...watch.wrong], [])
  t.strictSame(await settled(() => complaints(world), 5_000), [])
})

/** Looks at everything, again and again and whenever the cloud or a host is asked for a change. */
function createWatch(world: World) {
  const wrong = new Set<string>()
  const first = JSON.stringify(identities(world))
  let looks = 0
  let over = false
  const look = () => {
    looks++
    for (const { ip_address } of ours(world)) {
      const armed = world.hosts
        .all()
        .filter((host) => host.armed().some(({ external }) => external === ip_address))
      if (armed.length > 1) wrong.add(`${ip_address} was armed on ${armed.length} hosts at once`)
    }
    if (JSON.stringify(identities(world)) !== first) wrong.add('an address became another')
  }
  const onCall = (call: Call) => {
    look()
    if (call.name === 'POST fips/attach')
      for (const sentence of badAttach(world, call)) wrong.add(sentence)
    return 'pass' as const
  }
  world.watch({ before: onCall, after: onCall })
  const ticking = (async () => {
    while (!over) {
      look()
      await pause(lookMs)
    }
  })()
  return {
    wrong,
    get looks() {
      return looks
    },
    /** The driver is done, so the address must be there now. */
    afterMove(vm: number) {
      const { history, nics } = world.one.state.vms.get(vm)
      const address = history.at(-1)?.hostname
      const host = world.hosts.all().find((one) => one.address === address)
      const fip = ours(world).find(({ ip_address }) => ip_address === nics[0]?.['EXTERNAL_IP'])
      if (fip?.status !== 'attached' || fip.server_id !== host?.server) {
        wrong.add(`after a move to ${address} an address was ${fip?.status} on ${fip?.server_id}`)
      }
      if (!host?.armed().some(({ external }) => external === fip?.ip_address)) {
        wrong.add(`after a move to ${address} an address was not armed there`)
      }
    },
    stop() {
      over = true
      void ticking
    },
  }
}

/** Which address is which, as it must stay. */
function identities(world: World) {
  return ours(world)
    .map(({ id, ip_address, tags }) => [id, ip_address, tags.find((tag) => /^private=/.test(tag))])
    .toSorted()
}

/** An address goes only to the host its machine moves to, and is mapped there before. */
function badAttach(world: World, { body }: Call): string[] {
  const { fips_ids, server_id } = body as { fips_ids: string[]; server_id: string }
  const host = world.hosts.all().find(({ server }) => server === server_id)
  return fips_ids.flatMap((id) => {
    const external = world.cloud.state.flexibleIps.get(id)?.ip_address
    const vm = world.one.state.vms
      .newestFirst()
      .find(({ nics }) => nics.some((nic) => nic['EXTERNAL_IP'] === external))
    const mapped = host?.spec()?.elastics.some((one) => one.external === external)
    return [
      ...(mapped
        ? []
        : [`${external} was attached to ${host?.address} before it was mapped there`]),
      ...(vm?.history.at(-1)?.hostname === host?.address
        ? []
        : [`${external} was attached to ${host?.address}, where its machine does not go`]),
    ]
  })
}
