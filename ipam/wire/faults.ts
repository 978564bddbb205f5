import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

/** What an IPAM driver can refuse or fail with, in sentences an operator reads in oned.log. */
export const ipamFaults = {
  EDGE_IPAM_REQUEST: {
    kind: 'invalid',
    meaning: 'The driver was not called the way OpenNebula calls it.',
    hint: 'Drivers are started by oned; `edgectl ipam replay` runs a logged call again.',
  },
  EDGE_IPAM_SIZE: {
    kind: 'invalid',
    meaning: 'One address range holds one flexible IP; larger ones are refused.',
    hint: 'Add a range of SIZE 1 for each address.',
  },
  EDGE_IPAM_FAMILY: {
    kind: 'invalid',
    meaning: 'Only IPv4 flexible IPs can be address ranges.',
    hint: 'Leave out SCALEWAY_IP_TYPE, and set TYPE to IP4.',
  },
  EDGE_IPAM_FIXED: {
    kind: 'invalid',
    meaning: 'A range was asked for with addresses of the user’s choice; the cloud chooses them.',
    hint: 'Leave IP and MAC out of the range.',
  },
  EDGE_IPAM_ADDRESS: {
    kind: 'conflict',
    meaning: 'The address asked for is not the one of the range.',
    hint: 'Ask for the address of the range, or for none.',
  },
  EDGE_IPAM_PROVISION: {
    kind: 'invalid',
    meaning: 'The range does not say which provision pays for the address.',
    hint: 'Add PROVISION_ID to the address range.',
  },
  EDGE_IPAM_CONTROLLER: {
    kind: 'transient',
    meaning: 'The controller did not answer the driver.',
    hint: 'Look at the service edgectl.',
  },
} as const satisfies Catalogue

export const ipamFault = faultsOf(ipamFaults)
