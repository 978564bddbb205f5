import type { FastifyInstance } from 'fastify'
import type { AdoptionPlan } from '../adopt/index.ts'
import { fault } from './faults.ts'
import { mustManage } from './login.ts'
import type { AdoptionPort } from './ports.ts'
import { priceJson } from './price-json.ts'
import { adoptRequest, type Body, type ById, idOf } from './request.ts'

/** What taking over a provision of the stock server would be; this route is ours alone. */
export function adoptRoute(app: FastifyInstance, adoption: AdoptionPort): void {
  app.post<ById & Body<typeof adoptRequest>>(
    '/provisions/:id/adopt',
    { schema: { body: adoptRequest }, config: { oursAlone: true } },
    async ({ asker, params, body: { dry_run, provider_id: providerId } }) => {
      if (!dry_run) throw fault('EDGE_REQUEST_INVALID', 'Only `dry_run: true` is possible yet')
      const document = await asker.stored.get(idOf(params))
      mustManage(asker, document)
      const providers = await asker.documents.providers.list()
      const given = providerId === undefined ? {} : { providerId }
      return adoptionJson(await adoption.plan({ document, providers, ...given }))
    },
  )
}

function adoptionJson(plan: AdoptionPlan) {
  const { id, name, provider, found, changes, inTheWay, staysBehind, more } = plan
  return {
    dry_run: true,
    provision: { id, name },
    provider: provider ?? null,
    found,
    change: changes,
    in_the_way: inTheWay,
    stays_behind: staysBehind,
    /** What it would cost more than now; null when that is not known, or nothing. */
    price: more ? priceJson(more) : null,
  }
}
