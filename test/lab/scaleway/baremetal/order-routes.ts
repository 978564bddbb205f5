import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { noteTwins } from '../engine/twins.ts'
import { needProject } from '../transport/auth.ts'
import { readBody } from '../transport/body.ts'
import { untyped } from '../transport/errors.ts'
import { serverOrderMs } from '../transport/latency.ts'
import { offersOf } from './catalogue.ts'
import { addEvent } from './find-server.ts'
import { needCloudInit, readInstall, readUserData, refuseBody } from './install-request.ts'
import { deliver } from './lifecycle.ts'
import { placeOrder, type ServerOrder } from './order.ts'

export function serveOrders(app: FastifyInstance, sim: Sim): void {
  const underWay = new Map<string, number>()

  app.post<{ Params: { zone: string } }>('/servers', async (request) => {
    const order = readOrder(sim, request.params.zone, request.body)
    needProject(request, order.project)
    const key = `${order.zone}/${order.offer.id}`
    const others = underWay.get(key) ?? 0
    underWay.set(key, others + 1)
    const beganMs = sim.clock.now()
    try {
      if (sim.config.latency) await sim.clock.sleep(serverOrderMs)
      if (others > 0 && sim.config.switches.concurrentCreate500)
        throw untyped(500, 'internal error')
      const server = placeOrder(sim, order)
      const endedMs = sim.clock.now()
      sim.journal.orders.push({ what: server.name, offer: key, beganMs, endedMs })
      noteTwins(sim, 'server', server, sim.store.servers.values())
      addEvent(sim, server, 'create')
      deliver(sim, server)
      return present(server)
    } finally {
      underWay.set(key, (underWay.get(key) ?? 1) - 1)
    }
  })
}

function readOrder(sim: Sim, zone: string, raw: unknown): ServerOrder {
  const body = readBody(raw, refuseBody)
  const offerId = body.needUuid('offer_id')
  const project = body.needUuid('project_id')
  const name = body.needText('name', { min: 1 })
  const description = body.text('description', { max: 255 }) ?? ''
  const tags = body.texts('tags') ?? []
  const optionIds = body.uuids('option_ids')
  const guarded = body.flag('protected') ?? false
  const wanted = body.object('install')
  const userData = readUserData(body)
  body.end()
  const offer = offersOf(sim, zone).find(({ id }) => id === offerId)
  if (!offer?.enable) throw untyped(400, 'Offer not found')
  const request = wanted ? readInstall(sim, wanted, { zone, project, offer }) : undefined
  if (userData !== null) needCloudInit(offer, request?.os)
  return {
    zone,
    project,
    offer,
    name,
    description,
    tags,
    optionIds,
    protected: guarded,
    userData,
    install: request?.install ?? null,
  }
}
