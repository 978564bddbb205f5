import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

/** What can go wrong while the host's network is read. */
export const catalogue = {
  EDGE_KERNEL_UNREADABLE: {
    kind: 'broken',
    meaning: "The agent could not read the host's network from the kernel.",
    hint: 'Check that iproute2 and nftables are installed and that the agent runs as root.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)
