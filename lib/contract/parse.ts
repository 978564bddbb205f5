import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { isValid } from './check.ts'
import { contractFault } from './faults.ts'

/**
 * A value from outside, checked against its schema. Throws EDGE_MESSAGE_INVALID naming the first
 * member that is wrong; unknown members are kept, so that a newer peer may say more.
 */
export function parseAs<T extends TSchema>(schema: T, value: unknown, what: string): Static<T> {
  if (isValid(schema, value)) return value as Static<T>
  const [first] = Value.Errors(meant(schema, value), value)
  const where = first?.instancePath || '/'
  throw contractFault(
    'EDGE_MESSAGE_INVALID',
    `${what} is not valid at ${where}: ${first?.message ?? 'unknown reason'}`,
  )
}

/** Of several kinds of frames the one the value says it is: what the others miss tells nobody. */
function meant(schema: TSchema, value: unknown): TSchema {
  const { anyOf = [] } = schema as { anyOf?: readonly Kind[] }
  const { type } = (value ?? {}) as { type?: unknown }
  return (
    anyOf.find(({ properties }) => properties?.type && Value.Check(properties.type, type)) ?? schema
  )
}

type Kind = TSchema & { readonly properties?: { readonly type?: TSchema } }
