/** An answer that is not a success, thrown by handlers. `body: null` sends none and no content type. */
export class ApiError extends Error {
  readonly status: number
  readonly body: object | string | null
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: object | string | null, headers: Record<string, string> = {}) {
    super(`${status} ${typeof body === 'string' ? body : JSON.stringify(body)}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

export interface ArgumentDetail {
  readonly argument_name: string
  readonly reason: 'required' | 'format' | 'constraint' | 'unknown'
  readonly help_message: string
}

const typed = (status: number, type: string, message: string, fields: object) =>
  new ApiError(status, { ...fields, message, type })

export const invalidArguments = (details: readonly ArgumentDetail[]) =>
  typed(400, 'invalid_arguments', 'invalid argument(s)', { details })

export const invalidArgument = (
  argument_name: string,
  reason: ArgumentDetail['reason'],
  help_message: string,
) => invalidArguments([{ argument_name, reason, help_message }])

export const deniedAuthentication = (reason: 'not_found' | 'expired' | 'invalid_argument') =>
  typed(401, 'denied_authentication', 'authentication is denied', { method: 'api_key', reason })

export const permissionsDenied = (action: string, resource: string) =>
  typed(403, 'permissions_denied', 'insufficient permissions', { details: [{ action, resource }] })

export const quotasExceeded = (resource: string, quota: number, current: number) =>
  typed(403, 'quotas_exceeded', 'quota(s) exceeded', { details: [{ resource, quota, current }] })

export const locked = (resource: string, resource_id: string) =>
  typed(403, 'locked', 'resource is locked', { resource, resource_id })

export const notFound = (resource: string, resource_id: string) =>
  typed(404, 'not_found', 'resource is not found', { resource, resource_id })

export const transient = (resource: string, resource_id: string, current_state: string) =>
  typed(409, 'transient_state', 'resource is in a transient state', {
    resource,
    resource_id,
    current_state,
  })

export const alreadyExists = (resource: string, resource_id: string, help_message: string) =>
  typed(409, 'already_exists', 'resource already exists', { resource, resource_id, help_message })

export const preconditionFailed = (precondition: string, help_message: string) =>
  typed(412, 'precondition_failed', 'precondition is not respected', { precondition, help_message })

export const outOfStock = (status: 412 | 503, resource: string) =>
  typed(status, 'out_of_stock', 'resource is out of stock', { resource })

/** Elastic Metal v1 does not type its errors. */
export const untyped = (status: number, message: string) => new ApiError(status, { message })

/** As Envoy answers: no body, no content type, no Retry-After. */
export const rateLimited = () => new ApiError(429, null, { 'x-envoy-ratelimited': 'true' })

export const html502 = () =>
  new ApiError(502, '<html><body><h1>502 Bad Gateway</h1></body></html>', {
    'content-type': 'text/html',
  })
