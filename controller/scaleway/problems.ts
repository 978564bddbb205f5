import { Fault, type FaultKind } from '../../lib/fault/index.ts'
import { fault } from './faults.ts'

/** What is in the way of a plan, collected so that all of it is told at once. */
export interface Problems {
  /**
   * The result of one check; undefined when it found something in the way, which is kept under the name
   * of the input that may be changed. What says nothing about the request (the cloud is away, it does
   * not know the key) is thrown.
   */
  look<T>(input: string, check: () => Promise<T> | T): Promise<T | undefined>
  /** Throws what was found: one fault as it is, several as EDGE_PLAN_REFUSED with all of them. */
  refuse(): void
}

const aboutTheRequest: ReadonlySet<FaultKind> = new Set([
  'invalid',
  'denied',
  'exhausted',
  'conflict',
])

interface Problem {
  readonly input: string
  readonly fault: Fault
}

export function createProblems(): Problems {
  const found: Problem[] = []
  return {
    async look(input, check) {
      try {
        return await check()
      } catch (error) {
        const known = error instanceof Fault && error.code !== 'EDGE_CLOUD_CREDENTIALS'
        if (!known || !aboutTheRequest.has(error.kind)) throw error
        found.push({ input, fault: error })
        return undefined
      }
    },
    refuse() {
      const problems = withoutEchoes(found)
      const [first] = problems
      if (first !== undefined) throw problems.length === 1 ? named(first) : together(problems)
    },
  }
}

/** A missing right fails other looks too; the look at rights itself names it with all others. */
function withoutEchoes(found: readonly Problem[]): readonly Problem[] {
  const denied = found.find(({ input, fault: one }) => input === accessInput && isDenied(one))
  return denied === undefined
    ? found
    : found.filter((one) => one === denied || !isDenied(one.fault))
}

const isDenied = ({ code }: Fault) => code === 'EDGE_CLOUD_DENIED'

/** Rights belong to the provider, not to an input of the provision. */
export const accessInput = 'provider_id'

function named({ input, fault: one }: Problem): Fault {
  if (one.kind !== 'invalid' || one.details.context) return one
  const context = { [input]: [one.sentence] }
  return one.with({ context })
}

function together(problems: readonly Problem[]): Fault {
  const context: Record<string, string[]> = {}
  for (const { input, fault: one } of problems)
    context[input] = [...(context[input] ?? []), one.sentence]
  const all = problems.map((problem) => problem.fault.sentence).join('; ')
  return fault('EDGE_PLAN_REFUSED', `${problems.length} things are in the way: ${all}`, {
    context,
    cause: problems.map((problem) => problem.fault),
  })
}
