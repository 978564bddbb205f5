import { scrub } from '../log/secrets.ts'

/**
 * What kind of failure it is, which decides HTTP status, exit code and whether to try again:
 * - `invalid`    the request cannot be right (400, exit 2)
 * - `denied`     credentials or permissions (403, exit 2)
 * - `missing`    the object is not there (404, exit 2)
 * - `conflict`   not in this state, or somebody else's (405 as OneForm answers, exit 2)
 * - `exhausted`  quota or stock (409, exit 1)
 * - `transient`  would work later; callers that own a retry may try again (503, exit 1)
 * - `broken`     anything else (500, exit 1)
 */
export type FaultKind =
  | 'invalid'
  | 'denied'
  | 'missing'
  | 'conflict'
  | 'exhausted'
  | 'transient'
  | 'broken'

export interface FaultDetails {
  /** Which object, in words an operator can search for: "server host-0 (id …)". */
  readonly object?: string
  /** What the other side said, verbatim and short. */
  readonly answer?: string
  /** The other side's request id. */
  readonly requestId?: string
  /** What to do next; overrides the catalogue's. */
  readonly hint?: string
  /** When a retry may make sense, in milliseconds. */
  readonly retryAfterMs?: number
  /** Per-field messages, as OneForm's `context` carries them. */
  readonly context?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The one error class of the suite: code, what, which object, what the other side said, what to do. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly kind: FaultKind
  readonly details: FaultDetails

  constructor(code: string, kind: FaultKind, message: string, details: FaultDetails = {}) {
    super(scrub(message), details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.kind = kind
    this.details = {
      ...details,
      ...(details.answer === undefined ? {} : { answer: scrub(details.answer) }),
    }
  }

  /** The same, and more about it. */
  with(details: FaultDetails): Fault {
    return new Fault(this.code, this.kind, this.message, { ...this.details, ...details })
  }

  /** All of it in one line: what, which object, the answer with its request id, what to do. */
  get sentence(): string {
    const { object, answer, requestId, hint } = this.details
    const parts = [this.message]
    if (object !== undefined && !this.message.includes(object)) parts.push(`(${object})`)
    // What is told in the other side's own words is told once.
    if (answer && (requestId || !answer.endsWith(this.message)))
      parts.push(`— answer: ${answer}${requestId ? ` [request ${requestId}]` : ''}`)
    if (hint) parts.push(`— ${hint}`)
    return scrub(parts.join(' '))
  }
}

/** The sentence of any thrown value; a Fault's own, else its message, secrets removed. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Fault) return error.sentence
  return scrub(error instanceof Error ? error.message : String(error))
}

/** The sentence with a Fault's code in front: docs/errors.md tells more under that. */
export function reportOf(error: unknown): string {
  return error instanceof Fault ? `${error.code}: ${error.sentence}` : sentenceOf(error)
}

/** What the other side said, for a fault that is made of this one and knows more about the object. */
export function saidIn(error: unknown): Pick<FaultDetails, 'answer' | 'requestId'> {
  if (!(error instanceof Fault)) return {}
  const { answer, requestId } = error.details
  return {
    ...(answer === undefined ? {} : { answer }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}
