import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { untyped } from '../transport/errors.ts'
import { listPage, readQuery } from '../transport/query.ts'
import { catalogueOptions, offersOf, systemsOf } from './catalogue.ts'

const pageSize = 50

interface InZone {
  Params: { zone: string }
}

export function serveCatalogue(app: FastifyInstance, sim: Sim): void {
  app.get<InZone>('/offers', async (request) => {
    // Without a period, and with one nobody knows, the real API lists hourly offers only.
    const monthly = readQuery(request).text('subscription_period') === 'monthly'
    const wanted = monthly ? 'monthly' : 'hourly'
    const offers = offersOf(sim, request.params.zone)
    const all = offers.filter(({ subscription_period }) => subscription_period === wanted)
    const { items, total_count } = listPage(sim, request, all, { pageSize })
    return { offers: items, total_count }
  })

  app.get<{ Params: { zone: string; offer_id: string } }>('/offers/:offer_id', async (request) => {
    const { zone, offer_id } = request.params
    return known(offersOf(sim, zone).find(({ id }) => id === offer_id))
  })

  app.get<InZone>('/os', async (request) => {
    const { zone } = request.params
    const offerId = readQuery(request).uuid('offer_id')
    const offer = offersOf(sim, zone).find(({ id }) => id === offerId)
    const all = systemsOf(zone).filter(({ id }) => !offer?.incompatible_os_ids.includes(id))
    const { items, total_count } = listPage(sim, request, all, { pageSize })
    return { os: items, total_count }
  })

  app.get<{ Params: { zone: string; os_id: string } }>('/os/:os_id', async ({ params }) =>
    known(systemsOf(params.zone).find(({ id }) => id === params.os_id)),
  )

  app.get<InZone>('/options', async (request) => {
    const { items, total_count } = listPage(sim, request, catalogueOptions, { pageSize })
    return { options: items, total_count }
  })

  app.get<{ Params: { option_id: string } }>('/options/:option_id', async ({ params }) =>
    known(catalogueOptions.find(({ id }) => id === params.option_id)),
  )
}

function known<T>(item: T | undefined): T {
  if (item === undefined) throw untyped(404, 'Not Found')
  return item
}
