import type { Clock } from '../../lib/clock/index.ts'
import type { HostSpec, PeerPath } from '../../lib/contract/index.ts'
import { addressOf } from '../../lib/net/index.ts'
import type { Exec } from '../exec/index.ts'
import { pathMtu } from './path-mtu.ts'
import { ping } from './ping.ts'

/** Peers measured in one go, those not seen for longest first; the others have their turn next time. */
const peersAtATime = 16
const processesAtATime = 4

/** How far the underlay carries towards the other hosts. */
export interface Underlay {
  /**
   * Measures some peers of the spec, one process each at a time: those whose turn it is, or those that
   * did not answer. Throws EDGE_PING_MISSING.
   */
  measure(spec: HostSpec, which: 'turn' | 'silent', signal: AbortSignal): Promise<void>
  /** What is known, of peers the spec measured last spoke of. */
  paths(): PeerPath[]
}

export function createUnderlay(exec: Exec, clock: Clock): Underlay {
  const known = new Map<string, PeerPath>()
  let promised = 0

  const look = async (peer: string): Promise<void> => {
    const before = known.get(peer)?.mtu ?? null
    const mtu = await pathMtu(promised, before, (bytes) => ping(exec, peer, bytes))
    known.set(peer, { peer, mtu, at: clock.now() })
  }
  return {
    async measure(spec, which, signal) {
      // What was found when another size was promised says nothing of this one.
      if (spec.underlay.mtu !== promised) known.clear()
      promised = spec.underlay.mtu
      const peers = peersOf(spec)
      for (const peer of known.keys()) if (!peers.includes(peer)) known.delete(peer)
      const isDue = (peer: string) => which === 'turn' || known.get(peer)?.mtu === null
      const turn = nextPeers(peers.filter(isDue), known)
      const worker = async () => {
        for (let peer = turn.shift(); peer && !signal.aborted; peer = turn.shift()) await look(peer)
      }
      await Promise.all(Array.from({ length: processesAtATime }, worker))
    },
    paths: () => [...known.values()],
  }
}

/** Underlay addresses of all hosts a spec speaks of, but its own. */
export function peersOf({ underlay, networks, bgp }: HostSpec): string[] {
  const peers = new Set([
    ...networks.flatMap(({ vteps }) => vteps),
    ...bgp.neighbours.map(({ address }) => address),
  ])
  peers.delete(addressOf(underlay.address))
  return [...peers].sort()
}

function nextPeers(peers: readonly string[], known: ReadonlyMap<string, PeerPath>): string[] {
  const at = (peer: string) => known.get(peer)?.at ?? 0
  return peers.toSorted((a, b) => at(a) - at(b)).slice(0, peersAtATime)
}
