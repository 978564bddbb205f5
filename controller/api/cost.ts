import type { FastifyInstance } from 'fastify'
import { states } from '../documents/index.ts'
import { type Cost, sumOf } from '../scaleway/index.ts'
import type { CostPort } from './ports.ts'
import { priceJson, totalJson } from './price-json.ts'
import { type ById, idOf } from './request.ts'

/** What is done has been proved empty, and its provider may be gone. */
const nothing: Cost = { items: [], total: sumOf([]), unread: [] }

/** What a provision costs as it stands now; OneForm knows nothing of the kind, so its answers stay as they are. */
export function costRoute(app: FastifyInstance, cost: CostPort): void {
  app.get<ById>(
    '/provisions/:id/cost',
    { config: { oursAlone: true } },
    async ({ asker, params }) => {
      const { id, body } = await asker.documents.provisions.get(idOf(params))
      return costJson(body.state === states.DONE ? nothing : await cost(id))
    },
  )
}

function costJson({ items, total, unread }: Cost) {
  return {
    items: items.map(({ kind, id, name, price }) => ({
      ...{ kind, id, name, price: price ? priceJson(price) : null },
    })),
    total: totalJson({ ...total, complete: total.complete && unread.length === 0 }),
    /** What could not be listed, and why: it may cost more. */
    not_looked_at: unread.map(({ kind, why }) => ({ what: kind ?? 'everything', why })),
  }
}
