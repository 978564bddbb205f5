import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { guardAccess } from './auth.ts'
import { keepDoor } from './door.ts'
import { ApiError, locked, untyped } from './errors.ts'
import { injectFaults } from './inject.ts'
import { latencyMs } from './latency.ts'
import { recordRequests } from './record.ts'

/** A fastify instance that speaks as Scaleway's gateway does: headers, content types, errors, delays. */
export function createApp(sim: Sim): FastifyInstance {
  const app = fastify({
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
  })
  parseBodies(app)
  headers(app)
  recordRequests(app, sim)
  guardAccess(app, sim)
  keepDoor(app, sim)
  injectFaults(app, sim)
  refuseLocked(app, sim)
  app.addHook('preHandler', async (request) => {
    if (sim.config.latency) await sim.clock.sleep(latencyMs(request, sim.chance))
  })
  app.setNotFoundHandler(async (request) => {
    const what = `${request.method} ${request.url}`
    sim.journal.note({ rule: 'unknown-route', severity: 'error', what })
    throw untyped(404, 'Not Found')
  })
  app.setErrorHandler(async (error, request, reply) => {
    const answer = error instanceof ApiError ? error : surprise(sim, request, error)
    reply.code(answer.status).headers(answer.headers)
    return answer.body === null ? reply.send() : reply.send(answer.body)
  })
  return app
}

/** JSON only; a DELETE may carry `{}` or announce JSON and carry nothing. */
function parseBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string | Buffer) => {
      if (body === '') return {}
      try {
        return JSON.parse(String(body)) as unknown
      } catch {
        throw untyped(400, 'invalid request body')
      }
    },
  )
}

/**
 * The SDK parses success bodies only when the content type is exactly `application/json`; fastify
 * would add a charset.
 */
function headers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const zone = (request.params as { zone?: string } | undefined)?.zone ?? 'fr-par-2'
    reply.header('x-request-id', request.id)
    reply.header('server', `Scaleway API Gateway (${zone};edge01)`)
    const html = String(reply.getHeader('content-type') ?? '').startsWith('text/html')
    if (payload === undefined || payload === null || payload === '')
      reply.removeHeader('content-type')
    else if (!html) reply.header('content-type', 'application/json')
  })
}

function refuseLocked(app: FastifyInstance, sim: Sim): void {
  app.addHook('preHandler', async (request) => {
    if (request.method === 'GET' || request.url.startsWith('/_sim/')) return
    const body = JSON.stringify(request.body ?? {})
    const path = Object.values(request.params as Record<string, string>)
    for (const id of sim.store.locked)
      if (path.includes(id) || body.includes(id)) throw locked('resource', id)
  })
}

/** Fastify's own refusals keep their status; anything else is a defect of the simulator. */
function surprise(sim: Sim, request: FastifyRequest, error: unknown): ApiError {
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode !== undefined && statusCode < 500) return untyped(statusCode, message ?? '')
  const what = `${request.method} ${request.url}: ${(error as Error).stack ?? String(error)}`
  sim.journal.note({ rule: 'simulator-defect', severity: 'error', what })
  return untyped(500, 'internal error')
}
