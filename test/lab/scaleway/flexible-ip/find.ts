import type { FastifyRequest } from 'fastify'
import { isDelivered } from '../baremetal/find-server.ts'
import type { Server } from '../baremetal/model.ts'
import type { Sim } from '../engine/sim.ts'
import { accessOf } from '../transport/auth.ts'
import {
  notFound,
  permissionsDenied,
  quotasExceeded,
  transient,
  untyped,
} from '../transport/errors.ts'
import type { FlexibleIp } from './model.ts'

const perServer = 64

interface InZone {
  Params: { zone: string }
}

/** Gone, unknown and somebody else's are one answer: 403. */
export function findIp(
  sim: Sim,
  request: FastifyRequest,
  id = (request.params as { fip_id: string }).fip_id,
): FlexibleIp {
  const ip = sim.store.flexibleIps.get(id)
  const { zone } = request.params as InZone['Params']
  const action = request.method === 'GET' ? 'read' : 'write'
  if (!ip || ip.zone !== zone || !accessOf(request).sees(ip.project_id))
    throw permissionsDenied(action, 'flexible-ip')
  return ip
}

export function needSettled({ id, status }: FlexibleIp): void {
  if (status === 'updating' || status === 'detaching') throw transient('flexible_ip', id, status)
}

/** A delivered server of the same zone with room for `more`; installed it need not be. */
export function needTarget(sim: Sim, request: FastifyRequest, id: string, more: number): Server {
  const { zone } = request.params as { zone: string }
  const server = sim.store.servers.get(id)
  if (!server || server.zone !== zone || !accessOf(request).sees(server.project_id))
    throw notFound('server', id)
  if (!isDelivered(server)) throw untyped(400, 'Server is not delivered')
  const held = [...sim.store.flexibleIps.values()].filter(
    ({ server_id, hidden }) => server_id === id || hidden.target === id,
  ).length
  if (held + more > perServer) throw quotasExceeded('flexible_ips_per_server', perServer, held)
  return server
}
