import type { FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { accessOf } from '../transport/auth.ts'
import { notFound, transient } from '../transport/errors.ts'
import type { Gateway, GatewayIp, GatewayNetwork } from './model.ts'

interface Owned {
  readonly id: string
  readonly zone: string
}

export const findGateway = (sim: Sim, request: FastifyRequest, id = param(request, 'gateway_id')) =>
  pick<Gateway>(request, sim.store.gateways, 'gateway', id, ({ project_id }) => project_id)

export const findGatewayIp = (sim: Sim, request: FastifyRequest, id = param(request, 'ip_id')) =>
  pick<GatewayIp>(request, sim.store.gatewayIps, 'ip', id, ({ project_id }) => project_id)

export const findGatewayNetwork = (sim: Sim, request: FastifyRequest): GatewayNetwork =>
  pick(
    request,
    sim.store.gatewayNetworks,
    'gateway_network',
    param(request, 'gateway_network_id'),
    ({ hidden }) => hidden.project,
  )

/** Changes are refused while another one is under way. */
export function needStable({ id, status }: Gateway): void {
  if (status !== 'running') throw transient('gateway', id, status)
}

const param = (request: FastifyRequest, name: string) =>
  (request.params as Record<string, string>)[name] ?? ''

function pick<T extends Owned>(
  request: FastifyRequest,
  all: Map<string, T>,
  resource: string,
  id: string,
  project: (item: T) => string,
): T {
  const item = all.get(id)
  const { zone } = request.params as { zone: string }
  if (!item || item.zone !== zone || !accessOf(request).sees(project(item)))
    throw notFound(resource, id)
  return item
}
