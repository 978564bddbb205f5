// Validators are compiled when the first request needs them: what cannot be compiled would be found by that.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type FastifyInstance, type FastifySchema, fastify } from 'fastify'
import t from 'tap'
import { createDriverApi } from '../../../controller/driver-api/index.ts'
import { lazyValidators } from '../../../lib/lazy-validators/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { open } from './calls.ts'

const parts = ['body', 'querystring', 'params', 'headers'] as const

/** Compiles the schemas of all routes of the servers that are made meanwhile; answers where each one stands. */
async function compiled(make: () => Promise<unknown>): Promise<string[]> {
  const found: { place: string; compile: () => unknown }[] = []
  const listen = (message: unknown) => {
    const server = (message as { fastify: FastifyInstance }).fastify
    server.addHook('onRoute', ({ method, url, schema }) => {
      for (const httpPart of parts) {
        const part = (schema as FastifySchema | undefined)?.[httpPart]
        if (part === undefined) continue
        const route = { schema: part, method: String(method), url, httpPart }
        found.push({
          place: `${route.method} ${url} ${httpPart}`,
          // it compiles when it is called, whatever it is called with
          compile: () => server.validatorCompiler?.(route as never)({}),
        })
      }
    })
  }
  subscribe('fastify.initialization', listen)
  await make().finally(() => unsubscribe('fastify.initialization', listen))
  return found.map(({ place, compile }) => {
    try {
      compile()
    } catch (error) {
      throw new Error(`${place} cannot be compiled: ${(error as Error).message}`)
    }
    return place
  })
}

t.test('every schema of the API can be compiled', async (t) => {
  const places = await compiled(async () => await open(t).app.ready())
  t.ok(places.length >= 12, `${places.length} schemas`)
  t.ok(places.includes('POST /api/v1/provisions body'), places.join(', '))
})

t.test('and every one of the drivers’ door', async (t) => {
  const places = await compiled(async () => {
    const api = createDriverApi({ flexibleIps: {}, elastic: {}, logger: silent } as never)
    t.teardown(() => api.close())
  })
  t.strictSame(places, [
    ...['POST /ipam/register body', 'POST /ipam/unregister body'],
    ...['POST /elastic/assign body', 'POST /elastic/unassign body'],
  ])
})

t.test('one that cannot is named with its route', async (t) => {
  const wrong = compiled(async () => {
    const app = fastify().setValidatorCompiler(lazyValidators({ coerceTypes: false }))
    app.post('/wrong', { schema: { body: { type: 'nosuch' } } }, async () => ({}))
    await app.ready()
  })
  await t.rejects(wrong, { message: /^POST \/wrong body cannot be compiled: / })
})
