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
  EDGE_DRIVER_REQUEST: {
    kind: 'invalid',
    meaning:
      'A driver’s request does not have the form it must have, or the controller failed at it.',
    hint: 'Install drivers and controller of the same version: `scripts/install-frontend`.',
  },
  EDGE_RANGE_PROVISION: {
    kind: 'invalid',
    meaning: 'The address range does not say which provision it belongs to.',
    hint: 'Add PROVISION_ID to the address range.',
  },
  EDGE_RANGE_NAMELESS: {
    kind: 'invalid',
    meaning: 'The address range says neither its IP nor its EXTERNAL_IP.',
    hint: 'Remove it with onevnet rmar --force; `edgectl leaks list` shows an address that is left.',
  },
} as const satisfies Catalogue

export const driverApiFault = faultsOf(driverApiFaults)
