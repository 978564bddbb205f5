import type { Host } from './host.ts'

/** All sessions with hosts that are on: BGP established, BFD up. */
export async function hasSessions(host: Host, on: readonly Host[]): Promise<boolean> {
  const vteps = new Set(on.map(({ vtep }) => vtep))
  const { peers = {} }: { peers?: Record<string, { state: string }> } = JSON.parse(
    (await host.ask('bgpd', 'show bgp l2vpn evpn summary json')) || '{}',
  )
  const bfd: { peer: string; status: string }[] = JSON.parse(
    (await host.ask('bfdd', 'show bfd peers json')) || '[]',
  )
  const states = [
    ...Object.entries(peers).map(([peer, { state }]) => ({ peer, up: state === 'Established' })),
    ...bfd.map(({ peer, status }) => ({ peer, up: status === 'up' })),
  ].filter(({ peer }) => vteps.has(peer))
  return states.length > 0 && states.every(({ up }) => up)
}
