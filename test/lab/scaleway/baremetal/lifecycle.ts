import { happened, type Sim } from '../engine/sim.ts'
import { detachFromServer } from '../flexible-ip/lifecycle.ts'
import { serverIps } from './addresses.ts'
import { detachNic } from './attachments.ts'
import { startInstall, suits } from './installation.ts'
import type { Server } from './model.ts'
import { enableOption } from './options.ts'

const seconds = { delivery: 2, installing: 23, power: 15, deletion: 5, deletionBare: 25 }

/** ordered → ready (delivered, not installed) → installation; or its end in error or out of stock. */
export function deliver(sim: Sim, server: Server): void {
  const outOfStock = server.hidden.promisedOnly || sim.faults.take('outOfStockLate') !== undefined
  const broken = sim.faults.take('deliveryError') !== undefined
  const doomed = sim.faults.take('serverVanished', ({ serverMatch }) => suits(serverMatch, server))
  if (doomed)
    sim.clock.after(Number(doomed.settings['afterSeconds'] ?? 60), `vanish ${server.name}`, () =>
      vanish(sim, server),
    )
  sim.clock.after(seconds.delivery, `deliver server ${server.name}`, () => {
    if (!lives(sim, server)) return
    server.updated_at = sim.clock.stamp()
    server.status = outOfStock ? 'out_of_stock' : broken ? 'error' : 'ready'
    if (server.status === 'out_of_stock') sim.ledger.close(server.id)
    if (server.status !== 'ready') return
    server.ips = serverIps(sim)
    for (const option of server.options) enableOption(sim, server, option)
    if (server.install) startInstall(sim, server, seconds.installing)
  })
}

export function power(sim: Sim, server: Server, action: 'stop' | 'start' | 'reboot'): void {
  server.status = action === 'start' ? 'starting' : 'stopping'
  server.updated_at = sim.clock.stamp()
  sim.clock.after(seconds.power, `${action} server ${server.name}`, async () => {
    // Nothing runs on a machine that was never installed.
    const effect = server.hidden.installed
      ? sim.world.powerServer(server.id, action)
      : Promise.resolve()
    const fine = await happened(sim, `${action} server ${server.name}`, effect)
    if (!lives(sim, server) || server.status === 'deleting') return
    server.status = !fine ? 'error' : action === 'stop' ? 'stopped' : 'ready'
    server.ping_status = action === 'stop' ? 'ping_status_down' : 'ping_status_up'
  })
}

/** Takes private networks and flexible IPs off, then the machine; flexible IPs survive it. */
export function remove(sim: Sim, server: Server): void {
  server.status = 'deleting'
  server.updated_at = sim.clock.stamp()
  for (const option of server.options) option.status = 'option_status_disabling'
  detachFromServer(sim, server.id)
  const nics = [...sim.store.attachments.values()]
    .filter(({ server_id }) => server_id === server.id)
    .map((attachment) => detachNic(sim, attachment))
  const wait = server.hidden.installed ? seconds.deletion : seconds.deletionBare
  sim.clock.after(wait, `delete server ${server.name}`, async () => {
    await Promise.all(nics)
    const effect = sim.world.removeServer(server.id)
    const fine = await happened(sim, `remove server ${server.name}`, effect)
    if (!lives(sim, server)) return
    if (!fine) {
      server.status = 'error'
      return
    }
    forget(sim, server)
  })
}

/** A server that goes without anybody's order: its machine died, or somebody deleted it at the console. */
export function vanish(sim: Sim, server: Server): void {
  if (!lives(sim, server)) return
  detachFromServer(sim, server.id)
  for (const attachment of sim.store.attachments.values())
    if (attachment.server_id === server.id) void detachNic(sim, attachment)
  forget(sim, server)
  void happened(sim, `vanishing of ${server.name}`, sim.world.removeServer(server.id))
}

function forget(sim: Sim, server: Server): void {
  sim.store.servers.delete(server.id)
  sim.ledger.close(server.id)
  for (const { id } of server.options) sim.ledger.close(`${server.id}/${id}`)
}

export const lives = (sim: Sim, server: Server): boolean =>
  sim.store.servers.get(server.id) === server
