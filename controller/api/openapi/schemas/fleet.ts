import { Type } from 'typebox'
import { Id, orNull, Seconds, Words } from './words.ts'

export const Addresses = Type.Object({
  looked_at: orNull(Seconds),
  addresses: Type.Array(
    Type.Object({
      address: Type.String(),
      vm_address: Type.String(),
      vm_id: orNull(Id),
      attached_to: orNull(Type.String()),
      wanted_on: orNull(Type.String()),
      status: Type.String({ description: 'Scaleway’s word' }),
      verdict: Type.Enum(['right', 'idle', 'moving', 'wrong', 'broken']),
      sentence: orNull(Type.String()),
      reverse: Type.String(),
    }),
  ),
  findings: Words,
})

export const Reverse = Type.Object({ address: Type.String(), reverse: Type.String() })

export const Fleet = Type.Object({
  hosts: Type.Array(
    Type.Object({
      host_id: Id,
      key: Type.String(),
      server: Type.String(),
      address: Type.String(),
      connected: Type.Boolean(),
      last_seen: orNull(Seconds),
      verdict: orNull(Type.Enum(['healthy', 'degraded', 'failed'])),
      reasons: Words,
      versions: orNull(Type.Record(Type.String(), Type.String())),
      settled: Type.Boolean({
        description: 'whether it has taken its newest state without faults',
      }),
      faults: Words,
    }),
  ),
  refusals: Words,
})
