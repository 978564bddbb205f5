import { type Catalogue, faultsOf } from '../fault/index.ts'

export const clockFaults = {
  EDGE_WAITED_TOO_LONG: {
    kind: 'broken',
    meaning: 'What was waited for did not come within its time.',
    hint: 'Look at the object at its own console; `retry` goes on from here.',
  },
} as const satisfies Catalogue

export const clockFault = faultsOf(clockFaults)
