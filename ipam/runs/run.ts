import type { Outcome } from '../wire/driver.ts'

/** The question a driver asked the controller, and how that ended. */
export interface Talk {
  readonly path: string
  readonly ms: number
  /** Absent when no answer came; `failure` says why. */
  readonly status?: number
  readonly text?: string
  readonly failure?: string
}

/** One run of a driver, from start to end. */
export interface Run {
  readonly driver: string
  readonly argv: readonly string[]
  /** Standard input as it came, a character per byte. */
  readonly input: string
  readonly outcome: Outcome
  /** Code of the Fault it failed with. */
  readonly code?: string
  readonly talk?: Talk
  /** Since the process was started. */
  readonly ms: number
  /** When it ended, in milliseconds since 1970. */
  readonly at: number
}

/** What a run said, as far as it decides what oned does. */
export interface Said {
  readonly exitCode: 0 | 1
  readonly answer: string
  /** The failure, or the warning beside an answer. */
  readonly said?: string
}

export function saidBy({ exitCode, stdout, stderr }: Outcome): Said {
  const lines = stderr.split('\n').filter((line) => line !== '')
  const said = lines.at(-1)
  return { exitCode, answer: stdout, ...(said === undefined ? {} : { said }) }
}
