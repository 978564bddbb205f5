import { type Static, Type } from 'typebox'
import { parseAs } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import { engine, provisionType, type StoredDocument } from '../documents/index.ts'
import { fault } from './faults.ts'

const Id = Type.Integer({ minimum: 0 })
const OneObject = Type.Object({ id: Type.Union([Id, Type.Null()]), name: Type.String() })
const Values = Type.Record(Type.String(), Type.Unknown())

/** What of a stock PROVISION_BODY matters here; the stock server writes more. */
const StockBody = Type.Object({
  provider_id: Id,
  state: Type.Integer(),
  description: Type.Optional(Type.String()),
  registration_time: Type.Optional(Type.Integer()),
  historic: Type.Optional(
    Type.Array(
      Type.Object({ action: Type.String(), description: Type.String(), time: Type.Integer() }),
    ),
  ),
  user_inputs_values: Values,
  tags: Type.Optional(Values),
  one_objects: Type.Object({
    cluster: Type.Union([OneObject, Type.Object({}, { additionalProperties: false })]),
    hosts: Type.Array(
      Type.Object({
        ...OneObject.properties,
        /** `<zone>/<server id>`. */
        resource_id: Type.String({ pattern: '^[a-z]{2}-[a-z]{3}-\\d/[0-9a-f-]{36}$' }),
      }),
    ),
    networks: Type.Array(
      Type.Object({ ...OneObject.properties, template: Type.Optional(Type.Unknown()) }),
    ),
    datastores: Type.Array(OneObject),
  }),
})

/** A provision that the stock OneForm server made, as its document tells it. */
export interface StockProvision {
  readonly id: number
  readonly name: string
  readonly body: Static<typeof StockBody>
  readonly owner: StoredDocument['owner']
}

/** Throws EDGE_ADOPT_OURS, EDGE_ADOPT_OTHER, EDGE_ADOPT_UNREADABLE. */
export function readStockProvision(document: StoredDocument): StockProvision {
  const { id, name, type, body, owner } = document
  if (type !== provisionType) throw fault('EDGE_ADOPT_OTHER', `Document ${id} is no provision`)
  if ((body as { engine?: unknown } | null | undefined)?.engine === engine)
    throw fault('EDGE_ADOPT_OURS', `Provision ${id} is edgectl’s already`)
  try {
    return { id, name, owner, body: parseAs(StockBody, body, `provision ${id}`) }
  } catch (cause) {
    const details = { answer: sentenceOf(cause), cause }
    throw fault('EDGE_ADOPT_UNREADABLE', `Provision ${id} cannot be read`, details)
  }
}

/** The public addresses that its document says one of its networks has; undefined where it says nothing. */
export function addressesOf(network: { readonly template?: unknown }): string[] | undefined {
  const { ar } = (network.template ?? {}) as { ar?: unknown }
  if (!Array.isArray(ar)) return undefined
  return ar.flatMap((range: { ip?: unknown } | null) =>
    typeof range?.ip === 'string' ? [range.ip] : [],
  )
}

/** The key that a network has here, by its driver. */
export function networkKey(vnMad: string): 'public-network' | 'private-network' {
  return vnMad === 'elastic' ? 'public-network' : 'private-network'
}

/** Hosts in the document's order, with their servers: the n-th gets the key `host-n`. */
export function hostsOf({ body }: StockProvision) {
  return body.one_objects.hosts.map(({ id, name, resource_id }, index) => {
    const [zone = '', server = ''] = resource_id.split('/')
    return { key: `host-${index}`, id, name, zone, server }
  })
}
