import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'
import { stateName } from '../documents/index.ts'
import type { ProvisionEvent } from '../provision/index.ts'
import { createEventStreams } from './event-streams.ts'
import type { Journal } from './journal.ts'
import type { LogLine, ProvisionLogs } from './provision-log.ts'
import { type ById, flagOf, idOf, numberOf } from './request.ts'

interface ProgressOptions {
  readonly journal: Journal
  readonly logs: ProvisionLogs
  readonly clock: Clock
}

/** Log pages and polls as OneForm has them, and our stream of events. */
export function progressRoutes(
  app: FastifyInstance,
  { journal, logs, clock }: ProgressOptions,
): void {
  app.get<ById>('/provisions/:id/logs', async ({ asker, params, query }) => {
    const { id } = await asker.documents.provisions.get(idOf(params))
    const lines = await logs.all(id)
    if (flagOf(query, 'all')) return { meta: { mode: 'all', total_lines: lines.length }, lines }
    return pageOf(lines, numberOf(query, 'page') || 1, numberOf(query, 'per_page') || 100)
  })
  app.get<ById>('/provisions/:id/logs/poll', async ({ asker, params, query }) => {
    const { id } = await asker.documents.provisions.get(idOf(params))
    return logs.poll(id, numberOf(query, 'pos'))
  })
  const streams = createEventStreams(journal)
  // a HEAD of it would never end
  const route = { exposeHeadRoute: false, config: { oursAlone: true } } as const
  app.get<ById>('/provisions/:id/events', route, async (request, reply) => {
    const { asker, params, headers, query } = request
    const { id, body } = await asker.documents.provisions.get(idOf(params))
    const now: ProvisionEvent = {
      ...{ provision: id, at: clock.now() },
      ...{ kind: 'state', state: stateName(body.state) },
    }
    streams.mayFollow(asker)
    reply.hijack()
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    reply.raw.flushHeaders()
    const replay = (query as Record<string, unknown>)['replay'] !== 'false'
    const lastId = replay ? String(headers['last-event-id'] ?? '') : undefined
    streams.follow(reply.raw, { asker, lastId, now })
  })
  app.addHook('preClose', async () => streams.close())
}

/** The first page has the latest lines, in their order; a page too far is the last one. */
function pageOf(lines: readonly LogLine[], wanted: number, perPage: number) {
  const pages = Math.ceil(lines.length / perPage)
  const page = Math.max(1, Math.min(wanted, pages))
  const end = Math.max(0, lines.length - (page - 1) * perPage)
  return {
    meta: { page, per_page: perPage, total_pages: pages, total_lines: lines.length },
    lines: lines.slice(Math.max(0, end - perPage), end),
  }
}
