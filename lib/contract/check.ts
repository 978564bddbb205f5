import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Value } from 'typebox/value'

/** Schemas seen once, and the compiled checks of those that came again. */
const seen = new WeakSet<TSchema>()
const compiled = new WeakMap<TSchema, Validator>()

/**
 * Whether a value is as its schema says. A report of a full host takes 30 ms to walk and 0.7 ms compiled,
 * but compiling takes as long as two walks: what is checked once, as a configuration is, is only walked.
 */
export function isValid(schema: TSchema, value: unknown): boolean {
  const known = compiled.get(schema)
  if (known) return known.Check(value)
  if (!seen.has(schema)) {
    seen.add(schema)
    return Value.Check(schema, value)
  }
  const validator = Compile(schema)
  compiled.set(schema, validator)
  return validator.Check(value)
}
