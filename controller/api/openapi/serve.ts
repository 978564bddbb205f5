import type { FastifyInstance } from 'fastify'
import type { TSchema } from 'typebox'
import { type Described, openapiDocument } from './document.ts'
import { routeDocs } from './table.ts'

const base = '/api/v1'

/**
 * Gives each route registered from now on its description, and answers all of them as one document.
 * Behind the login, like everything that tells what runs here.
 */
export function describeRoutes(app: FastifyInstance, version: string): void {
  const described: Described[] = []
  app.addHook('onRoute', (route) => {
    const { method, url, schema, config } = route
    if (typeof method !== 'string' || method === 'HEAD') return
    const doc = routeDocs[keyOf(method, url)]
    if (doc === undefined) return
    route.config = { ...config, doc }
    described.push({ method, path: url, body: schema?.body as TSchema | undefined, doc })
  })
  let document: object | undefined
  app.register(async (v1) => {
    v1.get(`${base}/openapi.json`, () => {
      document ??= openapiDocument(described, version)
      return document
    })
  })
}

/** `GET /providers/:id`, as the descriptions are called. */
export function keyOf(method: string, url: string): string {
  return `${method} ${url.startsWith(`${base}/`) && url !== `${base}/` ? url.slice(base.length) : url}`
}
