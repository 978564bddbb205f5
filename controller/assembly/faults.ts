import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

/** What can be in the way of a controller as a whole. */
export const assemblyFaults = {
  EDGE_ONE_AUTH: {
    kind: 'invalid',
    meaning: 'The file with OpenNebula’s login cannot be read.',
    hint: 'Run the controller as oneadmin, or name the file as "oneAuth" in its configuration.',
  },
  EDGE_ONE_KEY: {
    kind: 'invalid',
    meaning: 'The public key that OpenNebula logs in to hosts with cannot be read.',
    hint: 'Name the file as "oneKey" in the configuration, readable to the user the controller runs as.',
  },
  EDGE_ONE_VERSION: {
    kind: 'broken',
    meaning: 'oned does not tell its version in numbers, and so not which packages its hosts need.',
    hint: 'Make hosts get the packages elsewhere, and empty "profile.kvmPackages" in the configuration.',
  },
  EDGE_CONTROLLER_TWICE: {
    kind: 'conflict',
    meaning: 'A controller works with the same state directory already.',
    hint: 'Stop it first; two would do everything twice.',
  },
  EDGE_DRIVER_FILES: {
    kind: 'broken',
    meaning:
      'OpenNebula’s elastic driver would not find its plug-in, without which no machine with an elastic address starts.',
    hint: 'Install the front-end’s part anew, or name its directory as "driverPath" in the configuration.',
  },
  EDGE_STATE_DIR: {
    kind: 'invalid',
    meaning: 'The controller cannot write to its state directory.',
    hint: 'Create it for the user the controller runs as, or name another as "stateDir".',
  },
  EDGE_PORT_TAKEN: {
    kind: 'conflict',
    meaning: 'The address and port of the REST API cannot be listened on.',
    hint: 'Stop what listens there, or configure another "host" or "port".',
  },
  EDGE_TENURE_LOST: {
    kind: 'conflict',
    meaning: 'Another controller has taken over, or this OpenNebula is no longer the Raft leader.',
    hint: 'Started again, it waits until its OpenNebula leads and goes on from there.',
  },
  EDGE_CLOUD_SILENT: {
    kind: 'broken',
    meaning: 'Scaleway’s API gives no answer at all.',
    hint: 'Check the way out: name service, routes, firewall, proxy; then https://status.scaleway.com.',
  },
  EDGE_AGENT_HOST_MISSING: {
    kind: 'conflict',
    meaning: 'An agent wants to enrol and no OpenNebula host has its server.',
    hint: '`edgectl provision retry` makes the host anew.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(assemblyFaults)
