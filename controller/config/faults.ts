import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const configFaults = {
  EDGE_CONFIG_UNREADABLE: {
    kind: 'invalid',
    meaning: 'The configuration file is missing or no JSON.',
    hint: 'It is one JSON object; docs/configuration.md lists its members.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(configFaults)
