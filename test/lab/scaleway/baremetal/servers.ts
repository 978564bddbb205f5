import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { readBody } from '../transport/body.ts'
import { preconditionFailed, untyped } from '../transport/errors.ts'
import { listPage, readQuery } from '../transport/query.ts'
import { addEvent, findServer, isDelivered } from './find-server.ts'
import { readUserData, refuseBody } from './install-request.ts'
import { remove } from './lifecycle.ts'

interface InZone {
  Params: { zone: string }
}

/** Looking at, changing and giving back servers; ordering has a file of its own. */
export function serveServers(app: FastifyInstance, sim: Sim): void {
  app.get<InZone>('/servers', async (request) => {
    const query = readQuery(request)
    const status = query.texts('status')
    const option = query.uuid('option_id')
    const all = [...sim.store.servers.values()].filter(
      (server) =>
        server.zone === request.params.zone &&
        (status.length === 0 || status.includes(server.status)) &&
        (option === undefined || server.options.some(({ id }) => id === option)),
    )
    const { items, total_count } = listPage(sim, request, all)
    return { servers: items.map(present), total_count }
  })

  app.get('/servers/:server_id', async (request) => present(findServer(sim, request)))

  app.patch('/servers/:server_id', async (request) => {
    const server = findServer(sim, request)
    const body = readBody(request.body, refuseBody)
    const name = body.text('name', { min: 1 })
    const description = body.text('description', { max: 255 })
    const tags = body.texts('tags')
    const guarded = body.flag('protected')
    const userData = readUserData(body)
    body.end()
    server.name = name ?? server.name
    server.description = description ?? server.description
    server.tags = tags ?? server.tags
    server.protected = guarded ?? server.protected
    if (body.has('user_data')) server.user_data = userData
    server.updated_at = sim.clock.stamp()
    return present(server)
  })

  app.delete('/servers/:server_id', async (request) => {
    const server = findServer(sim, request)
    if (server.protected)
      throw preconditionFailed('protected_resource', 'Server is protected from deletion')
    const broken = server.status === 'error' || server.status === 'out_of_stock'
    if (server.status === 'deleting') throw untyped(409, 'Server is being deleted')
    if (!isDelivered(server) && !broken) throw untyped(400, 'Server is not delivered')
    addEvent(sim, server, 'delete')
    remove(sim, server)
    return present(server)
  })

  app.get('/servers/:server_id/events', async (request) => {
    const { events } = findServer(sim, request).hidden
    const { items, total_count } = listPage(sim, request, events)
    return { events: items, total_count }
  })
}
