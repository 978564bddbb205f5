import { Type } from 'typebox'
import { Anything, Id, orNull, Words } from './words.ts'

const price = {
  per_hour: Type.Number(),
  per_month: Type.Number(),
  once: Type.Number({ description: 'paid at once, and not given back' }),
  currency: Type.String(),
  source: Type.String({ description: 'where the price was read' }),
}
export const Price = Type.Object(price)
export const Total = Type.Object({
  ...price,
  complete: Type.Boolean({ description: 'false when the true sum is higher' }),
})
export const NotLookedAt = Type.Array(Type.Object({ what: Type.String(), why: Type.String() }))

export const Plan = Type.Object({
  dry_run: Type.Literal(true),
  zone: Type.String(),
  user_inputs_values: Anything,
  create: Type.Array(
    Type.Object({ kind: Type.String(), what: Type.String(), count: Id, price: orNull(Price) }),
  ),
  total: Total,
  opennebula: Words,
  warnings: Words,
})

export const Cost = Type.Object({
  items: Type.Array(
    Type.Object({
      kind: Type.String(),
      id: Type.String(),
      name: Type.String(),
      price: orNull(Price),
    }),
  ),
  total: Total,
  not_looked_at: NotLookedAt,
})
