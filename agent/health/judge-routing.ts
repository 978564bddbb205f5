import type { Findings } from './findings.ts'

/** What FRR does not know or does not do; its silence is a finding of its own for each daemon. */
export function routing({ spec, frr }: Findings): string[] {
  if (spec === null) return []
  const silent = new Set(frr.silent.map(({ daemon }) => daemon))
  if (silent.size === daemons) {
    return [
      'FRR does not answer; routes to other hosts are those last learnt; look at `systemctl status frr`',
    ]
  }
  const neighbours = spec.bgp.neighbours.map(({ address }) => address)
  return [
    ...frr.silent.map(({ why }) => why),
    ...(silent.has('bgpd') ? [] : neighbours.flatMap((address) => session(frr, address))),
    ...(silent.has('bfdd') ? [] : neighbours.flatMap((address) => detection(frr, address))),
    ...(silent.has('zebra') ? [] : unknownNetworks(spec, frr)),
  ]
}

const daemons = 3

function bgpState({ sessions }: Findings['frr'], address: string): string {
  return sessions.find(({ neighbour }) => neighbour === address)?.state ?? 'absent'
}

function session(frr: Findings['frr'], address: string): string[] {
  const state = bgpState(frr, address)
  if (state === 'Established') return []
  return [`The BGP session to ${address} is ${state}; look whether that host and its FRR run`]
}

/** BFD, which notices in under a second that a host is gone. */
function detection(frr: Findings['frr'], address: string): string[] {
  const bfd = frr.bfd.find(({ neighbour }) => neighbour === address)
  if (bfd?.state === 'up') return []
  if (bfd === undefined) {
    // bgpd asks for it once it has a session.
    return bgpState(frr, address) === 'Established'
      ? [`There is no BFD session to ${address}; look at \`vtysh -c "show bfd peers"\``]
      : []
  }
  const why = bfd.diagnostic === 'ok' ? 'it never came up' : bfd.diagnostic
  return [
    `The BFD session to ${address} is ${bfd.state}: ${why}; look whether that host and its bfdd run, and whether UDP 3784 and 4784 pass`,
  ]
}

function unknownNetworks({ networks }: NonNullable<Findings['spec']>, frr: Findings['frr']) {
  const known = new Set(frr.vnis.map(({ vni }) => vni))
  return networks
    .filter(({ vni }) => !known.has(vni))
    .map(
      ({ vni, name, device }) =>
        `FRR does not know VNI ${vni} of ${name}; look whether ${device} is there, and at \`vtysh -c "show evpn vni"\``,
    )
}
