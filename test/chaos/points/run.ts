import type { Test } from 'tap'
import { found } from '../world/found.ts'
import { inParallel } from './in-parallel.ts'
import { operations } from './operations.ts'
import { type Point, pointName, pointsOf } from './recording.ts'
import { type CleanRun, cleanRun, type Outcome, tryPoint } from './trial.ts'

export interface RunOptions {
  /** Each nth point only; 1 for all. */
  readonly every: number
  /** Names of operations; all unless given. */
  readonly only?: readonly string[]
}

interface Trial {
  readonly run: CleanRun
  readonly point: Point
}

/** A call whose turn depends on the clock may come otherwise; a point that never comes is an error. */
const attempts = 3
/** Trials at once. */
const hands = 3

/**
 * Records each operation, then repeats it with every mishap at every call, and compares the end. One
 * assertion for each point, and one that none was skipped.
 */
export async function runPoints(t: Test, { every, only }: RunOptions): Promise<void> {
  const founded = await found(2)
  const wanted = operations.filter(({ name }) => only?.includes(name) ?? true)
  const runs = await inParallel(hands, wanted, (operation) => cleanRun(operation, founded))
  const all = runs.flatMap((run) => pointsOf(run.calls).map((point) => ({ run, point })))
  const chosen = all.filter((_, index) => index % every === 0)
  const attempt = async ({ run, point }: Trial): Promise<Outcome> => {
    for (let left = attempts; ; left--) {
      const outcome = await tryPoint(run, point, founded)
      if (outcome.sprung || left === 1) return outcome
    }
  }
  const begun = performance.now()
  const outcomes = await inParallel(hands, chosen, async (trial) => ({
    ...trial,
    ...(await attempt(trial)),
  }))
  const seconds = Math.round((performance.now() - begun) / 1000)

  for (const run of runs) {
    const { name } = run.operation
    const mine = outcomes.filter((outcome) => outcome.run === run)
    t.test(name, (t) => {
      t.comment(`calls: ${run.calls.map((call) => call.name).join(', ')}`)
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

function judge(t: Test, { point, sprung, wrong }: Outcome & Trial): void {
  const title = pointName(point)
  if (sprung) t.strictSame(wrong, [], title)
  else t.fail(`skipped: ${title}`)
}
