import {
  type Document,
  type InputSpec,
  type Permissions,
  type ProviderBody,
  type ProvisionBody,
  stateName,
} from '../documents/index.ts'

/** The envelope in which OneForm answers a document: oned's own names, every number a string. */
export interface DocumentJson {
  readonly DOCUMENT: Readonly<Record<string, unknown>> & {
    readonly TEMPLATE: Readonly<Record<string, unknown>>
  }
}

/** In place of a secret; coming back from a client it means that nothing changes. */
export const redactedMark = '__redacted__'

export interface ProviderView {
  /** Provisions made with this provider. */
  readonly provisions: readonly number[]
  readonly sensitive: boolean
}

export interface ProvisionView {
  readonly sensitive?: boolean
  /** The provider's body, in place of its id. */
  readonly provider?: unknown
}

export function providerJson(
  document: Document<ProviderBody>,
  { provisions, sensitive }: ProviderView,
): DocumentJson {
  const { body } = document
  const connection = sensitive ? body.connection : redacted(body.connection, body.user_inputs)
  const { name, description, driver, version, fireedge, user_inputs, registration_time } = body
  return envelope(document, {
    PROVIDER_BODY: {
      ...{ name, description, driver, version, fireedge, user_inputs, connection },
      ...{ provision_ids: provisions, registration_time },
    },
  })
}

/**
 * OneForm's keys only: what is ours alone (engine, uuid …) stays inside. What is to come and go is told
 * while it is, in states that OneForm does not have.
 */
export function provisionJson(
  document: Document<ProvisionBody>,
  { sensitive = false, provider }: ProvisionView = {},
): DocumentJson {
  const { body } = document
  const { name, description, deployment_file, fireedge, user_inputs } = body
  const { provider_id, one_objects, registration_time, historic, tags } = body
  const { user_inputs_values: values } = body
  return envelope(document, {
    PROVISION_BODY: {
      ...{ name, description, deployment_file, fireedge, user_inputs },
      user_inputs_values: sensitive ? values : redacted(values, user_inputs),
      ...(provider === undefined ? { provider_id } : {}),
      ...{ state: stateName(body.state), one_objects },
      ...{ registration_time, historic, tags },
      ...(provider === undefined ? {} : { provider }),
      ...(body.scaling === undefined ? {} : { scaling: body.scaling }),
    },
  })
}

/** The values with those hidden that their own description calls sensitive. */
function redacted(values: object, inputs: readonly InputSpec[]): Record<string, unknown> {
  const hidden = new Set(inputs.filter((input) => input.sensitive).map(({ name }) => name))
  const entries = Object.entries(values)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, hidden.has(name) ? redactedMark : value]),
  )
}

function envelope(document: Document<unknown>, template: Record<string, unknown>): DocumentJson {
  const { id, owner, name, type, permissions } = document
  return {
    DOCUMENT: {
      ID: String(id),
      UID: String(owner.uid),
      GID: String(owner.gid),
      UNAME: owner.uname,
      GNAME: owner.gname,
      NAME: name,
      TYPE: String(type),
      PERMISSIONS: permissionsJson(permissions),
      TEMPLATE: template,
    },
  }
}

function permissionsJson(permissions: Permissions): Record<string, string> {
  const who = ['owner', 'group', 'other'] as const
  const what = ['U', 'M', 'A'] as const
  const bits = who.flatMap((w) => what.map((r) => [w, r] as const))
  return Object.fromEntries(
    bits.map(([w, r]) => [`${w.toUpperCase()}_${r}`, permissions[`${w}${r}`] ? '1' : '0']),
  )
}
