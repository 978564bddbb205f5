import type { CheckName } from './checks.ts'

/** `warning`: it works, and somebody may mind. `skipped`: it could not be judged, the sentence says why. */
export type Status = 'ok' | 'warning' | 'broken' | 'skipped'

/** How something was found. */
export interface Verdict {
  readonly status: Status
  readonly sentence: string
  /** What to do; null where nothing is to be done. */
  readonly fix: string | null
}

export interface Finding extends Verdict {
  readonly check: CheckName
  /** Which of several was looked at, like `provider 3`; null where there is only one. */
  readonly subject: string | null
}

export const ok = (sentence: string): Verdict => ({ status: 'ok', sentence, fix: null })

export const warning = (sentence: string, fix: string): Verdict => ({
  ...{ status: 'warning', sentence, fix },
})

export const broken = (sentence: string, fix: string): Verdict => ({
  ...{ status: 'broken', sentence, fix },
})

export const skipped = (why: string, fix: string | null = null): Verdict => ({
  ...{ status: 'skipped', sentence: why, fix },
})

/** The verdict as the finding of a check. */
export function finding(check: CheckName, verdict: Verdict, subject: string | null = null) {
  return { check, subject, ...verdict } satisfies Finding
}
