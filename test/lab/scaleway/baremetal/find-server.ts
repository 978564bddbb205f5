import type { FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { accessOf } from '../transport/auth.ts'
import { untyped } from '../transport/errors.ts'
import type { Server } from './model.ts'

/** Statuses in which a machine stands in the rack for this customer. */
const delivered = new Set(['ready', 'stopping', 'stopped', 'starting', 'migrating'])

export const isDelivered = ({ status }: Server): boolean => delivered.has(status)

/** The path's server, in the path's zone and visible; Elastic Metal's 404 is untyped. */
export function findServer(sim: Sim, request: FastifyRequest): Server {
  const { zone, server_id } = request.params as { zone: string; server_id: string }
  const server = sim.store.servers.get(server_id)
  if (!server || server.zone !== zone || !accessOf(request).sees(server.project_id))
    throw untyped(404, 'Not Found')
  return server
}

export function needDelivered(server: Server): void {
  if (!isDelivered(server)) throw untyped(400, 'Server is not delivered')
}

export function addEvent(sim: Sim, server: Server, action: string): void {
  const now = sim.clock.stamp()
  server.hidden.events.push({ id: sim.chance.uuid(), action, created_at: now, updated_at: now })
}
