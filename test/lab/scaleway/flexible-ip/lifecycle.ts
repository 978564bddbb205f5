import { happened, type Sim } from '../engine/sim.ts'
import type { FlexibleIp } from './model.ts'
import { returnToPool } from './pool.ts'
import { enqueue } from './server-queue.ts'

const detachWithServerSeconds = 6

/** updating → attached, when the server's queue comes to it and the world delivers there. */
export function attach(sim: Sim, ip: FlexibleIp, server: string): void {
  const old = ip.server_id
  ip.status = 'updating'
  ip.server_id = null
  ip.hidden.target = server
  ip.updated_at = sim.clock.stamp()
  const current = newTurn(sim, ip)
  const broken = sim.faults.take('fipError') !== undefined
  enqueue(sim, server, 'attach', `attach ${ip.ip_address}`, async () => {
    if (!current()) return
    const effect = broken
      ? Promise.reject(new Error('fault fipError'))
      : route(sim, ip.ip_address, server, old)
    const fine = await happened(sim, `attach ${ip.ip_address} to ${server}`, effect)
    if (!current()) return
    ip.hidden.target = null
    ip.status = fine ? 'attached' : 'error'
    ip.server_id = fine ? server : null
    if (fine && !sim.store.servers.has(server)) detachAfter(sim, ip, detachWithServerSeconds)
  })
}

/** detaching (server kept) → ready without server, or gone when it was released. */
export function detach(sim: Sim, ip: FlexibleIp): void {
  const server = ip.server_id
  if (server === null) return
  const finish = beginDetach(sim, ip)
  enqueue(sim, server, 'detach', `detach ${ip.ip_address}`, finish)
}

/** A leaving server lets go of all its addresses at once; they live on, and keep billing. */
export function detachFromServer(sim: Sim, server: string): void {
  for (const ip of sim.store.flexibleIps.values())
    if (ip.server_id === server || ip.hidden.target === server)
      detachAfter(sim, ip, detachWithServerSeconds)
}

/** Gone from the API; the record goes back to the pool. */
export function forget(sim: Sim, ip: FlexibleIp): void {
  sim.store.flexibleIps.delete(ip.id)
  sim.ledger.close(ip.id)
  returnToPool(sim, ip)
}

function detachAfter(sim: Sim, ip: FlexibleIp, seconds: number): void {
  sim.clock.after(seconds, `detach ${ip.ip_address}`, beginDetach(sim, ip))
}

function beginDetach(sim: Sim, ip: FlexibleIp): () => Promise<void> {
  ip.status = 'detaching'
  ip.hidden.target = null
  ip.updated_at = sim.clock.stamp()
  const current = newTurn(sim, ip)
  return async () => {
    if (!current()) return
    const effect = sim.world.routeAddress(ip.ip_address, null)
    const fine = await happened(sim, `detach ${ip.ip_address}`, effect)
    if (!current()) return
    ip.status = fine ? 'ready' : 'error'
    ip.server_id = null
    if (ip.hidden.doomed) forget(sim, ip)
  }
}

async function route(sim: Sim, address: string, server: string, old: string | null) {
  if (old !== null) await sim.world.routeAddress(address, null)
  await sim.world.routeAddress(address, server)
}

function newTurn(sim: Sim, ip: FlexibleIp): () => boolean {
  ip.hidden.turn += 1
  const { turn } = ip.hidden
  return () => sim.store.flexibleIps.get(ip.id) === ip && ip.hidden.turn === turn
}
