import type { FastifyInstance } from 'fastify'
import { type ProvisionBody, stateName } from '../documents/index.ts'
import { mayOrder } from './change-provision.ts'
import { fault } from './faults.ts'
import type { Asker, Managed } from './login.ts'
import type { LifecyclePort } from './ports.ts'
import { type Body, type ById, bodyOptional, recoverRequest, retryRequest } from './request.ts'

const failure = /_FAILURE$/

/** Going on where a provision failed; `recover` names the state, so that nobody retries another failure. */
export function recoverRoutes(
  app: FastifyInstance,
  lifecycle: LifecyclePort,
  managed: Managed,
): void {
  app.post<ById & Body<typeof recoverRequest>>(
    '/provisions/:id/recover',
    { schema: { body: recoverRequest } },
    async ({ asker, params, body: { recover_state: wanted, force = false } }, reply) => {
      const { id, body } = await managed(asker, params)
      mustHaveFailed(body, wanted)
      await mayGoOn(asker, body)
      await lifecycle.retry(id, { giveUp: false, force })
      return reply.code(204).send()
    },
  )
  app.post<ById & Body<typeof retryRequest>>(
    '/provisions/:id/retry',
    { schema: { body: retryRequest }, preValidation: bodyOptional },
    async ({ asker, params, body: { give_up: giveUp = false, force = false } }, reply) => {
      const { id, body } = await managed(asker, params)
      mustHaveFailed(body, stateName(body.state).replace(failure, ''))
      if (!giveUp) await mayGoOn(asker, body)
      await lifecycle.retry(id, { giveUp, force })
      return reply.code(204).send()
    },
  )
}

/** Giving back is always allowed; all else may order something. */
async function mayGoOn(asker: Asker, body: ProvisionBody): Promise<void> {
  if (!stateName(body.state).startsWith('DEPROVISIONING')) await mayOrder(asker, body)
}

function mustHaveFailed({ state }: ProvisionBody, wanted: string): void {
  const now = stateName(state)
  if (failure.test(now) && now.replace(failure, '') === wanted) return
  throw fault('EDGE_STATE_UNFIT', `Cannot recover to state ${wanted} from ${now}`)
}
