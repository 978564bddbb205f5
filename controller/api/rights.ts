import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { type Body, type ById, idOf, oneId } from './request.ts'

export const chmodRequest = Type.Object({ octet: Type.String({ pattern: '^[0-7]{3}$' }) })

export const chownRequest = Type.Object({
  owner_id: oneId,
  /** The stock command line sends null for the group that it has. */
  group_id: Type.Optional(Type.Union([oneId, Type.Null()])),
})

export const chgrpRequest = Type.Object({ group_id: oneId })

const asItIs = -1

/**
 * Owner, group and permission bits of documents: oned decides who may change them, asked as the user.
 * What is still to be made of a provision belongs to whoever owns it by then.
 */
export function rightsRoutes(app: FastifyInstance): void {
  for (const kind of ['providers', 'provisions'] as const) {
    app.post<ById & Body<typeof chmodRequest>>(
      `/${kind}/:id/chmod`,
      { schema: { body: chmodRequest } },
      async ({ asker, params, body }, reply) => {
        await asker.documents[kind].chmod(idOf(params), body.octet)
        return reply.code(204).send()
      },
    )
    app.post<ById & Body<typeof chownRequest>>(
      `/${kind}/:id/chown`,
      { schema: { body: chownRequest } },
      async ({ asker, params, body: { owner_id, group_id } }, reply) => {
        const group = Number(group_id ?? asItIs)
        await asker.documents[kind].chown(idOf(params), Number(owner_id), group)
        return reply.code(204).send()
      },
    )
    app.post<ById & Body<typeof chgrpRequest>>(
      `/${kind}/:id/chgrp`,
      { schema: { body: chgrpRequest } },
      async ({ asker, params, body }, reply) => {
        await asker.documents[kind].chown(idOf(params), asItIs, Number(body.group_id))
        return reply.code(204).send()
      },
    )
  }
}
