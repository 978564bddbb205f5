import { seed } from '../engine/seed.ts'
import { happened, type Sim } from '../engine/sim.ts'
import { clearStore } from '../engine/store.ts'
import { clearQueues } from '../flexible-ip/server-queue.ts'

/** Back to the seed. The world is emptied too, after the API has forgotten everything. */
export async function reset(sim: Sim): Promise<void> {
  const servers = [...sim.store.servers.values()]
  const links = [...sim.store.gatewayNetworks.values()].flatMap(({ hidden }) => hidden.told ?? [])
  const routed = [...sim.store.flexibleIps.values()].filter(({ server_id }) => server_id !== null)
  sim.clock.clear()
  clearStore(sim.store)
  clearQueues(sim)
  sim.faults.clear()
  sim.ledger.clear()
  sim.journal.clear()
  seed(sim)
  await Promise.all([
    ...routed.map((ip) => happened(sim, 'reset', sim.world.routeAddress(ip.ip_address, null))),
    ...links.map((link) => happened(sim, 'reset', sim.world.detachGateway(link))),
    ...servers.map(({ id }) => happened(sim, 'reset', sim.world.removeServer(id))),
  ])
}
