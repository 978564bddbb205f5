import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const leakFaults = {
  EDGE_LEAK_DEPOSED: {
    kind: 'conflict',
    meaning: 'This controller may not act any more, so it releases nothing.',
    hint: 'Ask the controller that has taken over.',
  },
  EDGE_LEAK_UNSEEN: {
    kind: 'transient',
    meaning: 'A leak could not be looked at once more before its release, so it was left alone.',
    hint: 'Release it again when Scaleway answers.',
  },
  EDGE_LEAK_GUESTS: {
    kind: 'conflict',
    meaning: 'The provision’s document is gone, and virtual machines still live on its hosts.',
    hint: 'Terminate them, or restore the document; then look again.',
  },
  EDGE_LEAK_PLACE: {
    kind: 'conflict',
    meaning: 'No provider’s key opens the project and zone of the object any more.',
    hint: 'Create a provider for the project, or delete the object at Scaleway’s console.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(leakFaults)
