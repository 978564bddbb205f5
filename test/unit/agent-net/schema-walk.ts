import fc from 'fast-check'

/** The members of JSON Schema that our contracts use. */
export interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

export type Path = readonly string[]

/** Every place of a value that is no object or list, as the schema has it: 0 stands for all of a list. */
export function leavesOf(schema: Schema, path: Path = []): { path: Path; schema: Schema }[] {
  if (schema.properties !== undefined)
    return Object.entries(schema.properties).flatMap(([key, inner]) =>
      leavesOf(inner, [...path, key]),
    )
  if (schema.items !== undefined) return leavesOf(schema.items, [...path, '0'])
  if (schema.anyOf?.some(({ properties }) => properties !== undefined))
    return schema.anyOf.flatMap((one) => leavesOf(one, path))
  return [{ path, schema }]
}

/** The value at a path; undefined when there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  )
}

export function replacedAt(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by
  const inner = replacedAt((value as Record<string, unknown>)[key], rest, by)
  return Array.isArray(value)
    ? value.map((item, at) => (String(at) === key ? inner : item))
    : { ...(value as object), [key]: inner }
}

/** Any value the schema lets in: of its words those given that fit, and others of its pattern. */
export function anyOf(schema: Schema, words: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => anyOf(one, words)))
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([key, inner]) => [key, anyOf(inner, words)]),
        ),
      )
    case 'array':
      return fc.array(anyOf(schema.items ?? {}, words), { maxLength: 3 })
    case 'integer':
      return anyInteger(schema)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return anyString(schema, words)
    default:
      throw new Error(`The walk does not know ${JSON.stringify(schema)}`)
  }
}

function anyInteger({
  minimum = 0,
  maximum = Number.MAX_SAFE_INTEGER,
}: Schema): fc.Arbitrary<number> {
  const small = Math.min(maximum, minimum + 10)
  return fc.oneof(
    fc.integer({ min: minimum, max: small }),
    fc.constantFrom(minimum, maximum, Math.floor((minimum + maximum) / 2)),
  )
}

function anyString({ pattern, minLength = 0 }: Schema, words: readonly string[]) {
  if (pattern === undefined) return fc.oneof(fc.constantFrom(...words), fc.string({ minLength }))
  const form = new RegExp(pattern, 'u')
  const fitting = words.filter((word) => form.test(word))
  const made = fc.stringMatching(new RegExp(pattern))
  return fitting.length === 0 ? made : fc.oneof(fc.constantFrom(...fitting), made)
}
