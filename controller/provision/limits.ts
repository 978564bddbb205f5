import type { InputSpec } from '../documents/index.ts'
import { fault } from './faults.ts'
import { userInputs } from './user-inputs.ts'
import type { Work } from './work.ts'

/**
 * That an input stays in its own range, as the document has it from its creation. Throws
 * EDGE_INPUTS_INVALID, with the request's `field` in its context.
 */
export function checkLimit({ body }: Work, input: string, total: number, field: string): void {
  const named = ({ name }: InputSpec) => name === input
  const match = (body.user_inputs.find(named) ?? userInputs.find(named))?.match
  const max = match?.type === 'number' ? match.values.max : undefined
  if (max === undefined || total <= max) return
  const message = `${input} would be ${total}, and at most ${max} are possible`
  throw fault('EDGE_INPUTS_INVALID', message, { context: { [field]: [message] } })
}
