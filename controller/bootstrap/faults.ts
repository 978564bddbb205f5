import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const catalogue = {
  EDGE_SSH_UNREACHABLE: {
    kind: 'transient',
    meaning: "A server's SSH port does not answer, or the connection broke.",
  },
  EDGE_SSH_DENIED: {
    kind: 'denied',
    meaning: "A server does not take the controller's SSH key.",
    hint: 'Was the server installed with the SSH key of this provision?',
  },
  EDGE_SSH_HOST_KEY: {
    kind: 'broken',
    meaning: 'A server shows another host key than the one given to it at order time.',
    hint: 'Somebody answers in its place, or it was installed without our user data.',
  },
  EDGE_EQUIPMENT_FAILED: {
    kind: 'broken',
    meaning: 'A step of the installation failed on the host.',
    hint: 'The step and what the host said are named; `retry` goes on from here.',
  },
  EDGE_AGENT_PACKAGE: {
    kind: 'broken',
    meaning: 'The archive with the agent, which the controller brings to hosts, cannot be read.',
    hint: 'Build or install it anew, or name it as "agentPackage" in the configuration.',
  },
  EDGE_PACKAGE_NAME: {
    kind: 'invalid',
    meaning: 'The host profile names a package that cannot exist.',
    hint: 'Correct "profile.packages" in the configuration.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)
