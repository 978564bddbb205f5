import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import { broken, type Verdict } from './finding.ts'

/** What was thrown as something broken: its hint is the fix, unless a better one is known here. */
export function brokenBy(error: unknown, fix?: string): Verdict {
  const sentence = sentenceOf(error)
  const hint = error instanceof Fault ? error.details.hint : undefined
  const told = hint === undefined ? sentence : sentence.replace(` — ${hint}`, '')
  return broken(told, fix ?? hint ?? 'Look into the controller’s log: journalctl -u edgectl')
}
