import type { FastifyInstance } from 'fastify'
import { needQuota } from '../engine/quota.ts'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { noteTwins } from '../engine/twins.ts'
import { needProject } from '../transport/auth.ts'
import { readBody } from '../transport/body.ts'
import { listPage, readQuery } from '../transport/query.ts'
import { findIp, needSettled, needTarget } from './find.ts'
import { attach, detach, forget } from './lifecycle.ts'
import { takeFromPool } from './pool.ts'
import { reverseAsked } from './reverse.ts'

interface InZone {
  Params: { zone: string }
}

export function serveFlexibleIps(app: FastifyInstance, sim: Sim): void {
  const { flexibleIps } = sim.store

  app.get<InZone>('/fips', async (request) => {
    const query = readQuery(request)
    const status = query.texts('status')
    const servers = query.texts('server_ids')
    const all = [...flexibleIps.values()].filter(
      (ip) =>
        ip.zone === request.params.zone &&
        (status.length === 0 || status.includes(ip.status)) &&
        (servers.length === 0 || servers.includes(ip.server_id ?? '')),
    )
    const { items, total_count } = listPage(sim, request, all)
    return { flexible_ips: items.map(present), total_count }
  })

  app.post<InZone>('/fips', async (request) => {
    const { zone } = request.params
    const body = readBody(request.body)
    const project = body.needUuid('project_id')
    const description = body.text('description', { max: 255 }) ?? ''
    const tags = body.texts('tags') ?? []
    const serverId = body.uuid('server_id')
    const reverse = body.text('reverse')
    const ipv6 = body.flag('is_ipv6') ?? false
    body.end()
    needProject(request, project)
    const server = serverId ? needTarget(sim, request, serverId, 1) : undefined
    needQuota(sim, 'flexible_ips', ownedByOrganization(sim))
    const taking = { zone, project, ipv6, description, tags }
    const ip = takeFromPool(sim, reverse === undefined ? taking : { ...taking, reverse })
    noteTwins(sim, 'flexible-ip', ip, flexibleIps.values())
    if (server) attach(sim, ip, server.id)
    return present(ip)
  })

  app.get('/fips/:fip_id', async (request) => present(findIp(sim, request)))

  app.patch('/fips/:fip_id', async (request) => {
    const ip = findIp(sim, request)
    needSettled(ip)
    const body = readBody(request.body)
    const description = body.text('description', { max: 255 })
    const tags = body.texts('tags')
    const reverse = body.text('reverse')
    body.end()
    if (reverse !== undefined) ip.reverse = reverseAsked(sim, ip.hidden.record, reverse)
    ip.description = description ?? ip.description
    ip.tags = tags ?? ip.tags
    ip.updated_at = sim.clock.stamp()
    return present(ip)
  })

  app.delete('/fips/:fip_id', async (request, reply) => {
    const ip = findIp(sim, request)
    needSettled(ip)
    if (ip.server_id === null) forget(sim, ip)
    else {
      ip.hidden.doomed = true
      detach(sim, ip)
    }
    return reply.code(204).send()
  })
}

const ownedByOrganization = (sim: Sim) =>
  [...sim.store.flexibleIps.values()].filter(
    ({ organization_id }) => organization_id === sim.config.organizationId,
  ).length
