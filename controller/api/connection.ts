import type { InputSpec, ProviderConnection } from '../documents/index.ts'
import { redactedMark } from './document-json.ts'
import { fault } from './faults.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * The connection of a new provider: given values over defaults, every value checked against the
 * driver's description. A zone alone decides its region, a region alone its first zone.
 * Throws EDGE_PROVIDER_INVALID with OneForm's messages by field.
 */
export function parseConnection(specs: readonly InputSpec[], given: Values): ProviderConnection {
  const values = completed(specs, given)
  const context: Record<string, string[]> = {}
  for (const spec of specs) {
    const problem = problemOf(spec, values)
    if (problem) context[spec.name] = [problem]
  }
  const known = new Set(specs.map(({ name }) => name))
  for (const name of Object.keys(given)) if (!known.has(name)) context[name] = ['is not expected']
  if (Object.keys(context).length > 0) {
    throw fault('EDGE_PROVIDER_INVALID', 'Error validating Provider', { context })
  }
  return Object.fromEntries(
    [...known].map((name) => [name, values[name]]),
  ) as unknown as ProviderConnection
}

/**
 * The connection with the given values in place of its own, checked as a new one is. What a client sends
 * back as it was shown to it, redacted, stays. Throws EDGE_PROVIDER_INVALID.
 */
export function mergeConnection(
  specs: readonly InputSpec[],
  now: ProviderConnection,
  given: Values,
): ProviderConnection {
  const changes = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => {
      return value !== redactedMark && value !== now[name as keyof ProviderConnection]
    }),
  )
  if (Object.keys(changes).length === 0) return now
  const kept: Record<string, unknown> = { ...now }
  for (const { name, match } of specs) {
    if (match?.type !== 'map') continue
    // of a pair that belongs together the one that is not named follows the one that is
    const group = match.grouped_by
    if (name in changes && !(group in given)) delete kept[group]
    if (group in changes && !(name in given)) delete kept[name]
  }
  return parseConnection(specs, { ...kept, ...changes })
}

function completed(specs: readonly InputSpec[], given: Values): Values {
  const values: Record<string, unknown> = {}
  for (const { name, default: value } of specs) values[name] = given[name] ?? value
  for (const { name, match } of specs) {
    if (match?.type !== 'map') continue
    const groups = match.values
    const group = given[match.grouped_by]
    const own = given[name]
    const owner = Object.keys(groups).find((key) => groups[key]?.some((value) => value === own))
    if (given[name] !== undefined && group === undefined && owner) values[match.grouped_by] = owner
    if (given[name] === undefined && group !== undefined) {
      values[name] = valuesOf(groups, group)?.[0] ?? values[name]
    }
  }
  return values
}

function problemOf({ name, mandatory, match }: InputSpec, values: Values): string | undefined {
  const value = values[name]
  if (value === undefined || value === '') return mandatory ? 'is missing' : undefined
  if (typeof value !== 'string') return 'must be a string'
  if (match?.type === 'list' && !match.values.includes(value)) {
    return `invalid value '${value}' for '${name}'. Choose from: ${match.values.join(', ')}.`
  }
  if (match?.type !== 'map') return undefined
  const allowed = valuesOf(match.values, values[match.grouped_by])
  if (!allowed) {
    const group = values[match.grouped_by]
    if (typeof group !== 'string') return `'${match.grouped_by}' must be a string`
    return `invalid value '${group}' for '${match.grouped_by}', no entry found in values match map.`
  }
  if (allowed.includes(value)) return undefined
  return `invalid value '${value}' for '${name}'. Choose from: ${allowed.join(', ')}.`
}

/** A group may be called `constructor` by who asks, and is none all the same. */
function valuesOf(groups: Readonly<Record<string, readonly string[]>>, group: unknown) {
  return typeof group === 'string' && Object.hasOwn(groups, group) ? groups[group] : undefined
}
