import type { FastifyInstance, FastifyReply } from 'fastify'
import type { FaultOrder } from '../engine/faults.ts'
import type { Sim } from '../engine/sim.ts'
import { absence } from './absence.ts'
import { ApiError, html502, rateLimited } from './errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Done after the handler: the answer is lost or damaged. */
    spoil: 'lostResponse' | 'wrongContentType' | null
    /** Simulated milliseconds that a new object is missing from this list. */
    lagMs: number
    /** This page is short, and the list changes before the next. */
    shift: { readonly size: number } | null
  }
}

/** Carries out transport faults; `lostResponse` lets the mutation happen and drops the connection. */
export function injectFaults(app: FastifyInstance, sim: Sim): void {
  const buckets = new Map<string, { tokens: number; at: number }>()
  app.decorateRequest('spoil', null)
  app.decorateRequest('lagMs', 0)
  app.decorateRequest('shift', null)
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/_sim/') || sim.clock.now() >= sim.faults.downUntilMs) return
    reply.hijack()
    reply.raw.socket?.resetAndDestroy()
    return reply
  })
  app.addHook('preHandler', async (request, reply) => {
    if (request.url.startsWith('/_sim/')) return
    const fault = sim.faults.forRequest({
      method: request.method,
      path: request.url.split('?')[0] ?? request.url,
      project: projectOf(request.body, request.query),
    })
    if (!fault) return
    request.faultName = fault.action
    if (fault.action === 'lostResponse' || fault.action === 'wrongContentType')
      request.spoil = fault.action
    else if (fault.action === 'listLag') request.lagMs = Number(fault.settings['ms'] ?? 10_000)
    else if (fault.action === 'pageShift')
      request.shift = { size: Number(fault.settings['size'] ?? 1) }
    else if (fault.action === 'ghost404') throw absence(request.url)
    else if (fault.action === 'rateLimit' && fault.settings['rps'] !== undefined) {
      if (drained(sim, buckets, fault, request.access?.key.access_key ?? '')) throw rateLimited()
      request.faultName = null
    } else return strike(sim, fault, reply)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.spoil === 'lostResponse') {
      reply.hijack()
      reply.raw.destroy()
    }
    if (request.spoil === 'wrongContentType')
      reply.header('content-type', 'application/json; charset=utf-8')
    return payload
  })
}

async function strike(sim: Sim, fault: FaultOrder, reply: FastifyReply): Promise<unknown> {
  const { settings } = fault
  switch (fault.action) {
    case 'latency':
      return void (await sim.clock.sleep(Number(settings['ms'] ?? 1000)))
    case 'hang':
      return reply.hijack()
    case 'reset':
      reply.hijack()
      return reply.raw.socket?.resetAndDestroy()
    case 'rateLimit':
      throw rateLimited()
    case 'html502':
      throw html502()
    default:
      throw new ApiError(
        Number(settings['code'] ?? 500),
        (settings['body'] as object | string | undefined) ?? { message: 'internal error' },
        (settings['headers'] as Record<string, string> | undefined) ?? {},
      )
  }
}

/** A token bucket per key; refills in simulated time. */
function drained(
  sim: Sim,
  buckets: Map<string, { tokens: number; at: number }>,
  { settings }: FaultOrder,
  key: string,
): boolean {
  const rps = Number(settings['rps'])
  const burst = Number(settings['burst'] ?? rps)
  const now = sim.clock.now()
  const last = buckets.get(key) ?? { tokens: burst, at: now }
  const tokens = Math.min(burst, last.tokens + ((now - last.at) / 1000) * rps)
  buckets.set(key, { tokens: Math.max(0, tokens - 1), at: now })
  return tokens < 1
}

function projectOf(body: unknown, query: unknown): string | undefined {
  const inBody = (body as { project_id?: unknown } | undefined)?.project_id
  const inQuery = (query as { project_id?: unknown } | undefined)?.project_id
  return [inBody, inQuery].find((id) => typeof id === 'string')
}
