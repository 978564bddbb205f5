import type { FastifyInstance } from 'fastify'
import { stateName, states } from '../documents/index.ts'
import { changeRoutes } from './change-provision.ts'
import { type CreateOptions, createRoute } from './create-provision.ts'
import { fault } from './faults.ts'
import { type Managed, mustManage } from './login.ts'
import { patchProvisionRoute } from './patch-provision.ts'
import type { LifecyclePort } from './ports.ts'
import { showProvisions } from './provision-view.ts'
import { recoverRoutes } from './recover-provision.ts'
import { type Body, type ById, bodyOptional, flagOf, forceRequest, idOf } from './request.ts'
import { mergeDocuments } from './stock/index.ts'

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
    const shown = found.filter(({ body }) => all || body.state !== states.DONE)
    return showProvisions(asker, query, shown.toReversed())
  })
  // OneForm’s `decode` reads the state of Terraform and then shows nothing of it; here there is none
  app.get<ById>(
    '/provisions/:id',
    { config: { fromMemory: true } },
    async ({ asker, params, query }) => {
      const document = await asker.prompt.provision(idOf(params))
      const [json] = await showProvisions(asker, query, [document])
      return json
    },
  )
  app.get<ById>('/provisions/:id/unmanaged', async ({ asker, params }) => {
    const { id } = await asker.documents.provisions.get(idOf(params))
    return options.lifecycle.unmanaged(id)
  })
  createRoute(app, options)
  patchProvisionRoute(app)
  workRoutes(app, options.lifecycle, managed)
  recoverRoutes(app, options.lifecycle, managed)
  changeRoutes(app, options.lifecycle, managed)
}

/**
 * Without force, as in OneForm; and where machines of others may be although something failed: they are in the way
 * then, and only force takes them along.
 */
const undeployable: ReadonlySet<number> = new Set([
  states.RUNNING,
  states.SCALING_FAILURE,
  states.DEPROVISIONING_ONE_FAILURE,
])

function workRoutes(app: FastifyInstance, lifecycle: LifecyclePort, managed: Managed): void {
  app.post<ById & Body<typeof forceRequest>>(
    '/provisions/:id/undeploy',
    { schema: { body: forceRequest }, preValidation: bodyOptional },
    async ({ asker, params, body }, reply) => {
      const { id, body: provision } = await managed(asker, params)
      const force = body.force ?? false
      if (!force && !undeployable.has(provision.state)) {
        const state = stateName(provision.state)
        throw fault('EDGE_STATE_UNFIT', `Cannot deprovision provision in state: ${state}`)
      }
      await lifecycle.undeploy(id, { force })
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
