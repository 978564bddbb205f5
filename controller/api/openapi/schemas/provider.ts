import { Type } from 'typebox'
import { envelope } from './document.ts'
import { InputSpec } from './driver.ts'
import { Anything, Id, Seconds } from './words.ts'

export const ProviderBody = Type.Object({
  name: Type.String(),
  description: Type.String(),
  driver: Type.String(),
  version: Type.String(),
  fireedge: Anything,
  user_inputs: Type.Array(InputSpec),
  connection: Type.Record(Type.String(), Type.Unknown(), {
    description: 'sensitive values are `__redacted__` unless asked for by who may manage it',
  }),
  provision_ids: Type.Array(Id),
  registration_time: Seconds,
})

export const Provider = envelope({ PROVIDER_BODY: ProviderBody })
