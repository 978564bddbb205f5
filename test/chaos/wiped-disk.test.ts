// The controller's machine is lost, and another takes its place that knows oneadmin's login only.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Passage } from '../lab/scaleway/index.ts'
import { billDifferences, billOf } from './provision/bill.ts'
import { carryOn } from './provision/carry-on.ts'
import { operations, provided } from './provision/operations.ts'
import { everybody, inWorld } from './provision/story.ts'
import { settled } from './world/acts.ts'
import type { Call } from './world/calls.ts'
import type { World } from './world/world.ts'

const [create] = operations
const undeploy = operations.at(-1)
const restWithinMs = 10_000
const founded = await provided()

/** While servers are ordered; while agents are installed; when the first of them is in. */
const moments: readonly (readonly [string, (call: Call) => boolean])[] = [
  ['the second server is ordered', (call) => call.name === 'POST servers'],
  ['an agent is installed', ({ name }) => name.startsWith('start on ')],
  ['an agent has enrolled', enrols],
]

for (const [when, isMoment] of moments)
  t.test(`the controller’s disk is wiped when ${when}, and all goes on`, async (t) => {
    if (!create) throw new Error('There is nothing to do')
    await inWorld(founded, async (world) => {
      const enrolled = countEnrolments(world, isMoment, 2)
      await carryOn(world, create)
      t.ok(world.controller.deaths() === 1, 'it was wiped once')
      t.strictSame(await settled(() => create.wrong(world), restWithinMs), [])
      t.strictSame([...enrolled.values()], [1, 1, 1], 'each agent enrolled once')
    })
  })

t.test('the controller’s disk is wiped while a provision runs, and nobody notices', async (t) => {
  if (!create || !undeploy) throw new Error('There is nothing to do')
  await inWorld(founded, async (world) => {
    const enrolled = countEnrolments(world, () => false, 0)
    await carryOn(world, create)
    t.strictSame(await settled(() => create.wrong(world), restWithinMs), [])
    const bill = billOf(world)
    const keys = keysOf(world)
    await world.controller.kill(() => wipe(world))
    await world.begin()
    t.strictSame(await settled(() => create.wrong(world), restWithinMs), [])
    t.strictSame([...enrolled.values()], [1, 1, 1], 'no agent has enrolled again')
    t.strictSame(keysOf(world), keys, 'each has the key it had')
    t.strictSame(billDifferences(billOf(world), bill), [])
    await leaves(t, world)
  })
})

async function leaves(t: Test, world: World): Promise<void> {
  if (!undeploy) return
  await carryOn(world, undeploy)
  t.strictSame(
    await settled(() => undeploy.wrong(world), restWithinMs),
    [],
    'and can be undeployed',
  )
}

/** Everything but one_auth and where OpenNebula and Scaleway are. */
async function wipe({ dir }: World): Promise<void> {
  await rm(join(dir, 'controller'), { recursive: true, force: true })
  await rm(join(dir, 'controller.log'), { force: true })
}

/** How often OpenNebula was told the key of a host's agent; the disk is wiped at the nth such moment. */
function countEnrolments(
  world: World,
  isMoment: (call: Call) => boolean,
  nth: number,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  let moments = 0
  world.watch(
    {
      before: () => 'pass',
      async after(call): Promise<Passage> {
        if (enrols(call)) {
          const [host] = call.body as [number]
          counts.set(host, (counts.get(host) ?? 0) + 1)
        }
        if (isMoment(call) && ++moments === nth) await world.controller.kill(() => wipe(world))
        return 'pass'
      },
    },
    everybody,
  )
  return counts
}

function enrols({ name, body }: Call): boolean {
  return name === 'one.host.update' && String((body as unknown[])[1]).includes('EDGE_AGENT_KEY')
}

const keysOf = ({ hosts }: World) => hosts.all().map(({ server, publicKey }) => [server, publicKey])
