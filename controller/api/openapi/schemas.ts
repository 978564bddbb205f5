import { type TSchema, Type } from 'typebox'
import { states } from '../../documents/index.ts'

const Id = Type.Integer({ minimum: 0 })
const Seconds = Type.Integer({ minimum: 0, description: 'seconds since 1970' })
const Words = Type.Array(Type.String())
const Anything = Type.Record(Type.String(), Type.Unknown())
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Every failure but that of the login, which is text. */
export const Failure = Type.Object({
  err_code: Type.Integer({ description: 'the HTTP status' }),
  message: Type.String({ description: 'what, which object, what the other side said, what to do' }),
  context: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'messages by field or object' }),
  ),
})

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

const flag = Type.Enum(['0', '1'])
const rights = ['OWNER', 'GROUP', 'OTHER'].flatMap((who) =>
  ['U', 'M', 'A'].map((r) => `${who}_${r}`),
)

/** oned's envelope of a document; every number in it is text. */
const envelope = (template: Record<string, TSchema>) =>
  Type.Object({
    DOCUMENT: Type.Object({
      ...Object.fromEntries(
        ['ID', 'UID', 'GID'].map((name) => [name, Type.String({ pattern: '^\\d+$' })]),
      ),
      ...Object.fromEntries(
        ['UNAME', 'GNAME', 'NAME', 'TYPE'].map((name) => [name, Type.String()]),
      ),
      PERMISSIONS: Type.Object(Object.fromEntries(rights.map((name) => [name, flag]))),
      TEMPLATE: Type.Object(template),
    }),
  })

const ProviderBody = Type.Object({
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

const price = {
  per_hour: Type.Number(),
  per_month: Type.Number(),
  once: Type.Number({ description: 'paid at once, and not given back' }),
  currency: Type.String(),
  source: Type.String({ description: 'where the price was read' }),
}
export const Price = Type.Object(price)
const Total = Type.Object({
  ...price,
  complete: Type.Boolean({ description: 'false when the true sum is higher' }),
})
const NotLookedAt = Type.Array(Type.Object({ what: Type.String(), why: Type.String() }))

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

export const Doctor = Type.Object({
  version: Type.String({ description: 'of the controller' }),
  checks: Type.Array(
    Type.Object({
      check: Type.String(),
      subject: orNull(Type.String({ description: 'which of several' })),
      status: Type.Enum(['ok', 'warning', 'broken', 'skipped']),
      sentence: Type.String(),
      fix: orNull(Type.String({ description: 'what to do' })),
    }),
  ),
})

const LogLine = Type.Object({
  level: Type.Enum(['debug', 'info', 'warn', 'error']),
  text: Type.String(),
})

export const LogPage = Type.Object({
  meta: Type.Union([
    Type.Object({ page: Id, per_page: Id, total_pages: Id, total_lines: Id }),
    Type.Object({ mode: Type.Literal('all'), total_lines: Id }),
  ]),
  lines: Type.Array(LogLine),
})

export const LogPoll = Type.Object({ pos: Id, lines: Type.Array(LogLine) })

export const OpenApi = Type.Object({
  openapi: Type.Literal('3.1.0'),
  info: Anything,
  security: Type.Array(Type.Unknown()),
  tags: Type.Array(Type.Unknown()),
  paths: Anything,
  components: Anything,
})

const Holdings = Type.Record(Type.String(), Type.Record(Type.String(), Words))

export const Unmanaged = Type.Object({
  hosts: Type.Optional(Holdings),
  datastores: Type.Optional(Holdings),
  networks: Type.Optional(Holdings),
})
