import AjvCompiler from '@fastify/ajv-compiler'
import type { FastifySchemaCompiler } from 'fastify'

/** Options of ajv which differ from fastify's own. */
export interface ValidatorOptions {
  readonly coerceTypes: false
  readonly removeAdditional?: false
  readonly allErrors?: true
}

type Validate = ReturnType<FastifySchemaCompiler<unknown>>

/**
 * For fastify's setValidatorCompiler: its usual validators, each compiled when the first request needs
 * it. To compile all of them is a fifth of a controller's start, and most are not needed for hours.
 */
export function lazyValidators(options: ValidatorOptions): FastifySchemaCompiler<unknown> {
  const compile = AjvCompiler()({}, { customOptions: { ...options } })
  return (route) => lazily(() => compile(route as Parameters<typeof compile>[0]) as Validate)
}

/** fastify reads a refusal's reasons from the function itself. */
function lazily(compile: () => Validate): Validate {
  let validate: Validate | undefined
  const late: Validate = (data) => {
    validate ??= compile()
    const passes = validate(data)
    late.errors = validate.errors ?? null
    return passes
  }
  return late
}
