import { type Mishap, type Point, pointsOf, type Recorded, trapAt } from '../points/recording.ts'
import { settled } from '../world/acts.ts'
import { until, type World } from '../world/world.ts'
import { billDifferences, billOf } from './bill.ts'
import { carryOn } from './carry-on.ts'
import { type Chapter, everybody, inWorld, type Story } from './story.ts'

/** One death of the controller, in one chapter of an operation. */
export interface ProvisionPoint {
  readonly story: Story
  readonly chapter: Chapter
  readonly point: Point
}

export interface Outcome {
  /** Whether the call came at which the controller was to die. */
  readonly sprung: boolean
  /** What was not as it must be in the end. */
  readonly wrong: readonly string[]
}

/** Real milliseconds in which a world comes to rest by itself; half an hour of its own time. */
const restWithinMs = 8_000
/** What the controller asks now and then on its own account comes by then. */
const springsWithinMs = 3_000

/** Every change of each chapter, and every kind of question once in the whole story. */
export function provisionPoints(story: Story): ProvisionPoint[] {
  const asked = new Set<string>()
  return story.chapters.flatMap((chapter) => {
    const points = pointsOf(chapter.calls, dies).filter(({ call }) => !isKnown(asked, call))
    for (const { name } of chapter.calls) asked.add(name)
    return points.map((point) => ({ story, chapter, point }))
  })
}

/** What every start of a controller does is tried at one of them. */
function isKnown(asked: ReadonlySet<string>, { name, changes }: Point['call']): boolean {
  return asked.has(name) && (!changes || name.endsWith(': own'))
}

/** Before and after a change; a question changes nothing, so once is enough. */
function dies({ changes }: Recorded, mishap: Mishap): boolean {
  return mishap === 'controller killed before' || (changes && mishap === 'controller killed after')
}

export async function tryPoint({ story, chapter, point }: ProvisionPoint): Promise<Outcome> {
  const work = async (world: World): Promise<Outcome> => {
    const trap = trapAt(point, { controller: () => world.controller.kill(), driver: () => false })
    world.watch(trap, everybody)
    const judge = () => [
      ...story.operation.wrong(world),
      ...billDifferences(billOf(world), story.bill),
    ]
    try {
      await carryOn(world, story.operation)
      await until(() => trap.sprung, 'the call to come', springsWithinMs).catch(() => undefined)
      await carryOn(world, story.operation)
      return { sprung: trap.sprung, wrong: await settled(judge, restWithinMs) }
    } catch (error) {
      const said = await world.controller.tail(5)
      return { sprung: trap.sprung, wrong: [(error as Error).message, said] }
    }
  }
  return await inWorld(chapter.begin, work, { timeScale: chapter.timeScale })
}
