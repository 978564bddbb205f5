import type { FaultRequest } from '../../lab/scaleway/index.ts'

/** How a request to Scaleway may go wrong. */
export interface FaultKind {
  readonly name: string
  readonly order: Omit<FaultRequest, 'match'>
  /** Only where a list is asked for. */
  readonly listsOnly?: boolean
  /** The cloud answers, so that there is a request id to tell. */
  readonly answers?: boolean
  /** What a failure must say. */
  readonly says?: RegExp
  /** Factor on the controller's deadlines, where one must pass. */
  readonly patience?: number
}

const body = {
  401: {
    type: 'denied_authentication',
    message: 'authentication is denied',
    method: 'api_key',
    reason: 'not_found',
  },
  403: {
    type: 'permissions_denied',
    message: 'insufficient permissions',
    details: [{ action: 'write', resource: 'something' }],
  },
  500: { message: 'internal error' },
  503: { message: 'service unavailable' },
} as const

const status = (code: keyof typeof body) => ({ status: { code, body: body[code] } })

export const faultKinds: readonly FaultKind[] = [
  { name: 'lost response', order: { action: 'lostResponse' } },
  { name: '429 burst', order: { action: 'rateLimit', times: 5 }, answers: true },
  { name: '500', order: { action: status(500), times: 2 }, answers: true },
  {
    name: '503 for good',
    order: { action: status(503), times: Number.POSITIVE_INFINITY },
    answers: true,
    says: /503 service unavailable/,
    patience: 0.02,
  },
  { name: 'hang', order: { action: 'hang' }, patience: 0.05 },
  { name: 'reset', order: { action: 'reset', times: 2 } },
  {
    name: '401 in the middle',
    order: { action: status(401) },
    answers: true,
    says: /401 authentication is denied/,
  },
  {
    name: '403 that heals after 60 s',
    order: { action: status(403), forMs: 60_000 },
    answers: true,
    says: /403 insufficient permissions/,
  },
  { name: 'list lag', order: { action: { listLag: { ms: 10_000 } } }, listsOnly: true },
  { name: 'page shift', order: { action: 'pageShift', times: 2 }, listsOnly: true },
]
