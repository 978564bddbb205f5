import type { Fault, FaultDetails } from '../fault/index.ts'
import { cloudFault, type scalewayFaults } from './faults.ts'

/** An answer of Scaleway that is not a success. */
export interface ErrorAnswer {
  readonly status: number
  /** The body as text; empty for a bare 429. */
  readonly body: string
  readonly requestId?: string
  /** "POST /baremetal/v1/zones/fr-par-2/servers". */
  readonly request: string
}

type Code = keyof typeof scalewayFaults

interface Body {
  readonly type?: string
  readonly message?: string
  readonly resource?: string
  readonly resource_id?: string
  readonly current_state?: string
  readonly precondition?: string
  readonly help_message?: string
  readonly reason?: string
  readonly details?: readonly Readonly<Record<string, unknown>>[]
  readonly reset_seconds?: number
}

const typed: Readonly<Record<string, Code>> = {
  invalid_arguments: 'EDGE_CLOUD_REQUEST_INVALID',
  invalid_request_error: 'EDGE_CLOUD_REQUEST_INVALID',
  denied_authentication: 'EDGE_CLOUD_CREDENTIALS',
  permissions_denied: 'EDGE_CLOUD_DENIED',
  quotas_exceeded: 'EDGE_CLOUD_QUOTA',
  out_of_stock: 'EDGE_CLOUD_STOCK',
  not_found: 'EDGE_CLOUD_GONE',
  unknown_resource: 'EDGE_CLOUD_GONE',
  expired: 'EDGE_CLOUD_GONE',
  resource_expired: 'EDGE_CLOUD_GONE',
  transient_state: 'EDGE_CLOUD_BUSY',
  already_exists: 'EDGE_CLOUD_EXISTS',
  locked: 'EDGE_CLOUD_LOCKED',
  too_many_requests: 'EDGE_CLOUD_RATE',
}

const byStatus: Readonly<Record<number, Code>> = {
  400: 'EDGE_CLOUD_REQUEST_INVALID',
  401: 'EDGE_CLOUD_CREDENTIALS',
  403: 'EDGE_CLOUD_DENIED',
  404: 'EDGE_CLOUD_GONE',
  // Elastic Metal and flexible IPs answer 409 without a type while the object changes state.
  409: 'EDGE_CLOUD_BUSY',
  410: 'EDGE_CLOUD_GONE',
  423: 'EDGE_CLOUD_LOCKED',
  429: 'EDGE_CLOUD_RATE',
}

/** Answered with 503 or 404, which look like something else (recorded from Elastic Metal). */
const permanent = /is not supported on this offer|custom partitioning not supported/i

/** The Fault of an answer, typed or not; the bare 429 and HTML of a broken front-end included. */
export function faultOfAnswer(answer: ErrorAnswer): Fault {
  const body = parse(answer.body)
  const code = codeOf(answer.status, body)
  const details: FaultDetails = {
    answer: said(answer.status, body, answer.body),
    ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
    ...(body.resource_id ? { object: `${body.resource ?? 'object'} ${body.resource_id}` } : {}),
    ...(body.reset_seconds === undefined ? {} : { retryAfterMs: body.reset_seconds * 1000 }),
  }
  return cloudFault(code, `Scaleway refused ${answer.request}`, details)
}

function codeOf(status: number, body: Body): Code {
  if (permanent.test(body.message ?? '')) return 'EDGE_CLOUD_UNSUPPORTED'
  if (
    body.type === 'precondition_failed' ||
    (status === 412 && typed[body.type ?? ''] === undefined)
  )
    return body.precondition === 'resource_still_in_use'
      ? 'EDGE_CLOUD_IN_USE'
      : 'EDGE_CLOUD_PRECONDITION'
  const known = typed[body.type ?? ''] ?? byStatus[status]
  return known ?? (status >= 500 ? 'EDGE_CLOUD_UNAVAILABLE' : 'EDGE_CLOUD_REQUEST_INVALID')
}

function said(status: number, body: Body, raw: string): string {
  const facts = [
    body.message,
    body.precondition,
    body.help_message,
    body.current_state && `state ${body.current_state}`,
    body.reason,
    ...(body.details ?? []).map((detail) => Object.values(detail).join(' ')),
  ].filter(Boolean)
  const text = facts.length > 0 ? facts.join(', ') : raw.replace(/<[^>]*>|\s+/g, ' ').trim()
  return `${status} ${text.slice(0, 300)}`.trim()
}

function parse(text: string): Body {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Body) : {}
  } catch {
    return {}
  }
}
