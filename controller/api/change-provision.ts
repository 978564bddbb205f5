import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { type Guests, type ProvisionBody, stateName, states } from '../documents/index.ts'
import { fault } from './faults.ts'
import type { Asker, Managed } from './login.ts'
import type { LifecyclePort } from './ports.ts'
import {
  addIpRequest,
  type Body,
  type ById,
  removeIpRequest,
  replaceRequest,
  scaleRequest,
} from './request.ts'

/** Changes of a provision that runs; `replace-host` is ours alone. */
export function changeRoutes(
  app: FastifyInstance,
  lifecycle: LifecyclePort,
  managed: Managed,
): void {
  const { change } = lifecycle
  app.post<ById & Body<typeof scaleRequest>>(
    '/provisions/:id/scale',
    { schema: { body: scaleRequest } },
    async ({ asker, params, body }, reply) => {
      const { direction, nodes } = body
      if (direction !== 'up' && direction !== 'down') {
        const message = `Scaling operation not supported: ${direction}, only up and down are supported`
        throw fault('EDGE_SCALE_DIRECTION', message)
      }
      const { id, body: provision } = await managed(asker, params)
      mustRun(id, provision, `scale ${direction}`)
      if (direction === 'up') {
        await mayOrder(asker, provision)
        await change.addHosts(id, amountOf(nodes))
      }
      if (direction === 'down') await change.removeHosts(id, leaversOf(nodes), guestsOf(body))
      return reply.code(204).send()
    },
  )
  app.post<ById & Body<typeof replaceRequest>>(
    '/provisions/:id/replace-host',
    { schema: { body: replaceRequest }, config: { oursAlone: true } },
    async ({ asker, params, body }, reply) => {
      const { id, body: provision } = await managed(asker, params)
      mustRun(id, provision, 'replace a host of')
      await mayOrder(asker, provision)
      await change.replaceHost(id, Number(body.host_id), guestsOf(body))
      return reply.code(204).send()
    },
  )
  app.post<ById & Body<typeof addIpRequest>>(
    '/provisions/:id/add-ip',
    { schema: { body: addIpRequest } },
    async ({ asker, params, body }, reply) => {
      const { id, body: provision } = await managed(asker, params)
      mustRun(id, provision, 'add addresses to')
      await mayOrder(asker, provision)
      await change.addAddresses(id, body.amount)
      if (body.wait ?? true) await ended(asker, lifecycle, id)
      return reply.code(204).send()
    },
  )
  app.post<ById & Body<typeof removeIpRequest>>(
    '/provisions/:id/remove-ip',
    { schema: { body: removeIpRequest } },
    async ({ asker, params, body }, reply) => {
      const { id, body: provision } = await managed(asker, params)
      mustRun(id, provision, 'remove an address of')
      await change.removeAddress(id, Number(body.ar_id))
      if (body.wait ?? true) await ended(asker, lifecycle, id)
      return reply.code(204).send()
    },
  )
}

/** What comes is paid with the provider's keys, which may have been lent for a while only. Throws ONE_DENIED. */
export async function mayOrder(
  { documents }: Asker,
  { provider_id }: Pick<ProvisionBody, 'provider_id'>,
): Promise<void> {
  await documents.providers.get(provider_id)
}

function mustRun(id: number, { state }: ProvisionBody, doing: string): void {
  if (state === states.RUNNING) return
  const message = `Cannot ${doing} provision ${id} in state: ${stateName(state)}`
  throw fault('EDGE_STATE_UNFIT', message)
}

type Nodes = Static<typeof scaleRequest>['nodes']

/** Stock takes addresses of machines that exist; here machines are ordered. */
function amountOf(nodes: Nodes): number {
  if (typeof nodes === 'number') return nodes
  const message = 'must be a number: servers are ordered, and their addresses come with them'
  throw fault('EDGE_REQUEST_INVALID', `\`nodes\` ${message}`)
}

function leaversOf(nodes: Nodes) {
  if (typeof nodes === 'number') return { amount: nodes }
  const wrong = nodes.find((node) => !/^\d{1,9}$/.test(String(node)))
  if (wrong === undefined) return { hostIds: nodes.map(Number) }
  const message = `\`nodes\` must be ids of OpenNebula hosts, not ${JSON.stringify(wrong)}`
  throw fault('EDGE_REQUEST_INVALID', message)
}

/** Who asks for both wants the machines to live on. */
function guestsOf({ force, migrate }: { force?: boolean; migrate?: boolean }): Guests {
  if (migrate) return 'migrate'
  return force ? 'terminate' : 'refuse'
}

/**
 * Waits for the change that was just accepted. Throws what it failed with. What the document tells is looked at
 * only where the work was stopped: another change may have begun by then.
 */
async function ended(asker: Asker, lifecycle: LifecyclePort, id: number): Promise<void> {
  const ending = await lifecycle.idle(id)
  if (ending?.state === 'RUNNING') return
  if (ending?.why !== undefined) throw fault('EDGE_CHANGE_FAILED', ending.why)
  const { body } = await asker.documents.provisions.get(id)
  if (body.state === states.RUNNING) return
  if (body.state === states.SCALING)
    throw fault('EDGE_CHANGE_UNENDED', `The change of provision ${id} has not ended`)
  const state = stateName(body.state)
  const failure = body.historic.findLast(({ action }) => action === 'Failure')
  const why = state.endsWith('_FAILURE') ? failure?.description : undefined
  throw fault('EDGE_CHANGE_FAILED', why ?? `Provision ${id} is in ${state}`)
}
