import { Type } from 'typebox'
import { Price } from './price.ts'
import { Id, orNull, Words } from './words.ts'

export const Adoption = Type.Object({
  dry_run: Type.Boolean(),
  provision: Type.Object({ id: Id, name: Type.String() }),
  provider: orNull(Type.Object({ id: Id, name: Type.String() })),
  found: Type.Array(Type.Object({ where: Type.String(), what: Type.String() })),
  change: Type.Array(
    Type.Object({ where: Type.String(), object: Type.String(), what: Type.String() }),
  ),
  in_the_way: Words,
  stays_behind: Words,
  price: orNull(Price),
  plan: Type.String({ description: 'what of it is agreed to when it is sent back' }),
})
