import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const stateFaults = {
  EDGE_AGENT_CONFIG: {
    kind: 'missing',
    meaning: 'The agent has no configuration.',
    hint: 'The controller writes it when it installs the host.',
  },
  EDGE_AGENT_DAMAGED: {
    kind: 'broken',
    meaning: 'The file with the last good specification does not hold one.',
    hint: 'A running agent writes it anew with the next change; is the disk full?',
  },
  EDGE_AGENT_TWICE: {
    kind: 'conflict',
    meaning: 'Another agent works with the same state directory.',
    hint: '`systemctl status edge-agent` shows the one that runs.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(stateFaults)
