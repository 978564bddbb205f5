import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const runFaults = {
  EDGE_RUN_CUT: {
    kind: 'invalid',
    meaning: 'The request of a logged run was too long to be kept, so it cannot be run again.',
    hint: 'Take another line.',
  },
} as const satisfies Catalogue

export const runFault = faultsOf(runFaults)
