import { AnswerLost, lookFor } from './answer-lost.ts'
import { Failure, failed } from './failure.ts'

/** Nobody answers there, and why. */
export class Silence extends Failure {
  readonly reason: string

  constructor(url: URL, reason: string) {
    const hint = 'start it there (systemctl start edgectl) or name another with --server'
    super(`No controller answers at ${url.href} (${reason}); ${hint}`, failed)
    this.reason = reason
  }
}

/** What is asked of a server. */
export interface Question {
  readonly method: string
  /** Without the API's prefix. */
  readonly path: string
  readonly target: URL
  /** It may be asked again without harm. */
  readonly harmless: boolean
}

/** What it means that a question which may have arrived has no answer. */
export function unanswered(
  { method, path, target, harmless }: Question,
  url: URL,
  reason: string,
): Silence | AnswerLost {
  if (harmless) return new Silence(url, reason)
  return new AnswerLost({ asked: `${method} ${target.pathname}`, reason, look: lookFor(path) })
}
