import type { ParseInputs } from '../api/index.ts'
import type { Config } from '../config/index.ts'
import type { Documents } from '../documents/index.ts'
import {
  freeBlock,
  inputValues,
  neighboursOf,
  parseInputs,
  userInputsFor,
} from '../provision/index.ts'

/** The inputs of a new provision, with the defaults of this site at this moment. */
export function siteInputs(
  { profile }: Pick<Config, 'profile'>,
  { provisions }: { readonly provisions: Pick<Documents['provisions'], 'list'> },
): ParseInputs {
  return async (values) => {
    const inputs = parseInputs(values, userInputsFor(profile.hypervisor))
    if (values['cidr_block']) return inputValues(inputs)
    const cidr = freeBlock(inputs.cidr, neighboursOf(await provisions.list()))
    return inputValues({ ...inputs, cidr })
  }
}
