import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const catalogue = {
  EDGE_AGENT_REFUSED: {
    kind: 'denied',
    meaning: 'An agent could not prove that it is the one of its server.',
    hint: 'Install the host again: it receives a new token.',
  },
  EDGE_AGENT_ABSENT: {
    kind: 'broken',
    meaning: 'The agent of a server did not log in within its time.',
    hint: 'Look at `systemctl status edge-agent` on the host; `retry` goes on from here.',
  },
  EDGE_SPEC_NOT_APPLIED: {
    kind: 'broken',
    meaning: 'A host did not reach its desired state within its time.',
    hint: 'The host goes on trying; `retry` goes on from here.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)
