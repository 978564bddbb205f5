import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const addressFaults = {
  EDGE_IP_KEY: {
    kind: 'invalid',
    meaning: 'EDGE_KEY does not belong to the provision named in PROVISION_ID.',
    hint: 'Leave EDGE_KEY out of the range.',
  },
  EDGE_IP_KEY_TAKEN: {
    kind: 'conflict',
    meaning: 'An address range of OpenNebula has the flexible IP of this EDGE_KEY already.',
    hint: 'Use that range, or leave EDGE_KEY out to get another address.',
  },
  EDGE_IP_ENDING: {
    kind: 'conflict',
    meaning: 'The provision is being undeployed and gets no more addresses.',
    hint: 'Name another provision as PROVISION_ID.',
  },
  EDGE_IP_UNPROVEN: {
    kind: 'broken',
    meaning: 'The address may belong to a provision whose provider cannot be read.',
    hint: 'Restore the provider’s document, or name the provision as PROVISION_ID in the range.',
  },
  EDGE_IP_TWINS: {
    kind: 'conflict',
    meaning: 'More than one address range of OpenNebula holds the private address.',
    hint: 'Find them with onevnet list -x; remove the one that was made by hand with onevnet rmar --force.',
  },
  EDGE_IP_LEAVING: {
    kind: 'transient',
    meaning: 'The address is just being given back as a leak, because no address range had it.',
    hint: 'Ask again in a minute.',
  },
  EDGE_IP_HANDED_OUT: {
    kind: 'conflict',
    meaning: 'The address was handed out in the last ten minutes, or is being given back already.',
    hint: 'Look at the leaks again in ten minutes.',
  },
  EDGE_IP_POOL_FULL: {
    kind: 'exhausted',
    meaning: 'Every private address pair of the pool is in use.',
    hint: 'Configure a larger pool for elastic VM addresses.',
  },
  EDGE_IP_UNKNOWN: {
    kind: 'missing',
    meaning: 'The provision has no flexible IP with this address.',
    hint: '`edgectl provision addresses` shows those it has.',
  },
  EDGE_IP_MISMATCH: {
    kind: 'conflict',
    meaning: 'The VM address is not the one recorded for the flexible IP.',
    hint: 'Somebody changed the range: give it back the EXTERNAL_IP it had (onevnet updatear).',
  },
  EDGE_IP_STATE: {
    kind: 'broken',
    meaning: 'Scaleway keeps the flexible IP in a state in which it cannot be used.',
    hint: 'Ask Scaleway’s support about the address.',
  },
  EDGE_IP_NOT_READY: {
    kind: 'transient',
    meaning: 'The flexible IP did not get out of its transition in time.',
  },
  EDGE_IP_STILL_THERE: {
    kind: 'transient',
    meaning: 'The flexible IP was deleted but is still listed.',
  },
} as const satisfies Catalogue

export const addressFault = faultsOf(addressFaults)
