import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import type { Clock } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import { engine, type ProvisionBody, states } from '../documents/index.ts'
import { provisionJson } from './document-json.ts'
import { type DriverOptions, mustTakeNew } from './drivers.ts'
import { fault } from './faults.ts'
import { planJson } from './plan-json.ts'
import type {
  DeploymentConf,
  DriverDescription,
  LifecyclePort,
  ParseInputs,
  Preflight,
} from './ports.ts'
import type { ProvisionLogs } from './provision-log.ts'
import { type Body, provisionRequest, strictFlagOf } from './request.ts'

export interface CreateOptions extends DriverOptions {
  readonly lifecycle: LifecyclePort
  readonly parseInputs: ParseInputs
  readonly preflight: Preflight
  readonly logs: ProvisionLogs
  readonly clock: Clock
}

/**
 * POST /provisions: checks everything that can be checked here, then has the work begin. With `dry_run`,
 * in the query or the body, it stops there and answers what would be created.
 */
export function createRoute(app: FastifyInstance, options: CreateOptions): void {
  const { driver, lifecycle, parseInputs, preflight, logs, clock } = options
  app.post<Body<typeof provisionRequest>>(
    '/provisions',
    { schema: { body: provisionRequest }, config: { byDriver: true } },
    async ({ asker, body, query }, reply) => {
      const dryRun = strictFlagOf(query, 'dry_run') || (body.dry_run ?? false)
      await mustTakeNew('Provision', body.driver, options)
      const deployment = deploymentOf(driver, body.deployment_type)
      const provider = await asker.documents.providers.get(Number(body.provider_id))
      const inputs = await named(() => parseInputs(body.user_inputs_values ?? {}))
      const completeness = completenessOf(body, inputs)
      const plan = await named(() => preflight(provider.body.connection, inputs))
      if (dryRun) return planJson(plan, inputs, deployment)
      const document = await asker.documents.provisions.create({
        ...newProvision(driver, deployment, inputs),
        ...completeness,
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

/** Wrong inputs by field under OneForm's message. */
async function named<T>(check: () => T | Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'invalid' || !error.details.context) throw error
    const { context } = error.details
    throw fault('EDGE_PROVISION_INVALID', 'Error validating Provision', { context, cause: error })
  }
}

/** What of it must come for it to run. */
function completenessOf(
  { min_hosts, atomic }: Static<typeof provisionRequest>,
  inputs: Record<string, unknown>,
): Pick<ProvisionBody, 'min_hosts' | 'atomic'> {
  const hosts = Number(inputs['oneform_hosts'])
  if (min_hosts !== undefined && min_hosts > hosts) {
    const context = { min_hosts: [`must not be more than oneform_hosts, which is ${hosts}`] }
    throw fault('EDGE_PROVISION_INVALID', 'Error validating Provision', { context })
  }
  return { ...(min_hosts === undefined ? {} : { min_hosts }), ...(atomic ? { atomic } : {}) }
}

function deploymentOf({ deployment_confs }: DriverDescription, wanted?: string): DeploymentConf {
  const known = deployment_confs.map(({ inventory }) => inventory)
  const found = deployment_confs.find(
    ({ inventory }) => inventory === (wanted?.toLowerCase() ?? known[0]),
  )
  if (found) return found
  const message = `invalid value '${wanted}' for 'deployment_type'. Choose from: ${known.join(', ')}.`
  const context = { deployment_type: [message] }
  throw fault('EDGE_PROVISION_INVALID', 'Error validating Provision', { context })
}

function newProvision(
  { fireedge, user_inputs }: DriverDescription,
  deployment: DeploymentConf,
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
  }
}
