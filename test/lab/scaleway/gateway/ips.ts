import type { FastifyInstance } from 'fastify'
import { freeGatewayAddress } from '../baremetal/addresses.ts'
import { needQuota } from '../engine/quota.ts'
import type { Sim } from '../engine/sim.ts'
import { noteTwins } from '../engine/twins.ts'
import { needProject } from '../transport/auth.ts'
import { readBody } from '../transport/body.ts'
import { invalidArgument, preconditionFailed } from '../transport/errors.ts'
import { listPage, readQuery } from '../transport/query.ts'
import { findGatewayIp } from './find.ts'
import type { GatewayIp } from './model.ts'

/** € per hour. */
const hourly = 0.004

interface InZone {
  Params: { zone: string }
}

export function serveGatewayIps(app: FastifyInstance, sim: Sim): void {
  const { gatewayIps } = sim.store

  app.get<InZone>('/ips', async (request) => {
    const free = readQuery(request).flag('is_free')
    const all = [...gatewayIps.values()].filter(
      ({ zone, gateway_id }) =>
        zone === request.params.zone && (free === undefined || (gateway_id === null) === free),
    )
    const { items, total_count } = listPage(sim, request, all)
    return { ips: items, total_count }
  })

  app.post<InZone>('/ips', async (request) => {
    const body = readBody(request.body)
    const project = body.needUuid('project_id')
    const tags = body.texts('tags') ?? []
    body.end()
    needProject(request, project)
    const ip = createGatewayIp(sim, request.params.zone, project, tags)
    noteTwins(sim, 'gateway-ip', ip, gatewayIps.values())
    return ip
  })

  app.get('/ips/:ip_id', async (request) => findGatewayIp(sim, request))

  app.patch('/ips/:ip_id', async (request) => {
    const ip = findGatewayIp(sim, request)
    const body = readBody(request.body)
    const tags = body.texts('tags')
    const reverse = body.text('reverse')
    body.end()
    if (reverse) throw invalidArgument('reverse', 'constraint', 'reverse must_resolve to the IP')
    ip.tags = tags ?? ip.tags
    ip.updated_at = sim.clock.stamp()
    return ip
  })

  app.delete('/ips/:ip_id', async (request, reply) => {
    const ip = findGatewayIp(sim, request)
    if (ip.gateway_id !== null)
      throw preconditionFailed('resource_still_in_use', 'IP is attached to a gateway')
    forgetGatewayIp(sim, ip.id)
    return reply.code(204).send()
  })
}

export function createGatewayIp(
  sim: Sim,
  zone: string,
  project: string,
  tags: readonly string[],
): GatewayIp {
  needQuota(sim, 'vpc_gateway_ips', sim.store.gatewayIps.size)
  const now = sim.clock.stamp()
  const ip: GatewayIp = {
    id: sim.chance.uuid(),
    organization_id: sim.config.organizationId,
    project_id: project,
    created_at: now,
    updated_at: now,
    tags,
    address: freeGatewayAddress(sim),
    reverse: null,
    gateway_id: null,
    zone,
  }
  sim.store.gatewayIps.set(ip.id, ip)
  sim.store.born.set(ip, sim.clock.now())
  sim.ledger.open({ id: ip.id, kind: 'gateway-ip', name: ip.address, project, hourly })
  return ip
}

export function forgetGatewayIp(sim: Sim, id: string): void {
  sim.store.gatewayIps.delete(id)
  sim.ledger.close(id)
}
