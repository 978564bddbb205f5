import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'

const allowedInFlight = 10
const bodyKept = 4000

declare module 'fastify' {
  interface FastifyRequest {
    arrivedMs: number
    concurrent: number
    faultName: string | null
    recorded: boolean
  }
}

/** Logs every product request, answered or not, and notes what a client must never do. */
export function recordRequests(app: FastifyInstance, sim: Sim): void {
  let inFlight = 0
  app.decorateRequest('arrivedMs', 0)
  app.decorateRequest('concurrent', 0)
  app.decorateRequest('faultName', null)
  app.decorateRequest('recorded', true)
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/_sim/')) return
    inFlight += 1
    request.recorded = false
    request.arrivedMs = performance.now()
    request.concurrent = inFlight
    if (inFlight > allowedInFlight)
      note(sim, 'in-flight', `${inFlight} requests at once`, request.url)
    // 'close' comes for answered, dropped and hung requests alike.
    reply.raw.once('close', () => {
      inFlight -= 1
      record(sim, request, reply.raw.writableFinished ? reply.statusCode : null)
    })
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || request.recorded) return
    if (reply.statusCode === 409 && payload.includes('"transient_state"'))
      note(sim, 'transient-mutation', `${request.method} ${request.url}: ${payload}`)
    if (payload.includes('Server is not delivered'))
      note(sim, 'transient-mutation', `${request.method} ${request.url}: ${payload}`)
  })
}

function note(sim: Sim, rule: string, what: string, object?: string): void {
  const severity = rule === 'transient-mutation' ? 'warn' : 'error'
  sim.journal.note({ rule, severity, what, ...(object === undefined ? {} : { object }) })
}

function record(sim: Sim, request: FastifyRequest, status: number | null): void {
  if (request.recorded) return
  request.recorded = true
  const body = request.body === undefined ? '' : JSON.stringify(request.body)
  for (const { secret_key } of sim.store.keys.values())
    if (request.url.includes(secret_key) || body.includes(secret_key))
      note(sim, 'credential', 'a secret key travelled in a URL or body', request.routeOptions.url)
  sim.journal.record({
    id: request.id,
    at: new Date().toISOString(),
    method: request.method,
    url: request.url,
    route: request.routeOptions.url ?? '',
    accessKey: request.access?.key.access_key ?? null,
    status,
    ms: Math.round(performance.now() - request.arrivedMs),
    inFlight: request.concurrent,
    fault: request.faultName,
    body: body.slice(0, bodyKept),
  })
}
