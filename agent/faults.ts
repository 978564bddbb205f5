import { type Catalogue, faultsOf } from '../lib/fault/index.ts'

/** What the agent's own commands can meet. */
export const agentFaults = {
  EDGE_AGENT_NO_SPEC: {
    kind: 'missing',
    meaning: 'No specification was kept on this host.',
    hint: 'Give one: `edge-agent plan --spec FILE`.',
  },
  EDGE_AGENT_SPEC_UNREADABLE: {
    kind: 'invalid',
    meaning: 'The file given cannot be read as a specification.',
    hint: 'Give a file as the agent keeps it: `last-good.json` in its state directory.',
  },
  EDGE_AGENT_SILENT: {
    kind: 'transient',
    meaning: 'No agent answers on this host.',
    hint: 'Look at `systemctl status edge-agent`; the socket is for root.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(agentFaults)
