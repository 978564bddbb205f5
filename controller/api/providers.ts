import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'
import { engine, type ProviderBody, type ProviderConnection } from '../documents/index.ts'
import { parseConnection } from './connection.ts'
import { providerJson } from './document-json.ts'
import { type DriverOptions, mustTakeNew, takesNew } from './drivers.ts'
import { mustManage } from './login.ts'
import { patchProviderRoute } from './patch-provider.ts'
import type { CheckConnection, DriverDescription } from './ports.ts'
import { showProviders } from './provider-view.ts'
import { type Body, type ById, flagOf, idOf, providerRequest } from './request.ts'
import { mergeDocuments } from './stock/index.ts'

interface ProviderOptions extends DriverOptions {
  readonly checkConnection: CheckConnection
  readonly clock: Clock
}

/** /providers: who pays, and with which keys. */
export function providerRoutes(app: FastifyInstance, options: ProviderOptions): void {
  const { driver, checkConnection, clock } = options
  app.get('/providers', { config: { merge: mergeDocuments } }, async ({ asker, query }) => {
    const all = await asker.documents.providers.list()
    // of this driver, the only one here
    const taken = !flagOf(query, 'enabled') || (await takesNew(options))
    return showProviders(asker, query, taken ? all.toReversed() : [])
  })
  app.get<ById>(
    '/providers/:id',
    { config: { fromMemory: true } },
    async ({ asker, params, query }) => {
      const document = await asker.prompt.provider(idOf(params))
      const [json] = await showProviders(asker, query, [document])
      return json
    },
  )
  app.get<ById>(
    '/providers/:id/path',
    { config: { fromMemory: true } },
    async ({ asker, params }) => {
      await asker.prompt.provider(idOf(params))
      return { path: driver.system_path }
    },
  )
  app.post<Body<typeof providerRequest>>(
    '/providers',
    { schema: { body: providerRequest }, config: { byDriver: true } },
    async ({ asker, body }, reply) => {
      await mustTakeNew('Provider', body.driver, options)
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
  patchProviderRoute(app, { driver, checkConnection })
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
