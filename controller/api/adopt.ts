import type { FastifyInstance } from 'fastify'
import type { AdoptionPlan } from '../adopt/index.ts'
import { mustManage } from './login.ts'
import type { AdoptionPort } from './ports.ts'
import { priceJson } from './price-json.ts'
import type { ProvisionLogs } from './provision-log.ts'
import { adoptRequest, type Body, type ById, idOf } from './request.ts'

interface AdoptOptions {
  readonly adoption: AdoptionPort
  readonly logs: ProvisionLogs
}

/** What taking over a provision of the stock server would be, and doing it; this route is ours alone. */
export function adoptRoute(app: FastifyInstance, { adoption, logs }: AdoptOptions): void {
  app.post<ById & Body<typeof adoptRequest>>(
    '/provisions/:id/adopt',
    { schema: { body: adoptRequest }, config: { oursAlone: true } },
    async ({ asker, params, body }, reply) => {
      const { dry_run: dryRun, provider_id: providerId, plan: digest } = body
      const document = await asker.stored.get(idOf(params))
      mustManage(asker, document)
      const providers = await asker.documents.providers.list()
      const request = { document, providers, ...(providerId === undefined ? {} : { providerId }) }
      if (dryRun) return adoptionJson(await adoption.plan(request), true)
      const told = digest === undefined ? {} : { digest }
      const plan = await adoption.begin({ ...request, ...told })
      logs.append(document.id, 'info', `Provision '${document.name}' is taken over`)
      return reply.code(202).send(adoptionJson(plan, false))
    },
  )
}

function adoptionJson(plan: AdoptionPlan, dryRun: boolean) {
  const { id, name, provider, found, changes, inTheWay, staysBehind, more, digest } = plan
  return {
    dry_run: dryRun,
    provision: { id, name },
    provider: provider ?? null,
    found,
    change: changes,
    in_the_way: inTheWay,
    stays_behind: staysBehind,
    /** What it would cost more than now; null when that is not known, or nothing. */
    price: more ? priceJson(more) : null,
    /** Who says yes to this plan sends it along. */
    plan: digest,
  }
}
