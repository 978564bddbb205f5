import type { Test } from 'tap'
import { inParallel } from '../points/in-parallel.ts'
import { pointName } from '../points/recording.ts'
import { recordLife } from './life.ts'
import type { Story } from './story.ts'
import { type Outcome, type ProvisionPoint, provisionPoints, tryPoint } from './trial.ts'

export interface RunOptions {
  /** Each nth point only; 1 for all. */
  readonly every: number
  /** Names of operations of that life; all unless given. */
  readonly only?: readonly string[]
  /** Of which operations the life consists; of all unless given. */
  readonly life?: readonly string[]
}

/** A call whose turn depends on the clock may come otherwise; a point that never comes is an error. */
const attempts = 3
/** Trials at once: most of each is waiting, where nobody else works on the machine. */
const hands = Number(process.env['HANDS'] ?? 4)

/**
 * Records a provision's life, operation after operation, then repeats each with a kill -9 of the
 * controller before and after every change, and compares the end. One assertion for each point, and one
 * that none was skipped.
 */
export async function runProvisionPoints(
  t: Test,
  { every, only, life }: RunOptions,
): Promise<void> {
  const stories = await recordLife(life)
  await runStories(
    t,
    stories.filter(({ operation }) => only?.includes(operation.name) ?? true),
    every,
  )
}

/** The same for operations that were recorded already. */
export async function runStories(t: Test, wanted: readonly Story[], every: number): Promise<void> {
  const all = wanted.flatMap(provisionPoints)
  const chosen = all.filter((_, index) => index % every === 0)
  const begun = performance.now()
  const outcomes = await inParallel(hands, chosen, async (point) => ({
    ...point,
    ...(await attempt(point)),
  }))
  const seconds = Math.round((performance.now() - begun) / 1000)

  for (const story of wanted) {
    const mine = outcomes.filter((outcome) => outcome.story === story)
    t.test(story.operation.name, (t) => {
      for (const { name, calls } of story.chapters)
        t.comment(`${name}: ${calls.filter(({ changes }) => changes).length} changes`)
      for (const outcome of mine) judge(t, outcome)
      t.end()
    })
  }
  const skipped = outcomes.filter(({ sprung }) => !sprung).length
  t.equal(skipped, 0, 'no point was skipped')
  t.comment(
    `${outcomes.length - skipped} of ${all.length} points tried in ${seconds} s, ${skipped} skipped`,
  )
}

async function attempt(point: ProvisionPoint): Promise<Outcome> {
  for (let left = attempts; ; left--) {
    const outcome = await tryPoint(point)
    if (outcome.sprung || left === 1) return outcome
  }
}

function judge(t: Test, { chapter, point, sprung, wrong }: Outcome & ProvisionPoint): void {
  const title = `${chapter.name}, ${pointName(point)}`
  if (sprung) t.strictSame(wrong, [], title)
  else t.fail(`skipped: ${title}`)
}
