import { type Mishap, type Point, pointsOf, type Recorded } from '../points/recording.ts'
import { settled } from '../world/acts.ts'
import { until, type World } from '../world/world.ts'
import { billDifferences, billOf } from './bill.ts'
import { carryOn } from './carry-on.ts'
import { deathsAt } from './deaths.ts'
import { livesOf } from './lives.ts'
import { type Chapter, everybody, inWorld, type Story } from './story.ts'

/** One death of the controller, in one chapter of an operation. */
export interface ProvisionPoint {
  readonly story: Story
  readonly chapter: Chapter
  readonly point: Point
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

/** Points of one chapter that share a life. */
export interface ProvisionTrial {
  readonly story: Story
  readonly chapter: Chapter
  readonly points: readonly Point[]
}

export interface Outcome {
  /** Points whose call came, at which the controller died. */
  readonly sprung: ReadonlySet<Point>
  /** What was not as it must be in the end. */
  readonly wrong: readonly string[]
}

/** Points of the same chapter share lives, of at most so many deaths. */
export function trialsOf(points: readonly ProvisionPoint[], most: number): ProvisionTrial[] {
  return [...Map.groupBy(points, ({ chapter }) => chapter)].flatMap(([chapter, mine]) => {
    const { story } = mine[0] as ProvisionPoint
    const lives = livesOf(
      mine.map(({ point }) => point),
      most,
    )
    return lives.map((points) => ({ story, chapter, points }))
  })
}

/** Does an operation with these deaths, and looks how it ends. */
export async function tryLife({ story, chapter, points }: ProvisionTrial): Promise<Outcome> {
  const work = async (world: World): Promise<Outcome> => {
    const deaths = deathsAt(points, world.controller)
    const all = () => deaths.sprung.size === points.length
    world.watch(deaths, everybody)
    const judge = () => [
      ...story.operation.wrong(world),
      ...billDifferences(billOf(world), story.bill),
    ]
    try {
      await carryOn(world, story.operation)
      await until(all, 'the calls to come', springsWithinMs).catch(() => undefined)
      await carryOn(world, story.operation)
      // One that comes while the end is judged is not looked at any more.
      const sprung = new Set(deaths.sprung)
      return { sprung, wrong: await settled(judge, restWithinMs) }
    } catch (error) {
      const said = await world.controller.tail(5)
      return { sprung: deaths.sprung, wrong: [(error as Error).message, said] }
    }
  }
  return await inWorld(chapter.begin, work, { timeScale: chapter.timeScale })
}
