import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'
import {
  type Document,
  engine,
  type ProviderBody,
  type ProviderConnection,
  type ProvisionBody,
  states,
} from '../documents/index.ts'
import { parseConnection } from './connection.ts'
import { providerJson } from './document-json.ts'
import { mustBeServed } from './drivers.ts'
import { type Asker, mayManage, mustManage } from './login.ts'
import type { CheckConnection, DriverDescription } from './ports.ts'
import { type Body, type ById, flagOf, idOf, providerRequest } from './request.ts'
import { mergeDocuments } from './stock/index.ts'

interface ProviderOptions {
  readonly driver: DriverDescription
  readonly checkConnection: CheckConnection
  readonly clock: Clock
}

/** /providers: who pays, and with which keys. */
export function providerRoutes(app: FastifyInstance, options: ProviderOptions): void {
  const { driver, checkConnection, clock } = options
  const show = async (query: unknown, asker: Asker, found: readonly Document<ProviderBody>[]) => {
    const users = byProvider(await asker.prompt.provisions())
    return found.map((document) => {
      const sensitive = flagOf(query, 'include_sensitive') && mayManage(asker.user, document)
      return providerJson(document, { sensitive, provisions: users.get(document.id) ?? [] })
    })
  }

  app.get('/providers', { config: { merge: mergeDocuments } }, async ({ asker, query }) =>
    show(query, asker, await asker.documents.providers.list()),
  )
  app.get<ById>('/providers/:id', async ({ asker, params, query }) => {
    const document = await asker.prompt.provider(idOf(params))
    const [json] = await show(query, asker, [document])
    return json
  })
  app.get<ById>('/providers/:id/path', async ({ asker, params }) => {
    await asker.prompt.provider(idOf(params))
    return { path: driver.system_path }
  })
  app.post<Body<typeof providerRequest>>(
    '/providers',
    { schema: { body: providerRequest }, config: { byDriver: true } },
    async ({ asker, body }, reply) => {
      mustBeServed(body.driver, driver)
      const connection = parseConnection(driver.connection, body.connection_values ?? {})
      await checkConnection(connection)
      const fresh = newProvider(driver, connection, Math.floor(clock.now() / 1000))
      const document = await asker.documents.providers.create({
        ...fresh,
        name: body.name ?? driver.name,
        description: body.description ?? driver.description,
      })
      reply.code(201)
      return providerJson(document, { sensitive: false, provisions: [] })
    },
  )
  app.delete<ById>('/providers/:id', async ({ asker, params }, reply) => {
    mustManage(asker, await asker.documents.providers.get(idOf(params)))
    await asker.documents.providers.delete(idOf(params))
    return reply.code(204).send()
  })
}

function newProvider(
  { name, description, version, fireedge, connection: user_inputs }: DriverDescription,
  connection: ProviderConnection,
  registration_time: number,
): ProviderBody {
  return {
    ...{ engine, name, description, driver: 'scaleway', version, fireedge, user_inputs },
    ...{ connection, provision_ids: [], registration_time },
  }
}

/** Looked up rather than kept in the provider, where a crash could leave it wrong. */
function byProvider(provisions: readonly Document<ProvisionBody>[]): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const { id, body } of provisions) {
    if (body.state === states.DONE) continue
    found.set(body.provider_id, [...(found.get(body.provider_id) ?? []), id])
  }
  return found
}
