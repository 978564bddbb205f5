import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import { type Document, engine, type ProvisionBody, stateName, states } from '../documents/index.ts'
import type { User } from '../opennebula/index.ts'
import { provisionJson } from './document-json.ts'
import { mustBeServed } from './drivers.ts'
import { fault } from './faults.ts'
import { type Asker, mustManage } from './login.ts'
import type { DeploymentConf, DriverDescription, LifecyclePort, ParseInputs } from './ports.ts'
import type { ProvisionLogs } from './provision-log.ts'
import { type Body, type ById, flagOf, forceRequest, idOf, provisionRequest } from './request.ts'

interface ProvisionOptions {
  readonly driver: DriverDescription
  readonly lifecycle: LifecyclePort
  readonly parseInputs: ParseInputs
  readonly logs: ProvisionLogs
  readonly clock: Clock
}

type Managed = (asker: Asker, params: ById['Params']) => Promise<Document<ProvisionBody>>

/** /provisions: clusters, and the work on them. */
export function provisionRoutes(app: FastifyInstance, options: ProvisionOptions): void {
  const managed: Managed = async (asker, params) => {
    const document = await asker.documents.provisions.get(idOf(params))
    mustManage(asker, document)
    return document
  }
  app.get('/provisions', async ({ asker, query }) => {
    const all = flagOf(query, 'all')
    const found = await asker.documents.provisions.list()
    return found.filter(({ body }) => all || body.state !== states.DONE).map(provisionJson)
  })
  app.get<ById>('/provisions/:id', async ({ asker, params }) =>
    provisionJson(await asker.documents.provisions.get(idOf(params))),
  )
  createRoute(app, options)
  workRoutes(app, options, managed)
}

function createRoute(app: FastifyInstance, options: ProvisionOptions): void {
  const { driver, lifecycle, parseInputs, logs, clock } = options
  app.post<Body<typeof provisionRequest>>(
    '/provisions',
    { schema: { body: provisionRequest } },
    async ({ asker, body }, reply) => {
      mustBeServed(body.driver, driver)
      const deployment = deploymentOf(driver, body.deployment_type)
      const provider = await asker.documents.providers.get(Number(body.provider_id))
      const inputs = checked(parseInputs, body.user_inputs_values ?? {})
      const document = await asker.documents.provisions.create({
        ...newProvision(driver, deployment, asker.user, inputs),
        provider_id: provider.id,
        name: body.name ?? deployment.name,
        description: body.description ?? 'It deploys a SSH cluster on Scaleway',
        registration_time: Math.floor(clock.now() / 1000),
      })
      logs.append(document.id, 'info', `Provision '${document.name}' allocated`)
      logs.append(document.id, 'debug', `Using '${provider.name}' provider`)
      await lifecycle.create(document.id)
      reply.code(201)
      return provisionJson(document)
    },
  )
}

function workRoutes(app: FastifyInstance, { lifecycle }: ProvisionOptions, managed: Managed): void {
  const withForce = {
    schema: { body: forceRequest },
    preValidation: async (request: { body?: unknown }) => {
      request.body ??= {}
    },
  }
  app.post<ById & Body<typeof forceRequest>>(
    '/provisions/:id/undeploy',
    withForce,
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
  app.post<ById & Body<typeof forceRequest>>(
    '/provisions/:id/retry',
    withForce,
    async ({ asker, params }, reply) => {
      const { id, body } = await managed(asker, params)
      if (body.state <= states.DONE) {
        const state = stateName(body.state)
        throw fault('EDGE_STATE_UNFIT', `Cannot recover to state ${state} from ${state}`)
      }
      await lifecycle.retry(id)
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

/** Wrong inputs by field under OneForm's message. */
function checked(parse: ParseInputs, values: Record<string, unknown>): Record<string, unknown> {
  try {
    return parse(values)
  } catch (error) {
    if (!(error instanceof Fault) || !error.details.context) throw error
    const { context } = error.details
    throw fault('EDGE_PROVISION_INVALID', 'Error validating Provision', { context, cause: error })
  }
}

function deploymentOf({ deployment_confs }: DriverDescription, wanted?: string): DeploymentConf {
  const known = deployment_confs.map(({ inventory }) => inventory)
  const found = deployment_confs.find(({ inventory }) => inventory === (wanted ?? known[0]))
  if (found) return found
  const message = `invalid value '${wanted}' for 'deployment_type'. Choose from: ${known.join(', ')}.`
  const context = { deployment_type: [message] }
  throw fault('EDGE_PROVISION_INVALID', 'Error validating Provision', { context })
}

function newProvision(
  { fireedge, user_inputs }: DriverDescription,
  deployment: DeploymentConf,
  user: User,
  inputs: Record<string, unknown>,
): Omit<ProvisionBody, 'provider_id' | 'name' | 'description' | 'registration_time'> {
  return {
    deployment_file: 'ssh_cluster',
    fireedge,
    user_inputs: [...user_inputs, ...deployment.user_inputs],
    user_inputs_values: inputs,
    state: states.PENDING,
    one_objects: { cluster: {}, hosts: [], networks: [], datastores: [] },
    historic: [],
    tags: (inputs['oneform_tags'] ?? {}) as Record<string, string>,
    engine,
    uuid: randomUUID(),
    driver: 'scaleway',
    requested_by: { uid: user.id, gid: user.gid },
  }
}
