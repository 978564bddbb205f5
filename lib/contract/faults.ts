import { type Catalogue, faultsOf } from '../fault/index.ts'

export const contractFaults = {
  EDGE_MESSAGE_INVALID: {
    kind: 'invalid',
    meaning: 'A message, file or configuration does not have the form it must have.',
    hint: 'Correct the member that is named; between programs, install the same version of both.',
  },
} as const satisfies Catalogue

export const contractFault = faultsOf(contractFaults)
