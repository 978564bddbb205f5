import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

/** What can go wrong with documents. */
export const catalogue = {
  EDGE_DOCUMENT_MISSING: {
    kind: 'missing',
    meaning: 'No document of that id and type exists.',
    hint: '`edgectl provider list` and `edgectl provision list --all` show what there is.',
    quiet: true,
  },
  EDGE_DOCUMENT_FOREIGN: {
    kind: 'missing',
    meaning: 'The document was made by another OneForm server, and this one does not touch it.',
    hint: 'Ask that server; with "oneform.stock" in the configuration this one passes it on.',
  },
  EDGE_DOCUMENT_ALTERED: {
    kind: 'conflict',
    meaning: 'A document of this engine was written by somebody else than this controller.',
    hint: 'Restore it, or have its owner delete it with onedocument.',
  },
  EDGE_DOCUMENT_MOVED: {
    kind: 'conflict',
    meaning: 'A document was written to between the look at it and the change.',
    hint: 'Look again, then ask again.',
  },
  EDGE_PROVIDER_IN_USE: {
    kind: 'conflict',
    meaning: 'A provider cannot be deleted while provisions were made with it.',
    hint: 'Undeploy them first.',
    quiet: true,
  },
  EDGE_PROVIDER_BOUND: {
    kind: 'conflict',
    meaning: 'A provider keeps its project and zone while provisions were made with it.',
    hint: 'What they have would not be found elsewhere. Undeploy them first, or create another provider.',
  },
  EDGE_DRIVER_STATE: {
    kind: 'conflict',
    meaning: 'A driver is enabled, or disabled, already.',
    hint: 'Nothing needs to be done.',
    quiet: true,
  },
  EDGE_DRIVER_STATES_INVALID: {
    kind: 'broken',
    meaning: 'The document that tells which drivers are disabled cannot be read.',
    hint: 'Delete it with onedocument; all drivers are enabled then.',
  },
  EDGE_DOCUMENT_TOO_LARGE: {
    kind: 'exhausted',
    meaning: 'A body would grow past what OpenNebula stores.',
    hint: 'Use fewer tags, and fewer hosts and addresses in one provision.',
  },
  EDGE_SECRET_UNREADABLE: {
    kind: 'broken',
    meaning: 'A sealed value was written under another controller document.',
    hint: 'Restore the controller document it was written under, or create the provider again.',
  },
  EDGE_CONTROLLER_DOCUMENT_AMBIGUOUS: {
    kind: 'broken',
    meaning: 'More than one controller document exists, so the identity of this cloud is unclear.',
    hint: 'Keep the one whose cloud id the tags at Scaleway carry and delete the others.',
  },
  EDGE_CONTROLLER_DOCUMENT_LOST: {
    kind: 'broken',
    meaning: 'Providers or provisions exist and the controller document with their keys does not.',
    hint: 'Restore it from a backup of OpenNebula; without it delete them, and by hand what they have at Scaleway.',
  },
  EDGE_CONTROLLER_DOCUMENT_INVALID: {
    kind: 'broken',
    meaning: 'The controller document does not hold a cloud id, an epoch and a master secret.',
    hint: 'Restore it from a backup of OpenNebula.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)
