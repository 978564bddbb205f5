import type { FastifyInstance } from 'fastify'
import { type Document, type ProvisionBody, stateName, states } from '../documents/index.ts'
import { changeRoutes } from './change-provision.ts'
import { type CreateOptions, createRoute } from './create-provision.ts'
import { provisionJson } from './document-json.ts'
import { fault } from './faults.ts'
import { type Asker, mustManage } from './login.ts'
import type { LifecyclePort } from './ports.ts'
import { type Body, type ById, flagOf, forceRequest, idOf, retryRequest } from './request.ts'
import { mergeDocuments } from './stock/index.ts'

type Managed = (asker: Asker, params: ById['Params']) => Promise<Document<ProvisionBody>>

/** /provisions: clusters, and the work on them. */
export function provisionRoutes(app: FastifyInstance, options: CreateOptions): void {
  const managed: Managed = async (asker, params) => {
    const document = await asker.documents.provisions.get(idOf(params))
    mustManage(asker, document)
    return document
  }
  app.get('/provisions', { config: { merge: mergeDocuments } }, async ({ asker, query }) => {
    const all = flagOf(query, 'all')
    const found = await asker.documents.provisions.list()
    return found.filter(({ body }) => all || body.state !== states.DONE).map(provisionJson)
  })
  app.get<ById>('/provisions/:id', async ({ asker, params }) =>
    provisionJson(await asker.prompt.provision(idOf(params))),
  )
  createRoute(app, options)
  workRoutes(app, options.lifecycle, managed)
  changeRoutes(app, options.lifecycle, managed)
}

function workRoutes(app: FastifyInstance, lifecycle: LifecyclePort, managed: Managed): void {
  const preValidation = async (request: { body?: unknown }) => {
    request.body ??= {}
  }
  app.post<ById & Body<typeof forceRequest>>(
    '/provisions/:id/undeploy',
    { schema: { body: forceRequest }, preValidation },
    async ({ asker, params, body }, reply) => {
      const { id, body: provision } = await managed(asker, params)
      const force = body.force ?? false
      if (!force && provision.state !== states.RUNNING) {
        const state = stateName(provision.state)
        throw fault('EDGE_STATE_UNFIT', `Cannot deprovision provision in state: ${state}`)
      }
      await lifecycle.undeploy(id, { force })
      return reply.code(204).send()
    },
  )
  app.post<ById & Body<typeof retryRequest>>(
    '/provisions/:id/retry',
    { schema: { body: retryRequest }, preValidation },
    async ({ asker, params, body: { give_up: giveUp = false } }, reply) => {
      const { id, body } = await managed(asker, params)
      if (body.state <= states.DONE) {
        const state = stateName(body.state)
        throw fault('EDGE_STATE_UNFIT', `Cannot recover to state ${state} from ${state}`)
      }
      await lifecycle.retry(id, { giveUp })
      return reply.code(204).send()
    },
  )
  app.delete<ById>('/provisions/:id', async ({ asker, params, query }, reply) => {
    const { id, body } = await managed(asker, params)
    const nothingMade = body.state === states.DONE
    if (!nothingMade && !flagOf(query, 'force')) {
      const state = stateName(body.state)
      const message = `Provision in state ${state} cannot be deleted, use force option to delete it`
      throw fault('EDGE_STATE_UNFIT', message)
    }
    // forced, OneForm would drop the document and leave paid servers behind: ours undeploys first
    if (nothingMade) await asker.documents.provisions.delete(id)
    else await lifecycle.undeploy(id, { force: true })
    return reply.code(204).send()
  })
}
