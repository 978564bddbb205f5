import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { Failure, failuresOf } from '../../../controller/api/openapi/index.ts'

/**
 * Holds every answer against the description of its route: status and shape, and no member that the
 * description does not have. What differs is collected, a line each.
 */
export function watchAnswers(app: FastifyInstance): string[] {
  const wrong: string[] = []
  app.addHook('onSend', async (request, reply, payload) => {
    const difference = differenceOf(request, reply.statusCode, payload)
    if (difference !== undefined) {
      wrong.push(`${request.method} ${request.routeOptions.url} ${reply.statusCode}: ${difference}`)
    }
    return payload
  })
  return wrong
}

function differenceOf(
  { method, routeOptions }: FastifyRequest,
  status: number,
  payload: unknown,
): string | undefined {
  const { doc } = routeOptions.config
  // unknown paths have no description, answers of the stock server are its own, the login's is text
  if (doc === undefined || status === 401 || isStream(payload)) return undefined
  if (status >= 400) {
    const told = failuresOf({ method, path: routeOptions.url ?? '', doc }).includes(status)
    return told ? mismatch(Failure, payload) : 'not among the errors that are described'
  }
  const answer = doc.answers[status]
  if (answer === undefined) return 'not among the answers that are described'
  if (answer === null) return payload ? 'has a body' : undefined
  if ((answer.schema as { type?: string }).type === 'string') return undefined
  return mismatch(answer.schema, payload)
}

function mismatch(schema: TSchema, payload: unknown): string | undefined {
  // HEAD
  if (payload === null || payload === undefined) return undefined
  const value: unknown = JSON.parse(String(payload))
  const [first] = Value.Errors(closed(schema) as TSchema, value)
  return (
    first && `${first.instancePath || '/'} ${first.message} in ${String(payload).slice(0, 300)}`
  )
}

/** The schema with no room for members it does not name. */
export function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, closed(one)]))
  const names = 'properties' in schema && !('additionalProperties' in schema)
  return names ? { ...inner, additionalProperties: false } : inner
}

function isStream(payload: unknown): boolean {
  return typeof (payload as { pipe?: unknown } | null)?.pipe === 'function'
}
