import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { readBody } from '../transport/body.ts'
import { untyped } from '../transport/errors.ts'
import { readQuery } from '../transport/query.ts'
import { offersOf } from './catalogue.ts'
import { refuseBody } from './install-request.ts'
import type { Offer } from './model.ts'
import { defaultSchema, needSchema } from './partitioning.ts'

interface InZone {
  Params: { zone: string }
}

/** How disks are parted; both only look. */
export function servePartitioning(app: FastifyInstance, sim: Sim): void {
  app.get<InZone>('/partitioning-schemas/default', async (request) => {
    const { zone } = request.params
    const query = readQuery(request)
    const offer = needOffer(sim, zone, query.uuid('offer_id'))
    return defaultSchema(zone, offer, query.uuid('os_id') ?? '')
  })

  app.post<InZone>('/partitioning-schemas/validate', async (request, reply) => {
    const { zone } = request.params
    const body = readBody(request.body, refuseBody)
    const offerId = body.needUuid('offer_id')
    const osId = body.needUuid('os_id')
    const schema = body.object('partitioning_schema')
    body.end()
    needSchema(zone, needOffer(sim, zone, offerId), osId, schema)
    return reply.code(204).send()
  })
}

function needOffer(sim: Sim, zone: string, id: string | undefined): Offer {
  const offer = offersOf(sim, zone).find((one) => one.id === id)
  if (!offer) throw untyped(404, 'Not Found')
  return offer
}
