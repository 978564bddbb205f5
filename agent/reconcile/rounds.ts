import type { FrrOutcome, NetworkStep } from '../plan/index.ts'

/** One look, and what was done about what it found. */
export interface Round {
  /** Nothing is left to be done, and that was seen. */
  readonly isRight: boolean
  readonly steps: readonly NetworkStep[]
  readonly frrSteps: FrrOutcome['steps']
  readonly faults: readonly string[]
  readonly repairs: readonly string[]
}

/** One round changes, the next verifies; a third for what only shows once the second is done. */
const patientRounds = 3
/** While VMs come and go each round finds something new; the next call goes on where this one ends. */
const maxRounds = 6

/**
 * Rounds until one finds all right, or gives way (null); each is put into `done`, for whoever wants to
 * know of them when a later one throws. Only a step that does not hold is a fault, a new one is news.
 */
export async function rounds(
  next: () => Promise<Round | null>,
  done: Round[],
  giveWay: AbortSignal | undefined,
): Promise<{ faults: readonly string[]; gaveWay: boolean }> {
  const seen = (faults: readonly string[]) => ({ faults, gaveWay: false })
  for (let count = 1; ; count++) {
    const last = await next()
    if (last === null) return { faults: done.at(-1)?.faults ?? [], gaveWay: true }
    const before = done.at(-1)?.steps ?? []
    done.push(last)
    if (last.isRight || count === maxRounds) return seen(last.faults)
    if (giveWay?.aborted) return { faults: last.faults, gaveWay: true }
    if (count < patientRounds) continue
    const tried = new Set(before.map((step) => JSON.stringify(step)))
    const stuck = last.steps.filter((step) => tried.has(JSON.stringify(step)))
    if (stuck.length === 0) continue
    if (last.faults.length > 0) return seen(last.faults)
    return seen(stuck.map(({ sentence }) => `It does not stay done: ${sentence}`))
  }
}
