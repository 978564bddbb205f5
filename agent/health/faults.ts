import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const catalogue = {
  EDGE_PING_MISSING: {
    kind: 'broken',
    meaning: 'The underlay cannot be measured, because ping cannot be started.',
    hint: 'Install iputils-ping on the host.',
  },
  EDGE_COUNTERS_UNREADABLE: {
    kind: 'transient',
    meaning: 'The traffic counters of a public network could not be read.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)
