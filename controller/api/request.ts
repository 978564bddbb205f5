import { type Static, type TSchema, Type } from 'typebox'
import { fault } from './faults.ts'

/** The document id in a path. What is no number is a document nobody has. */
export function idOf({ id }: { readonly id: string }): number {
  if (/^\d{1,9}$/.test(id)) return Number(id)
  throw fault('EDGE_REQUEST_INVALID', `Error getting document ${id}: ids are numbers`)
}

/** A query flag as the stock command line writes it: `include_sensitive=true`. */
export function flagOf(query: unknown, name: string): boolean {
  return (query as Record<string, unknown>)[name] === 'true'
}

/** A flag whose misunderstanding would cost money. Throws EDGE_REQUEST_INVALID for any other word. */
export function strictFlagOf(query: unknown, name: string): boolean {
  const word = (query as Record<string, unknown>)[name]
  if (word === undefined || word === 'false') return false
  if (word === 'true') return true
  throw fault('EDGE_REQUEST_INVALID', `\`${name}\` must be a boolean value (true or false)`)
}

/** A number in the query: undefined when absent or empty. Throws EDGE_REQUEST_INVALID otherwise. */
export function numberOf(query: unknown, name: string): number | undefined {
  const text = (query as Record<string, unknown>)[name]
  if (text === undefined || text === '') return undefined
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text)
  throw fault('EDGE_REQUEST_INVALID', `\`${name}\` must be a number, zero or more`)
}

export const plainText = Type.String({ maxLength: 4096 })
/** oned takes names as XML, where control characters and halves of characters cannot stand. */
export const documentName = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\p{Cc}\\p{Cs}\\ufffe\\uffff]+$',
})
/** Inputs by name. */
export const inputMap = Type.Record(Type.String(), Type.Unknown())

/** OpenNebula's ids, which the stock command line sends as strings. */
export const oneId = Type.Union([
  Type.Integer({ minimum: 0, maximum: 999_999_999 }),
  Type.String({ pattern: '^\\d{1,9}$' }),
])

export const providerRequest = Type.Object({
  driver: plainText,
  name: Type.Optional(documentName),
  description: Type.Optional(plainText),
  connection_values: Type.Optional(inputMap),
})

export const provisionRequest = Type.Object({
  driver: plainText,
  name: Type.Optional(documentName),
  description: Type.Optional(plainText),
  deployment_type: Type.Optional(plainText),
  provider_id: oneId,
  user_inputs_values: Type.Optional(inputMap),
  /** Only look and answer what would be created. */
  dry_run: Type.Optional(Type.Boolean()),
  /** Ours: with so many hosts it runs, even if others cannot come. */
  min_hosts: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** Ours: what cannot be whole is given back. */
  atomic: Type.Optional(Type.Boolean()),
})

/** Where nothing in a body is needed, none is as good as an empty one. */
export async function bodyOptional(request: { body?: unknown }): Promise<void> {
  request.body ??= {}
}

export const forceRequest = Type.Object({ force: Type.Optional(Type.Boolean()) })

export const recoverRequest = Type.Object({
  /** The state whose work failed: `APPLYING` of APPLYING_FAILURE. */
  recover_state: plainText,
  force: Type.Optional(Type.Boolean()),
})

export const retryRequest = Type.Object({
  force: Type.Optional(Type.Boolean()),
  /** Ours: leaves out what of a change has not come. */
  give_up: Type.Optional(Type.Boolean()),
})

export const adoptRequest = Type.Object({
  /** Only look and answer what would be changed; never done by mistake, so it must be said. */
  dry_run: Type.Boolean(),
  /** The plan that was agreed to, as it was answered; refused when it would be another by now. */
  plan: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$' })),
  /** Of ours; else the first that pays for the same project and zone. */
  provider_id: Type.Optional(Type.Integer({ minimum: 0, maximum: 999_999_999 })),
})

const amount = Type.Integer({ minimum: 1, maximum: 1000 })
/** What becomes of virtual machines on hosts that go; `migrate` is ours. */
const guests = {
  force: Type.Optional(Type.Boolean()),
  migrate: Type.Optional(Type.Boolean()),
}

export const scaleRequest = Type.Object({
  direction: plainText,
  nodes: Type.Union([
    amount,
    Type.Array(Type.Union([Type.Integer(), plainText]), { minItems: 1, maxItems: 1000 }),
  ]),
  ...guests,
})

export const replaceRequest = Type.Object({ host_id: oneId, ...guests })

/** Unlike other work it is waited for, as stock clients expect; unless they say otherwise. */
const waited = { wait: Type.Optional(Type.Boolean()) }

export const addIpRequest = Type.Object({ amount, ...waited })

export const removeIpRequest = Type.Object({ ar_id: oneId, ...waited })

export type Body<S extends TSchema> = { Body: Static<S> }
export interface ById {
  Params: { id: string }
}
