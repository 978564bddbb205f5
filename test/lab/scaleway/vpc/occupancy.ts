import type { Sim } from '../engine/sim.ts'
import type { PrivateNetwork } from './model.ts'

/** Remembers that something just left: deletion is refused for a while longer. */
export function left(sim: Sim, networkId: string): void {
  const network = sim.store.privateNetworks.get(networkId)
  if (network) network.hidden.leftMs = sim.clock.now()
}

/** Anything attached, any address held, or the last one gone only just now. */
export function isOccupied(sim: Sim, { id, hidden }: PrivateNetwork): boolean {
  const { attachments, gatewayNetworks, ipamIps } = sim.store
  const members = [...attachments.values(), ...gatewayNetworks.values()]
  return (
    members.some(({ private_network_id }) => private_network_id === id) ||
    [...ipamIps.values()].some((ip) => ip.hidden.network === id) ||
    leftJustNow(sim, hidden.leftMs)
  )
}

/** A time later than now is that of another simulator, whose snapshot this one began with. */
function leftJustNow(sim: Sim, leftMs: number | null): boolean {
  const ago = leftMs === null ? -1 : sim.clock.now() - leftMs
  return ago >= 0 && ago < sim.config.switches.pnEmptyLagMs
}
