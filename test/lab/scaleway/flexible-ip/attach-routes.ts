import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { readBody } from '../transport/body.ts'
import { invalidArgument, preconditionFailed } from '../transport/errors.ts'
import { findIp, needSettled, needTarget } from './find.ts'
import { attach, detach } from './lifecycle.ts'
import type { FlexibleIp } from './model.ts'

export function serveAttachments(app: FastifyInstance, sim: Sim): void {
  app.post('/fips/attach', async (request) => {
    const body = readBody(request.body)
    const ids = body.uuids('fips_ids')
    const serverId = body.needUuid('server_id')
    body.end()
    const ips = findAll(sim, request, ids)
    // Already there is a success that changes nothing.
    const moving = ips.filter(
      ({ server_id, status }) => server_id !== serverId || status === 'error',
    )
    const server = needTarget(sim, request, serverId, moving.length)
    for (const ip of ips) needSettled(ip)
    if (sim.config.switches.attachWhileAttached === 'refuse') for (const ip of moving) needFree(ip)
    for (const ip of moving) attach(sim, ip, server.id)
    return answer(ips)
  })

  app.post('/fips/detach', async (request) => {
    const body = readBody(request.body)
    const ids = body.uuids('fips_ids')
    body.end()
    const ips = findAll(sim, request, ids)
    for (const ip of ips) needSettled(ip)
    for (const ip of ips) detach(sim, ip)
    return answer(ips)
  })
}

function findAll(sim: Sim, request: FastifyRequest, ids: readonly string[]): FlexibleIp[] {
  if (ids.length === 0) throw invalidArgument('fips_ids', 'required', 'fips_ids is required')
  return [...new Set(ids)].map((id) => findIp(sim, request, id))
}

function needFree({ server_id }: FlexibleIp): void {
  if (server_id !== null)
    throw preconditionFailed('resource_still_in_use', 'Flexible IP is attached to another server')
}

const answer = (ips: readonly FlexibleIp[]) => ({
  flexible_ips: ips.map(present),
  total_count: ips.length,
})
