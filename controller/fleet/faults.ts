import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const fleetFaults = {
  EDGE_FLEET_UNKNOWN: {
    kind: 'missing',
    meaning: 'The provision or server has no hosts that this controller leads.',
    hint: 'Wait until the provision is RUNNING, or retry it.',
  },
  EDGE_ELASTIC_UNKNOWN: {
    kind: 'missing',
    meaning: 'No NIC of a VM on the host has the elastic address.',
    hint: 'Look at the NICs of the VM with onevm show.',
  },
  EDGE_ELASTIC_TAKEN: {
    kind: 'conflict',
    meaning: 'Another VM has the elastic address.',
    hint: 'Detach it there first, or let OpenNebula choose another.',
  },
  EDGE_ELASTIC_REFUSED: {
    kind: 'conflict',
    meaning: 'The elastic address could not be compiled into the host’s state.',
    hint: 'Correct what the message names, then start the VM again (onevm recover --retry).',
  },
  EDGE_ELASTIC_CALLED_OFF: {
    kind: 'conflict',
    meaning: 'The elastic address was wanted elsewhere before it was attached.',
    hint: 'Nothing is to be done: the later wish holds.',
  },
  EDGE_ELASTIC_NOT_READY: {
    kind: 'transient',
    meaning: 'The cloud did not take the request for the elastic address in time.',
    hint: 'Start the VM again (onevm recover --retry) when Scaleway answers.',
  },
} as const satisfies Catalogue

export const fleetFault = faultsOf(fleetFaults)
