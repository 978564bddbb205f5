import type { TSchema } from 'typebox'
import type { Answer, RouteDoc } from './route-doc.ts'
import { Failure } from './schemas/index.ts'

/** A route as it was registered. */
export interface Described {
  readonly method: string
  /** As fastify has it: `/api/v1/providers/:id`. */
  readonly path: string
  /** What its body must be; undefined for a route that takes none. */
  readonly body: TSchema | undefined
  readonly doc: RouteDoc
}

type Json = Readonly<Record<string, unknown>>

/** What each status means where OneForm or we answer it. */
const meanings: Readonly<Record<number, string>> = {
  400: 'The request cannot be right.',
  403: 'The user may not do this, or Scaleway does not let the key do it.',
  404: 'There is no such object, or another OneForm server has it.',
  405: 'Not in the present state, or somebody else’s.',
  409: 'Stock or quota is exhausted.',
  413: 'The body is larger than any that makes sense.',
  415: 'The content type is none.',
  500: 'Something else went wrong; the message says what.',
  503: 'OpenNebula, Scaleway or the stock server does not answer; later it may.',
}

const successes: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Created.',
  202: 'Accepted; the work goes on.',
  204: 'Accepted, or done; there is no body.',
}

/** Every route can fail like this. */
const always = [500, 503]

/** The routes as an OpenAPI 3.1 document, whose schemas are JSON Schema, as ours are. Pure. */
export function openapiDocument(routes: readonly Described[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'edgectl',
      version,
      description: 'OneForm’s REST API for the driver scaleway, and what edgectl adds to it.',
    },
    security: [{ opennebula: [] }],
    tags: [...new Set(routes.map(({ doc }) => doc.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        opennebula: {
          ...{ type: 'http', scheme: 'basic' },
          description:
            'User and password, or token, of OpenNebula; each request acts as that user.',
        },
      },
      schemas: { Failure },
      responses: {
        Unauthorized: {
          description: 'oned does not know this user or password.',
          content: { 'text/html': { schema: { type: 'string' }, example: 'Invalid credentials' } },
        },
        ...Object.fromEntries(
          Object.entries(meanings).map(([status, text]) => [`E${status}`, failure(status, text)]),
        ),
      },
    },
  }
}

function failure(status: string, description: string): Json {
  const schema = { $ref: '#/components/schemas/Failure' }
  const example = { err_code: Number(status), message: '…' }
  return { description, content: { 'application/json': { schema, example } } }
}

function operation(route: Described): Json {
  const { method, path, body, doc } = route
  const open = path === '/'
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [doc.tag],
    summary: doc.summary,
    description: doc.description,
    ...(doc.ours ? { 'x-edgectl-addition': true } : {}),
    ...(open ? { security: [] } : {}),
    parameters: [...pathParameters(path), ...queryParameters(doc)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: body, example: doc.request } },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(doc.answers).map(([status, answer]) => [status, success(status, answer)]),
      ),
      ...(open ? {} : { 401: { $ref: '#/components/responses/Unauthorized' } }),
      ...Object.fromEntries(
        failuresOf(route).map((status) => [status, { $ref: `#/components/responses/E${status}` }]),
      ),
    },
  }
}

/** Every failure that the route may answer, but that of the login. */
export function failuresOf({ method, path, doc }: Pick<Described, 'method' | 'path' | 'doc'>) {
  const bodies = method === 'GET' || method === 'HEAD' ? [] : [413, 415]
  return [...new Set([...doc.errors, ...(path === '/' ? [] : always), ...bodies])].sort()
}

function success(status: string, answer: Answer | null): Json {
  const description = successes[Number(status)] ?? 'Done.'
  if (answer === null) return { description }
  const { schema, example, type = 'application/json' } = answer
  return { description, content: { [type]: { schema, example } } }
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => {
    const schema = name === 'id' ? { type: 'integer', minimum: 0 } : { type: 'string' }
    return { ...{ name, in: 'path', required: true, schema } }
  })
}

function queryParameters({ query = {} }: RouteDoc): Json[] {
  return Object.entries(query).map(([name, description]) => ({
    ...{ name, in: 'query', required: false, description, schema: { type: 'string' } },
  }))
}
