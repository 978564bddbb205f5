import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Document, ProviderBody } from '../documents/index.ts'
import { mergeConnection } from './connection.ts'
import { fault } from './faults.ts'
import { mustManage } from './login.ts'
import type { CheckConnection, DriverDescription } from './ports.ts'
import { showProviders } from './provider-view.ts'
import { type Body, type ById, documentName, idOf, inputMap, plainText } from './request.ts'

export const patchProviderRequest = Type.Object({
  driver: Type.Optional(plainText),
  name: Type.Optional(documentName),
  description: Type.Optional(plainText),
  /** As a provider is shown; Sunstone sends both. */
  connection: Type.Optional(inputMap),
  /** As it is created. */
  connection_values: Type.Optional(inputMap),
})

interface PatchOptions {
  readonly driver: DriverDescription
  readonly checkConnection: CheckConnection
}

/** PATCH /providers/:id: what is not named stays, and so does what comes back as it was redacted. */
export function patchProviderRoute(app: FastifyInstance, options: PatchOptions): void {
  const { driver, checkConnection } = options
  app.patch<ById & Body<typeof patchProviderRequest>>(
    '/providers/:id',
    { schema: { body: patchProviderRequest } },
    async ({ asker, params, body }) => {
      const { providers } = asker.documents
      const document = await providers.get(idOf(params))
      mustManage(asker, document)
      mustKeepDriver(document, body.driver)
      const before = document.body.connection
      const given = { ...body.connection, ...body.connection_values }
      const connection = mergeConnection(driver.connection, before, given)
      const changed = !isDeepStrictEqual(connection, before)
      if (changed) await checkConnection(connection)
      const updated = await providers.update(document.id, (draft) => {
        if (changed) draft.connection = unlessChanged(draft, before, connection, document.id)
        draft.name = body.name ?? draft.name
        draft.description = body.description ?? draft.description
        return undefined
      })
      const [json] = await showProviders(asker, {}, [updated])
      return json
    },
  )
}

/** The check at the cloud takes a while; who changed the keys meanwhile must not get the old ones back. */
function unlessChanged(
  { connection: now }: ProviderBody,
  before: ProviderBody['connection'],
  wanted: ProviderBody['connection'],
  id: number,
): ProviderBody['connection'] {
  if (isDeepStrictEqual(now, before)) return wanted
  throw fault(
    'EDGE_PROVIDER_CHANGED',
    `Provider ${id} was changed at the same time by another request`,
  )
}

function mustKeepDriver(
  { id, body }: Document<ProviderBody>,
  wanted = body.driver as string,
): void {
  if (wanted.toLowerCase() === body.driver) return
  const context = { driver: [`is ${body.driver} and cannot be changed`] }
  throw fault('EDGE_PROVIDER_INVALID', `Cannot change the driver of provider ${id}`, { context })
}
