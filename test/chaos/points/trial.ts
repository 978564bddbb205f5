import { type Scene, settled } from '../world/acts.ts'
import type { Founded } from '../world/found.ts'
import { complaints, ordered, spare } from '../world/judge.ts'
import { createWorld, type World, type WorldSnapshot } from '../world/world.ts'
import type { Operation } from './operations.ts'
import { createRecording, type Point, type Recorded, trapAt } from './recording.ts'

/** What an operation comes to when nothing goes wrong. */
export interface CleanRun {
  readonly operation: Operation
  readonly begin: WorldSnapshot
  readonly calls: readonly Recorded[]
  readonly end: Sums
}

/** What must be the same at the end, whatever happened on the way. */
interface Sums {
  /** Flexible IPs ordered, each of which is paid for. */
  readonly ordered: number
  readonly ranges: number
  readonly spare: number
}

/** Real milliseconds in which a world comes to rest by itself; minutes of its own time. */
const restWithinMs = 5_000

/** Runs an operation as it should be and writes down each call. Throws when even that ends badly. */
export async function cleanRun(
  operation: Operation,
  { snapshot, place }: Founded,
): Promise<CleanRun> {
  const begin = await inWorld(snapshot, async (world) => {
    await world.begin()
    for (const step of operation.before) await step({ world, place })
    await mustRest(world, `before ${operation.name}`)
    await world.controller.end()
    return world.snapshot()
  })
  return await inWorld(begin, async (world) => {
    const scene = { world, place }
    await world.begin()
    const recording = createRecording(() => world.drivers().length > 0)
    world.watch(recording)
    await operation.act(scene)
    await mustRest(world, operation.name)
    const calls = [...recording.calls]
    await operation.after?.(scene)
    await mustRest(world, `after ${operation.name}`)
    return { operation, begin, calls, end: sums(scene) }
  })
}

export interface Outcome {
  /** Whether the call came at which something was to happen. */
  readonly sprung: boolean
  /** What was not as it must be in the end. */
  readonly wrong: readonly string[]
}

/** Runs an operation with one mishap at one of its calls. */
export async function tryPoint(
  { operation, begin, end }: CleanRun,
  point: Point,
  { place }: Founded,
): Promise<Outcome> {
  return await inWorld(begin, async (world) => {
    const scene = { world, place }
    await world.begin()
    const trap = trapAt(point, {
      controller: () => world.controller.kill(),
      driver() {
        const running = world.drivers()
        for (const pid of running) process.kill(pid, 'SIGKILL')
        return running.length > 0
      },
    })
    world.watch(trap)
    try {
      await operation.act(scene)
      await operation.after?.(scene)
      await world.begin()
      const judge = () => [...complaints(world), ...differences(sums(scene), end)]
      return { sprung: trap.sprung, wrong: await settled(judge, restWithinMs) }
    } catch (error) {
      return { sprung: trap.sprung, wrong: [(error as Error).message, ...complaints(world)] }
    }
  })
}

async function inWorld<T>(snapshot: WorldSnapshot, work: (world: World) => Promise<T>): Promise<T> {
  const world = await createWorld({ snapshot })
  try {
    return await work(world)
  } finally {
    await world.close()
  }
}

async function mustRest(world: World, when: string): Promise<void> {
  await world.one.quiet()
  const wrong = await settled(() => complaints(world), restWithinMs)
  if (wrong.length > 0) throw new Error(`A clean run, ${when}: ${wrong.join('; ')}`)
}

function sums({ world, place }: Scene): Sums {
  const { ranges } = world.one.state.networks.get(place.network)
  return { ordered: ordered(world), ranges: ranges.length, spare: spare(world).length }
}

function differences(now: Sums, clean: Sums): string[] {
  return (['ordered', 'ranges', 'spare'] as const)
    .filter((name) => now[name] !== clean[name])
    .map((name) => `${name}: ${now[name]}, where a clean run has ${clean[name]}`)
}
