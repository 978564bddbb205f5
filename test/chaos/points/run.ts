import type { Test } from 'tap'
import { found } from '../world/found.ts'
import { awaitingTruthCheck } from './awaiting-truth-check.ts'
import { inParallel } from './in-parallel.ts'
import { operations } from './operations.ts'
import { type Point, pointName, pointsOf } from './recording.ts'
import { type CleanRun, cleanRun, type Outcome, tryPoint } from './trial.ts'

export interface RunOptions {
  /** Each nth point only; 1 for all. */
  readonly every: number
  /** Trials at once. */
  readonly hands?: number
}

interface Trial {
  readonly run: CleanRun
  readonly point: Point
}

/** A call whose turn depends on the clock may come otherwise; a point that never comes is an error. */
const attempts = 3

/**
 * Records each operation, then repeats it with every mishap at every call, and compares the end. One
 * assertion for each point, one for each operation that nothing was skipped.
 */
export async function runPoints(t: Test, { every, hands = 3 }: RunOptions): Promise<void> {
  const founded = await found(2)
  const runs: CleanRun[] = []
  for (const operation of operations) runs.push(await cleanRun(operation, founded))
  const all = runs.flatMap((run) => pointsOf(run.calls).map((point) => ({ run, point })))
  const chosen = all.filter((_, index) => index % every === 0)

  const attempt = async ({ run, point }: Trial): Promise<Outcome> => {
    for (let left = attempts; ; left--) {
      const outcome = await tryPoint(run, point, founded)
      if (outcome.sprung || left === 1) return outcome
    }
  }
  const outcomes = await inParallel(hands, chosen, async (trial) => ({
    ...trial,
    ...(await attempt(trial)),
  }))

  for (const run of runs) {
    const mine = outcomes.filter((outcome) => outcome.run === run)
    const { name } = run.operation
    t.test(name, (t) => {
      const waiting = new Set(awaitingTruthCheck[name])
      for (const { point, sprung, wrong } of mine) {
        const title = pointName(point)
        if (!sprung) t.fail(`skipped: ${title}`)
        else if (waiting.has(title)) t.not(wrong.length, 0, `waits for the truth check: ${title}`)
        else t.strictSame(wrong, [], title)
      }
      t.end()
    })
  }
  const skipped = outcomes.filter(({ sprung }) => !sprung).length
  t.equal(outcomes.length, chosen.length)
  t.equal(skipped, 0, 'no point was skipped')
  t.comment(`${outcomes.length - skipped} of ${all.length} points tried, ${skipped} skipped`)
}
