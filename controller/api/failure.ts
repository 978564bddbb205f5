import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Fault, type FaultKind } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'

/** A failure as every OneForm route answers it. */
export interface FailureBody {
  readonly err_code: number
  readonly message: string
  readonly context?: Readonly<Record<string, unknown>>
}

const statusOf: Readonly<Record<FaultKind, number>> = {
  invalid: 400,
  denied: 403,
  missing: 404,
  conflict: 405,
  exhausted: 409,
  transient: 503,
  broken: 500,
}

type Thrown = FastifyError | Fault

/** Answers any thrown value in OneForm's shape; what is not the caller's doing is logged. */
export function failureHandler(logger: Logger) {
  return (error: Thrown, request: FastifyRequest, reply: FastifyReply): void => {
    const body = failureOf(error, request)
    if (body.err_code >= 500 && !isToldElsewhere(error)) {
      const { method, url } = request
      logger.error(body.message, { method, url, stack: error.stack })
    }
    // Beside OneForm's body, which has no place for it.
    if (error instanceof Fault) reply.header('x-edgectl-code', error.code)
    reply.code(body.err_code).send(body)
  }
}

/** Who floods the API with logins must not flood its log too. */
function isToldElsewhere(error: Thrown): boolean {
  return error instanceof Fault && error.code === 'EDGE_LOGINS_MANY'
}

function failureOf(error: Thrown, request: FastifyRequest): FailureBody {
  if (error instanceof Fault) {
    const { context } = error.details
    const body = { err_code: statusOf[error.kind], message: error.sentence }
    return context === undefined ? body : { ...body, context }
  }
  if (error.validation) return invalid(error.validation, request)
  const status = error.statusCode ?? 500
  if (status >= 500) return { err_code: 500, message: 'Internal server error' }
  return { err_code: status, message: error.message }
}

/** Attributes that OneForm, or a route of ours, asks for by name. */
const named = new Set([
  ...['driver', 'provider_id', 'direction', 'nodes', 'amount', 'ar_id', 'host_id'],
  ...['octet', 'owner_id', 'group_id', 'recover_state', 'dry_run'],
])
const flags = new Set(['atomic', 'dry_run', 'force', 'give_up', 'migrate', 'wait'])

/** The schema validator's findings, in the words and order of precedence OneForm uses. */
function invalid(findings: NonNullable<FastifyError['validation']>, request: FastifyRequest) {
  const answer = (message: string) => ({ err_code: 400, message })
  if (request.body === undefined) return answer('Missing request body')
  const context: Record<string, string[]> = {}
  for (const { instancePath, keyword, params, message } of findings) {
    const missing = keyword === 'required' ? String(params['missingProperty']) : undefined
    const field = [...instancePath.split('/').slice(1), missing].filter(Boolean).join('.')
    if (missing && named.has(missing)) return answer(`Missing \`${missing}\` attribute`)
    if (flags.has(field)) return answer(`\`${field}\` must be a boolean value (true or false)`)
    const said = missing ? 'is missing' : (message ?? 'is invalid')
    context[field || 'body'] = [...(context[field || 'body'] ?? []), said]
  }
  const subject = request.url.includes('/providers') ? 'Provider' : 'Provision'
  return { err_code: 400, message: `Error validating ${subject}`, context }
}
