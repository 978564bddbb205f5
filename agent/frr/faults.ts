import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

export const catalogue = {
  EDGE_FRR_ABSENT: {
    kind: 'transient',
    meaning: "An FRR daemon's vty socket does not answer.",
    hint: 'Look at `systemctl status frr` on the host.',
  },
  EDGE_FRR_BLIND: {
    kind: 'transient',
    meaning: 'zebra does not know the address of the underlay, so no BGP session can come up.',
    hint: 'Look at `vtysh -c "show interface scwpn"` and `ip address show scwpn` on the host.',
  },
  EDGE_FRR_REFUSED: {
    kind: 'broken',
    meaning: 'FRR refused a line of its configuration, or took it and does not show it.',
    hint: 'Look at `journalctl -u frr` on the host, and at its version in docs/network.md.',
  },
  EDGE_FRR_VALUE_UNSAFE: {
    kind: 'invalid',
    meaning: 'A value of the specification cannot stand in an FRR configuration.',
    hint: 'Correct the attribute in OpenNebula that has it.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)
