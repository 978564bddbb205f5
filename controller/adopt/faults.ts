import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

/** What keeps a provision of the stock OneForm server from being looked at at all. */
export const adoptFaults = {
  EDGE_ADOPT_OURS: {
    kind: 'conflict',
    meaning: 'The provision was made by edgectl; there is nothing to take over.',
    hint: '`edgectl provision show` tells its state; `retry` goes on with what has failed.',
  },
  EDGE_ADOPT_OTHER: {
    kind: 'conflict',
    meaning: 'Only provisions of the stock Scaleway driver can be taken over.',
    hint: 'Leave others to the stock OneForm server.',
  },
  EDGE_ADOPT_UNREADABLE: {
    kind: 'conflict',
    meaning: 'The document of a stock provision is not as the stock OneForm server writes it.',
    hint: 'Compare it with what the stock server shows of it.',
  },
  EDGE_ADOPT_IN_THE_WAY: {
    kind: 'conflict',
    meaning:
      'Something must be put right before the provision can be taken over; nothing was changed.',
    hint: 'Put right what is named, then ask again.',
  },
  EDGE_ADOPT_CHANGED: {
    kind: 'conflict',
    meaning:
      'What taking the provision over would be is not what was shown any more; nothing was changed.',
    hint: 'Look at the plan again: edgectl provision adopt.',
  },
  EDGE_ADOPT_PROVIDER: {
    kind: 'invalid',
    meaning: 'The provider named for taking a provision over pays for another project or zone.',
    hint: 'Name one of the same project and zone, or make one: edgectl provider create.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(adoptFaults)
