import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { Fault } from '../fault/fault.ts'

/**
 * A value from outside, checked against its schema. Throws EDGE_MESSAGE_INVALID naming the first
 * member that is wrong; unknown members are kept, so that a newer peer may say more.
 */
export function parseAs<T extends TSchema>(schema: T, value: unknown, what: string): Static<T> {
  if (Value.Check(schema, value)) return value as Static<T>
  const [first] = Value.Errors(schema, value)
  const where = first?.instancePath || '/'
  throw new Fault(
    'EDGE_MESSAGE_INVALID',
    'invalid',
    `${what} is not valid at ${where}: ${first?.message ?? 'unknown reason'}`,
  )
}
