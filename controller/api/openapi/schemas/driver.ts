import { Type } from 'typebox'
import { Anything, Words } from './words.ts'

/** One question to the user, as OneForm describes inputs. */
export const InputSpec = Type.Object({
  name: Type.String(),
  description: Type.String(),
  type: Type.Enum(['string', 'number', 'boolean', 'map(string)', 'list(string)']),
  default: Type.Optional(Type.Unknown()),
  /** Drivers of the stock server leave it out. */
  mandatory: Type.Optional(Type.Boolean()),
  sensitive: Type.Optional(Type.Boolean()),
  match: Type.Optional(
    Type.Object({
      type: Type.Enum(['list', 'number', 'map']),
      grouped_by: Type.Optional(Type.String()),
      values: Type.Unknown(),
    }),
  ),
})

export const Driver = Type.Object({
  name: Type.String(),
  description: Type.String(),
  state: Type.Enum(['ENABLED', 'DISABLED']),
  registry: Type.String({ description: '`edgectl` for the one served here' }),
  version: Type.String(),
  system_path: Type.String(),
  fireedge: Anything,
  connection: Type.Array(InputSpec),
  user_inputs: Type.Array(InputSpec),
  deployment_confs: Type.Array(
    Type.Object({
      name: Type.String(),
      description: Type.String(),
      inventory: Type.String(),
      user_inputs: Type.Array(InputSpec),
      template_path: Type.String(),
      one_objects: Anything,
    }),
  ),
})

export const Sync = Type.Object({
  success: Words,
  failed: Type.Array(Type.Unknown()),
})
