import { Type } from 'typebox'
import { states } from '../../../documents/index.ts'
import { envelope } from './document.ts'
import { InputSpec } from './driver.ts'
import { ProviderBody } from './provider.ts'
import { Anything, Id, orNull, Seconds, Words } from './words.ts'

const OneObject = Type.Object({
  id: orNull(Id),
  name: Type.String(),
  template: Type.Optional(Anything),
  childs: Type.Optional(Anything),
})

const Scaling = Type.Object({
  hosts_up: Words,
  hosts_down: Words,
  hosts_kept: Words,
  guests: Type.Enum(['refuse', 'migrate', 'terminate']),
  ips_up: Words,
  ips_given_up: Words,
  ranges_down: Type.Array(Type.Object({ id: Id, ip: Type.String() })),
})

export const Provision = envelope({
  PROVISION_BODY: Type.Object({
    name: Type.String(),
    description: Type.String(),
    deployment_file: Type.String(),
    fireedge: Anything,
    user_inputs: Type.Array(InputSpec),
    user_inputs_values: Anything,
    provider_id: Type.Optional(Id),
    provider: Type.Optional(ProviderBody),
    state: Type.Enum(Object.keys(states)),
    one_objects: Type.Object({
      cluster: Type.Object({ id: Type.Optional(orNull(Id)), name: Type.Optional(Type.String()) }),
      hosts: Type.Array(Type.Object({ ...OneObject.properties, resource_id: Type.String() })),
      networks: Type.Array(OneObject),
      network_templates: Type.Optional(Type.Array(OneObject)),
      datastores: Type.Array(OneObject),
    }),
    registration_time: Seconds,
    historic: Type.Array(
      Type.Object({ action: Type.String(), description: Type.String(), time: Seconds }),
    ),
    tags: Anything,
    scaling: Type.Optional(Scaling),
  }),
})

const Holdings = Type.Record(Type.String(), Type.Record(Type.String(), Words))

export const Unmanaged = Type.Object({
  hosts: Type.Optional(Holdings),
  datastores: Type.Optional(Holdings),
  networks: Type.Optional(Holdings),
})
