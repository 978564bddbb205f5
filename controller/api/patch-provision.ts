import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Document, ProvisionBody } from '../documents/index.ts'
import { inputAliases } from '../provision/index.ts'
import { provisionJson, redactedMark } from './document-json.ts'
import { fault } from './faults.ts'
import { mustManage } from './login.ts'
import { type Body, type ById, documentName, idOf, inputMap, plainText } from './request.ts'

/** Other members may come back as they were shown: see `fixed`. */
export const patchProvisionRequest = Type.Object({
  name: Type.Optional(documentName),
  description: Type.Optional(plainText),
  user_inputs_values: Type.Optional(inputMap),
})

/**
 * PATCH /provisions/:id: name and description. OneForm writes whatever inputs and objects it is sent into
 * the document, where they are no longer true; here anything else is refused unless it is as it was.
 */
export function patchProvisionRoute(app: FastifyInstance): void {
  app.patch<ById & Body<typeof patchProvisionRequest>>(
    '/provisions/:id',
    { schema: { body: patchProvisionRequest } },
    async ({ asker, params, body }) => {
      const { provisions } = asker.documents
      const document = await provisions.get(idOf(params))
      mustManage(asker, document)
      mustBeAsShown(document, { ...body })
      const updated = await provisions.update(document.id, (draft) => {
        draft.name = body.name ?? draft.name
        draft.description = body.description ?? draft.description
        return undefined
      })
      return provisionJson(updated)
    },
  )
}

const changedBy: Readonly<Record<string, string>> = {
  oneform_hosts: 'add and remove hosts instead',
  instance_public_ips: 'add and remove addresses instead',
}

/** What a client would mean to change by sending it; the rest of what is shown only tells how things are. */
const fixed = ['provider_id', 'deployment_file', 'one_objects', 'tags', 'onedeploy_tags']

type Values = Readonly<Record<string, unknown>>

function mustBeAsShown(document: Document<ProvisionBody>, wanted: Values): void {
  const inputs = (wanted['user_inputs_values'] ?? {}) as Values
  const named = fixed.filter((name) => wanted[name] !== undefined)
  const context = {
    ...changes({ ...document.body }, Object.fromEntries(named.map((name) => [name, wanted[name]]))),
    ...changes(document.body.user_inputs_values, unaliased(inputs)),
  }
  const names = Object.keys(context)
  if (names.length === 0) return
  const message = `An update of provision ${document.id} cannot change ${names.join(', ')}`
  throw fault('EDGE_PROVISION_FIXED', message, { context })
}

function changes(now: Values, wanted: Values): Record<string, string[]> {
  const changed = Object.keys(wanted).filter((name) => !same(now[name], wanted[name]))
  return Object.fromEntries(
    changed.map((name) => [name, [changedBy[name] ?? 'was decided when the provision was made']]),
  )
}

/** Clients send numbers as text too. */
function same(now: unknown, wanted: unknown): boolean {
  if (wanted === redactedMark || isDeepStrictEqual(now, wanted)) return true
  return typeof now !== 'object' && typeof wanted === 'string' && String(now) === wanted
}

function unaliased(values: Values): Values {
  const entries = Object.entries(values)
  return Object.fromEntries(entries.map(([name, value]) => [inputAliases[name] ?? name, value]))
}
