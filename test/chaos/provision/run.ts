import type { Test } from 'tap'
import { inParallel } from '../points/in-parallel.ts'
import { type Point, pointName } from '../points/recording.ts'
import { recordLife } from './life.ts'
import type { Story } from './story.ts'
import { type ProvisionTrial, provisionPoints, trialsOf, tryLife } from './trial.ts'

export interface PointOptions {
  /** Each nth point only; 1 for all. */
  readonly every: number
  /** How many deaths a life has at most; 4 unless given. */
  readonly deaths?: number
}

export interface RunOptions extends PointOptions {
  /** Names of operations of that life; all unless given. */
  readonly only?: readonly string[]
  /** Of which operations the life consists; of all unless given. */
  readonly life?: readonly string[]
}

/** What came of one point. */
interface Tried {
  readonly trial: ProvisionTrial
  readonly point: Point
  readonly sprung: boolean
  readonly wrong: readonly string[]
}

/** A call whose turn depends on the clock may come otherwise; a point that never comes is an error. */
const attempts = 3
/** Lives at once: a good part of each is waiting. */
const hands = 5

/**
 * Records a provision's life, operation after operation, then repeats each with a kill -9 of the
 * controller before and after every change, and compares the end. One assertion for each point, and one
 * that none was skipped. Points share lives, because most of the machine goes into what comes between
 * them; in a life that does not end well, each is tried alone.
 */
export async function runProvisionPoints(
  t: Test,
  { only, life, ...options }: RunOptions,
): Promise<void> {
  const stories = await recordLife(life)
  const wanted = stories.filter(({ operation }) => only?.includes(operation.name) ?? true)
  await runStories(t, wanted, options)
}

/** The same for operations that were recorded already. */
export async function runStories(
  t: Test,
  wanted: readonly Story[],
  { every, deaths = 4 }: PointOptions,
): Promise<void> {
  const all = wanted.flatMap(provisionPoints)
  const chosen = all.filter((_, index) => index % every === 0)
  const begun = performance.now()
  const lives = trialsOf(chosen, deaths)
  const tried = (await inParallel(hands, lives, (life) => tryAll(t, life))).flat()
  const seconds = Math.round((performance.now() - begun) / 1000)

  for (const story of wanted) tell(t, story, tried)
  const skipped = tried.filter(({ sprung }) => !sprung).length
  t.equal(skipped, 0, 'no point was skipped')
  t.comment(
    `${tried.length - skipped} of ${all.length} points tried in ${lives.length} lives and ${seconds} s, ${skipped} skipped`,
  )
}

async function tryAll(t: Test, trial: ProvisionTrial): Promise<Tried[]> {
  const [first, ...more] = trial.points
  if (first && more.length === 0) return [await tryAlone(trial, first)]
  const { sprung, wrong } = await tryLife(trial)
  const missed = wrong.length > 0 ? trial.points : trial.points.filter((one) => !sprung.has(one))
  const alone = new Map<Point, Tried>()
  for (const point of missed) alone.set(point, await tryAlone({ ...trial, points: [point] }, point))
  // Each alone may end well where they do not together.
  t.strictSame(wrong, [], `in one life: ${trial.points.map(pointName).join('; ')}`)
  return trial.points.map(
    (point) => alone.get(point) ?? { trial, point, sprung: sprung.has(point), wrong },
  )
}

async function tryAlone(trial: ProvisionTrial, point: Point): Promise<Tried> {
  for (let left = attempts; ; left--) {
    const { sprung, wrong } = await tryLife(trial)
    if (sprung.has(point) || left === 1) return { trial, point, sprung: sprung.has(point), wrong }
  }
}

function tell(t: Test, { operation, chapters }: Story, tried: readonly Tried[]): void {
  t.test(operation.name, (t) => {
    for (const chapter of chapters) {
      const changes = chapter.calls.filter((call) => call.changes).length
      t.comment(`${chapter.name}: ${changes} changes`)
      for (const one of tried.filter(({ trial }) => trial.chapter === chapter)) judge(t, one)
    }
    t.end()
  })
}

function judge(t: Test, { trial, point, sprung, wrong }: Tried): void {
  const title = `${trial.chapter.name}, ${pointName(point)}`
  if (sprung) t.strictSame(wrong, [], title)
  else t.fail(`skipped: ${title}`)
}
