import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import type { AddressReport } from '../fleet/index.ts'
import { mustManage } from './login.ts'
import type { AddressesPort } from './ports.ts'
import { type Body, type ById, idOf } from './request.ts'

const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

export const reverseRequest = Type.Object({
  address: Type.String({ pattern: '^(\\d{1,3}\\.){3}\\d{1,3}$' }),
  /** RFC 1123; null gives Scaleway's own name back. */
  name: Type.Union([
    Type.String({ maxLength: 254, pattern: `^(${label}\\.)+${label}\\.?$` }),
    Type.Null(),
  ]),
})

/** Elastic addresses of a provision, as the truth check found them; these routes are ours alone. */
export function addressRoutes(app: FastifyInstance, addresses: AddressesPort): void {
  app.get<ById>(
    '/provisions/:id/addresses',
    { config: { oursAlone: true } },
    async ({ asker, params }) => {
      const { id } = await asker.documents.provisions.get(idOf(params))
      return addressesJson(addresses.report(id))
    },
  )
  app.post<ById & Body<typeof reverseRequest>>(
    '/provisions/:id/reverse',
    { schema: { body: reverseRequest }, config: { oursAlone: true } },
    async ({ asker, params, body }) => {
      const document = await asker.documents.provisions.get(idOf(params))
      mustManage(asker, document)
      const { id } = document
      const { address, name }: Static<typeof reverseRequest> = body
      const reverse = await addresses.setReverse({ provisionId: id, external: address, name })
      return { address, reverse }
    },
  )
}

function addressesJson({ at, addresses, findings }: AddressReport) {
  return {
    /** Seconds since 1970; null before the first look. */
    looked_at: at === null ? null : Math.floor(at / 1000),
    addresses: addresses.map((one) => ({
      address: one.external,
      vm_address: one.ip,
      vm_id: one.vm,
      attached_to: one.attachedTo,
      wanted_on: one.wantedOn,
      status: one.status,
      verdict: one.verdict,
      sentence: one.sentence,
      reverse: one.reverse,
    })),
    findings,
  }
}
