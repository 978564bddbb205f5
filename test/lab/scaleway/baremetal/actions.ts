import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { readBody } from '../transport/body.ts'
import { untyped } from '../transport/errors.ts'
import { offersOf } from './catalogue.ts'
import { addEvent, findServer, needDelivered } from './find-server.ts'
import { readInstall, refuseBody } from './install-request.ts'
import { startInstall } from './installation.ts'
import { power } from './lifecycle.ts'

const reinstallAfterSeconds = 23

/** From which status each power action is possible. */
const from = { start: 'stopped', stop: 'ready', reboot: 'ready' } as const

export function serveActions(app: FastifyInstance, sim: Sim): void {
  for (const action of ['start', 'stop', 'reboot'] as const)
    app.post(`/servers/:server_id/${action}`, async (request) => {
      const server = findServer(sim, request)
      const body = readBody(request.body, refuseBody)
      const bootType = body.text('boot_type') ?? 'normal'
      body.uuids('ssh_key_ids')
      body.end()
      needDelivered(server)
      if (bootType !== 'normal' && bootType !== 'rescue' && bootType !== 'unknown_boot_type')
        throw untyped(400, 'boot_type: unknown value')
      if (server.status !== from[action])
        throw untyped(409, `Server is ${server.status}, it cannot ${action}`)
      addEvent(sim, server, action)
      server.boot_type = bootType === 'rescue' ? 'rescue' : 'normal'
      power(sim, server, action)
      return present(server)
    })

  app.post('/servers/:server_id/install', async (request) => {
    const server = findServer(sim, request)
    const offer = offersOf(sim, server.zone).find(({ id }) => id === server.offer_id)
    if (!offer) throw untyped(400, 'Offer not found')
    const { zone, project_id: project } = server
    const { install } = readInstall(sim, request.body, { zone, project, offer })
    needDelivered(server)
    if (server.status !== 'ready') throw untyped(409, `Server is ${server.status}`)
    addEvent(sim, server, 'install')
    server.install = install
    server.updated_at = sim.clock.stamp()
    startInstall(sim, server, reinstallAfterSeconds)
    return present(server)
  })
}
