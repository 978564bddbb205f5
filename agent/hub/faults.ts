import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const hubFaults = {
  EDGE_LOGIN_REFUSED: {
    kind: 'denied',
    meaning: 'The controller refuses this agent.',
    hint: '`edgectl provision retry` installs the host again, with a new token.',
  },
  EDGE_LOGIN_FAILED: {
    kind: 'transient',
    meaning: 'The controller did not do its part of the login.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(hubFaults)
