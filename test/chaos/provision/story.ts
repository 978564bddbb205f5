import type { Passage } from '../../lab/scaleway/index.ts'
import { createRecording, type Recorded } from '../points/recording.ts'
import { settled } from '../world/acts.ts'
import type { Call, Watcher } from '../world/calls.ts'
import {
  createWorld,
  until,
  type World,
  type WorldOptions,
  type WorldSnapshot,
} from '../world/world.ts'
import { billOf } from './bill.ts'
import { carryOn } from './carry-on.ts'
import type { ProvisionOperation } from './operations.ts'

/** Everybody whom the controller asks for something. */
export const everybody: readonly Call['to'][] = ['cloud', 'oned', 'program', 'host']

/** Installing a server takes six minutes of the cloud's time. */
export const timeScale = 0.004
/** Where nothing is installed any more, less haste leaves the machine to what matters. */
const calmScale = 0.01
const restWithinMs = 10_000

/** A part of an operation between two quiet moments, as a controller does it that starts there. */
export interface Chapter {
  /** The state that is worked on: `APPLYING`; `begin` for the first. */
  readonly name: string
  readonly begin: WorldSnapshot
  readonly calls: readonly Recorded[]
  /** Real seconds per second of the cloud, in a world that begins here. */
  readonly timeScale: number
}

/** What an operation comes to when nothing goes wrong. */
export interface Story {
  readonly operation: ProvisionOperation
  readonly chapters: readonly Chapter[]
  readonly end: WorldSnapshot
  readonly bill: readonly string[]
}

/** States at whose beginning a world is kept: what comes before takes no time. */
const landmarks =
  /: provision to (APPLYING|CONFIGURING_ONE|CONFIGURING_PROVISION|SCALING|DEPROVISIONING)$/

/**
 * Does an operation as it should be done and keeps the world at each landmark; then does it again from
 * each of them to the next and writes down every call. Throws when even that ends badly, or when a
 * change of the whole run is in no chapter.
 */
export async function record(operation: ProvisionOperation, begin: WorldSnapshot): Promise<Story> {
  const kept: { readonly name: string; readonly begin: WorldSnapshot }[] = [
    { name: 'begin', begin },
  ]
  const whole = createRecording(() => false)
  const { end, bill } = await inWorld(begin, async (world) => {
    await world.controller.up()
    world.watch(
      {
        before: whole.before,
        async after(call): Promise<Passage> {
          const [, name] = landmarks.exec(call.name) ?? []
          if (name !== undefined) kept.push({ name, begin: await keptAt(world) })
          return 'pass'
        },
      },
      everybody,
    )
    await carryOn(world, operation)
    const wrong = await settled(() => operation.wrong(world), restWithinMs)
    if (wrong.length > 0) throw new Error(`A clean ${operation.name}: ${wrong.join('; ')}`)
    await world.controller.end()
    await world.one.quiet()
    return { end: world.snapshot(), bill: billOf(world) }
  })
  const chapters: Omit<Chapter, 'timeScale'>[] = []
  for (const chapter of kept)
    chapters.push({ ...chapter, calls: await callsFrom(chapter.begin, operation) })
  const told = new Set(chapters.flatMap(({ calls }) => calls.map(({ name }) => name)))
  const missing = whole.calls.filter(({ name, changes }) => changes && !told.has(name))
  if (missing.length > 0)
    throw new Error(`No chapter has ${missing.map(({ name }) => name).join(', ')}`)
  const installs = (from: number) =>
    chapters.slice(from).some(({ calls }) => calls.some(({ name }) => name === 'POST servers'))
  const paced = chapters.map((chapter, index) => ({
    ...chapter,
    timeScale: installs(index) ? timeScale : calmScale,
  }))
  return { operation, chapters: paced, end, bill }
}

/** Every call from a start of the controller to the next landmark, or to the end. */
async function callsFrom(begin: WorldSnapshot, operation: ProvisionOperation) {
  return await inWorld(begin, async (world) => {
    const recording = createRecording(() => false)
    let over = false
    const watcher: Watcher = {
      before: (call) => (over ? 'pass' : recording.before(call)),
      after(call) {
        over ||= landmarks.test(call.name)
        return 'pass'
      },
    }
    world.watch(watcher, everybody)
    await carryOn(world, operation, { until: () => over })
    // Hosts may hear of a controller that has just started when its work is done already.
    if (!over) await world.begin()
    return [...recording.calls]
  })
}

/** The world while the controller waits for an answer, once the cloud has finished what it works on. */
async function keptAt(world: World): Promise<WorldSnapshot> {
  await until(() => world.cloud.clock.pending().length === 0, 'the cloud to be quiet')
  return world.snapshot()
}

export async function inWorld<T>(
  snapshot: WorldSnapshot,
  work: (world: World) => Promise<T>,
  options: Pick<WorldOptions, 'timeScale' | 'patience'> = {},
): Promise<T> {
  const world = await createWorld({ snapshot, timeScale, ...options })
  try {
    return await work(world)
  } finally {
    await world.close()
  }
}
