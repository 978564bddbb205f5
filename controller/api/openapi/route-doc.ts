import type { TSchema } from 'typebox'

/** What a route is for and what it answers, as readers of the documentation see it. */
export interface RouteDoc {
  readonly tag:
    | 'Drivers'
    | 'Providers'
    | 'Provisions'
    | 'Changes'
    | 'Progress'
    | 'Additions'
    | 'Server'
  readonly summary: string
  readonly description: string
  /** Members of the query with what each does. */
  readonly query?: Readonly<Record<string, string>>
  /** What 2xx answers hold, by status; null for an answer without a body. */
  readonly answers: Readonly<Record<number, Answer | null>>
  /** Statuses it can fail with, beside those that every route can. */
  readonly errors: readonly number[]
  /** A body that the route takes. */
  readonly request?: unknown
  /** Ours alone: OneForm has nothing of the kind. */
  readonly ours?: true
}

export interface Answer {
  readonly schema: TSchema
  /** `application/json` unless said. */
  readonly type?: string
  readonly example: unknown
}

declare module 'fastify' {
  interface FastifyContextConfig {
    doc?: RouteDoc
  }
}

/** By method and path: `GET /providers/:id`. */
export type RouteDocs = Readonly<Record<string, RouteDoc>>
