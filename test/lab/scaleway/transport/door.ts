import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DoorCall } from '../engine/passage.ts'
import type { Sim } from '../engine/sim.ts'
import { ApiError } from './errors.ts'

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
