import { type Document, type ProvisionBody, states } from '../documents/index.ts'
import type { Neighbour } from './address-ranges.ts'
import { parseInputs } from './inputs.ts'

/** The provisions that still have networks, without the one of that id. */
export function neighboursOf(
  provisions: readonly Document<ProvisionBody>[],
  own?: number,
): Neighbour[] {
  return provisions
    .filter(({ id, body }) => id !== own && body.state !== states.DONE)
    .flatMap(({ id, body }) => {
      const cidr = cidrOf(body)
      return cidr === undefined ? [] : [{ id, cidr }]
    })
}

/** Undefined for inputs that were never valid: such a provision has made nothing. */
function cidrOf({ user_inputs_values }: ProvisionBody): string | undefined {
  try {
    return parseInputs(user_inputs_values).cidr
  } catch {
    return undefined
  }
}
