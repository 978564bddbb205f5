import { type CheckName, checks } from './checks.ts'
import type { Finding } from './finding.ts'

export interface Diagnosis {
  readonly broken: number
  readonly warnings: number
  /** In the order to read them. */
  readonly checks: readonly Finding[]
}

export interface Ties {
  /** Whether the controller that was asked is the one of this machine. */
  readonly sameMachine: boolean
}

/**
 * Findings in their order, with what follows from another one told as such: one cause gives one
 * finding that is broken, however many things fail for it.
 */
export function diagnose(findings: readonly Finding[], { sameMachine }: Ties): Diagnosis {
  const ordered = findings.toSorted((a, b) => rank(a) - rank(b))
  const causes = new Set<Finding>()
  const told = ordered.map((one) => {
    if (one.status !== 'broken' && one.status !== 'warning') return one
    const cause = [...causes].find((other) => explains(other, one, sameMachine))
    if (cause === undefined) {
      if (one.status === 'broken') causes.add(one)
      return one
    }
    return echoOf(one, cause)
  })
  const count = (status: Finding['status']) => told.filter((one) => one.status === status).length
  return { broken: count('broken'), warnings: count('warning'), checks: told }
}

function explains(cause: Finding, effect: Finding, sameMachine: boolean): boolean {
  const ofOthers = cause.subject !== null && cause.subject !== effect.subject
  return !ofOthers && needsOf(effect.check, sameMachine).has(cause.check)
}

/** All that stand behind a check, also behind what it needs itself. */
function needsOf(check: CheckName, sameMachine: boolean): ReadonlySet<string> {
  // A controller elsewhere does not run by the unit that is here.
  if (check === 'controller' && !sameMachine) return new Set(['transport'])
  const direct: readonly CheckName[] = checks.find(({ name }) => name === check)?.needs ?? []
  return new Set([...direct, ...direct.flatMap((name) => [...needsOf(name, sameMachine)])])
}

function echoOf(effect: Finding, { check, subject }: Finding): Finding {
  const cause = subject === null ? check : `${check}, ${subject}`
  const sentence = `not judged: it follows from what is broken above (${cause})`
  return { ...effect, status: 'skipped', sentence, fix: null }
}

function rank({ check }: Finding): number {
  return checks.findIndex(({ name }) => name === check)
}
