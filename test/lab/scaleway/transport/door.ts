import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { ApiError } from './errors.ts'

/** A request as somebody at the door sees it. */
export interface DoorCall {
  readonly id: string
  readonly method: string
  /** The product's own pattern: `/flexible-ip/v1alpha1/zones/:zone/fips/:fip_id`. */
  readonly route: string
  readonly url: string
  readonly body: unknown
}

/** `vanish`: the connection breaks. `fail`: 500, whatever was done. */
export type Passage = 'pass' | 'vanish' | 'fail'

/**
 * Somebody at the door, who may hold each request for as long as he likes: before it has done anything,
 * and when it is done but not answered.
 */
export interface Door {
  enter(call: DoorCall): Passage | Promise<Passage>
  leave(call: DoorCall): Passage | Promise<Passage>
}

declare module 'fastify' {
  interface FastifyRequest {
    entered: boolean
  }
}

export function keepDoor(app: FastifyInstance, { config: { door } }: Sim): void {
  if (!door) return
  app.decorateRequest('entered', false)
  app.addHook('preHandler', async (request, reply) => {
    if (request.url.startsWith('/_sim/')) return
    const passage = await door.enter(callOf(request))
    if (passage === 'fail') throw new ApiError(500, internal)
    if (passage === 'vanish') return vanish(reply)
    request.entered = true
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (!request.entered) return payload
    const passage = await door.leave(callOf(request))
    if (passage === 'vanish') vanish(reply)
    if (passage !== 'fail') return payload
    reply.code(500).header('content-type', 'application/json')
    return JSON.stringify(internal)
  })
}

const internal = { message: 'internal error' }

function vanish(reply: FastifyReply): FastifyReply {
  reply.hijack()
  reply.raw.destroy()
  return reply
}

const callOf = (request: FastifyRequest): DoorCall => ({
  id: request.id,
  method: request.method,
  route: request.routeOptions.url ?? '',
  url: request.url,
  body: request.body,
})
