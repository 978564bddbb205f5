import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const driverApiFaults = {
  EDGE_SOCKET_TAKEN: {
    kind: 'conflict',
    meaning: 'Another controller listens on the drivers’ socket.',
    hint: 'Stop the other controller, or configure another socket.',
  },
  EDGE_SOCKET_UNUSABLE: {
    kind: 'invalid',
    meaning: 'The drivers’ socket cannot be made.',
    hint: 'Create its directory for the user the controller runs as, or name another as "socket".',
  },
  EDGE_RANGE_PROVISION: {
    kind: 'invalid',
    meaning: 'The address range does not say which provision it belongs to.',
    hint: 'Add PROVISION_ID to the address range.',
  },
  EDGE_RANGE_NAMELESS: {
    kind: 'invalid',
    meaning: 'The address range says neither its IP nor its EXTERNAL_IP.',
  },
} as const satisfies Catalogue

export const driverApiFault = faultsOf(driverApiFaults)
