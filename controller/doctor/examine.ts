import type { Clock } from '../../lib/clock/index.ts'
import type { CheckName } from './checks.ts'
import { broken, type Finding, finding, type Verdict } from './finding.ts'
import { brokenBy } from './from-fault.ts'

/** One thing to look at; what it throws is what it found. */
export interface Look {
  readonly check: CheckName
  readonly subject?: string
  readonly verdict: () => Promise<Verdict>
}

/** Somebody waits, and what does not answer by then is ill. */
const withinMs = 10_000

/** Looks at everything at once, at each for so long at most. */
export async function examine(
  looks: readonly Look[],
  clock: Pick<Clock, 'patience'>,
): Promise<Finding[]> {
  return await Promise.all(
    looks.map(async ({ check, subject, verdict }) =>
      finding(check, await inTime(verdict, clock.patience(withinMs)), subject),
    ),
  )
}

async function inTime(verdict: Look['verdict'], ms: number): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Verdict>((resolve) => {
    const sentence = `There was no answer within ${Math.ceil(ms / 1000)} s`
    timer = setTimeout(
      () => resolve(broken(sentence, 'Look what hangs, and run edgectl doctor again')),
      ms,
    )
  })
  try {
    return await Promise.race([
      late,
      (async () => await verdict())().catch((error) => brokenBy(error)),
    ])
  } finally {
    clearTimeout(timer)
  }
}

/** Work that several checks share. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= work()
    return running
  }
}
