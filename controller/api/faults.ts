import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

/** What a request can do wrong; the texts are OneForm's where it has one, without a word more. */
export const catalogue = {
  EDGE_REQUEST_INVALID: {
    kind: 'invalid',
    meaning: 'The request is not what this route takes.',
    hint: 'Correct the member that is named.',
    quiet: true,
  },
  EDGE_PROVIDER_INVALID: {
    kind: 'invalid',
    meaning: 'Connection values are missing or wrong.',
    hint: 'Correct the values that are named; `edgectl provider create --help` tells where they come from.',
    quiet: true,
  },
  EDGE_PROVIDER_CHANGED: {
    kind: 'conflict',
    meaning:
      'The connection of a provider was changed while a request to change it was being checked.',
    hint: 'Look at the provider, and ask again if it is still wanted.',
    quiet: true,
  },
  EDGE_PROVISION_INVALID: {
    kind: 'invalid',
    meaning: 'Inputs of a provision are wrong.',
    hint: 'Correct the inputs that are named.',
    quiet: true,
  },
  EDGE_DRIVER_UNKNOWN: {
    kind: 'missing',
    meaning: 'No driver of that name is served here.',
    hint: 'The only one is scaleway.',
    quiet: true,
  },
  EDGE_STOCK_UNREACHABLE: {
    kind: 'transient',
    meaning: 'What is not ours was passed on, and the stock OneForm server gave no answer.',
    hint: 'Check that it runs, and "oneform.stock" in the configuration. What is ours needs it not.',
  },
  EDGE_STOCK_ANSWER: {
    kind: 'broken',
    meaning: 'The stock OneForm server answered what cannot be joined to ours.',
    hint: 'Look into its log, and whether "oneform.stock" in the configuration is a OneForm server.',
  },
  EDGE_DRIVER_DISABLED: {
    kind: 'invalid',
    meaning:
      'An administrator has switched the driver off: what exists goes on, nothing new is made.',
    hint: 'Ask oneadmin to enable it.',
    quiet: true,
  },
  EDGE_ADMIN_ONLY: {
    kind: 'denied',
    meaning: 'Only oneadmin and users in its group may do this.',
    hint: 'Ask oneadmin.',
  },
  EDGE_PROVISION_FIXED: {
    kind: 'conflict',
    meaning: 'Only the name and description of a provision can be updated.',
    hint: 'Leave out what is named, or send it as it is shown.',
  },
  EDGE_NOT_ALLOWED: {
    kind: 'denied',
    meaning: 'The user has no MANAGE right on the document.',
    hint: 'Ask its owner or oneadmin.',
  },
  EDGE_LOGINS_MANY: {
    kind: 'transient',
    meaning:
      'More logins wait to be checked by oned than it can answer soon; somebody may be guessing passwords.',
    hint: 'Try again in a moment; the log of oned tells whose passwords are tried.',
  },
  EDGE_STREAMS_MANY: {
    kind: 'exhausted',
    meaning:
      'One user follows so many streams of events that connections would run out for others.',
    hint: 'End some of the commands that wait for progress.',
  },
  EDGE_SCALE_DIRECTION: {
    kind: 'conflict',
    meaning: 'A provision is scaled up or down, and nothing else.',
    hint: 'Ask for the direction `up` or `down`.',
    quiet: true,
  },
  EDGE_CHANGE_FAILED: {
    kind: 'broken',
    meaning:
      'A change that was waited for failed, or was given up because the provision was undeployed meanwhile.',
    hint: '`edgectl provision show` tells its state; from SCALING_FAILURE `edgectl provision retry` goes on with it, with --give-up it is left out.',
  },
  EDGE_CHANGE_UNENDED: {
    kind: 'transient',
    meaning: 'The controller was told to stop before a change that was waited for had ended.',
    hint: 'Do not ask for it again: it goes on when the controller starts. `edgectl provision show` tells when it has ended.',
  },
  EDGE_STATE_UNFIT: {
    kind: 'conflict',
    meaning: 'The provision is not in a state that allows this.',
    hint: '`edgectl provision show` tells its state; with --force more is allowed.',
    quiet: true,
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)
