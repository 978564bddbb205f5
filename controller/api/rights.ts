import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Documents } from '../documents/index.ts'
import { type Body, type ById, idOf, oneId } from './request.ts'

export const chmodRequest = Type.Object({ octet: Type.String({ pattern: '^[0-7]{3}$' }) })

export const chownRequest = Type.Object({
  owner_id: oneId,
  /** The stock command line sends null for the group that it has. */
  group_id: Type.Optional(Type.Union([oneId, Type.Null()])),
})

export const chgrpRequest = Type.Object({ group_id: oneId })

const asItIs = -1

interface RightsOptions {
  /** With all rights: who gives a provision away may not write to it any more. */
  readonly documents: Documents
}

/** Owner, group and permission bits of documents: oned decides who may change them, asked as the user. */
export function rightsRoutes(app: FastifyInstance, { documents }: RightsOptions): void {
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
        if (kind === 'provisions') await follow(documents, idOf(params))
        return reply.code(204).send()
      },
    )
    app.post<ById & Body<typeof chgrpRequest>>(
      `/${kind}/:id/chgrp`,
      { schema: { body: chgrpRequest } },
      async ({ asker, params, body }, reply) => {
        await asker.documents[kind].chown(idOf(params), asItIs, Number(body.group_id))
        if (kind === 'provisions') await follow(documents, idOf(params))
        return reply.code(204).send()
      },
    )
  }
}

/** What is still to be made of it belongs to its new owner. Asked again, it mends what was cut off. */
async function follow({ provisions }: Documents, id: number): Promise<void> {
  const { owner } = await provisions.get(id)
  await provisions.update(id, (draft) => {
    draft.requested_by = { uid: owner.uid, gid: owner.gid }
    return undefined
  })
}
