import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const catalogue = {
  EDGE_DOCTOR_AMBIGUOUS: {
    kind: 'invalid',
    meaning: 'The name given to the doctor fits several objects of this host.',
    hint: 'Give the id or the address instead.',
  },
  EDGE_DOCTOR_NO_SPEC: {
    kind: 'missing',
    meaning: 'This host has no specification yet, so nothing says how it should be.',
    hint: 'The controller sends one when it knows the host: `edgectl provision show` there tells.',
  },
  EDGE_DOCTOR_UNKNOWN: {
    kind: 'missing',
    meaning: 'The name given to the doctor is none of this host.',
    hint: 'Ask on the host that has it: `onevm show` names it.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)
