import { Type } from 'typebox'
import { NotLookedAt, Price } from './price.ts'
import { Id, orNull, Seconds, Words } from './words.ts'

const Leak = Type.Object({
  id: Type.String(),
  code: Type.String(),
  kind: Type.String(),
  name: Type.String(),
  provision_uuid: Type.String(),
  provision_id: orNull(Id),
  place: Type.String(),
  evidence: Words,
  since: Seconds,
  price: orNull(Price),
})

export const Leaks = Type.Object({
  looked_at: Seconds,
  leaks: Type.Array(Leak),
  watched: Type.Array(Leak, { description: 'suspected, and not for long enough yet' }),
  not_looked_at: NotLookedAt,
})

export const Releases = Type.Array(
  Type.Object({
    id: Type.String(),
    outcome: Type.Enum(['under way', 'released', 'kept', 'failed']),
    sentence: Type.String(),
  }),
)

export const Accepted = Type.Object({ accepted: Words, refused: Words })
