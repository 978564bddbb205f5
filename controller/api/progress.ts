import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import { scrub } from '../../lib/log/index.ts'
import { stateName } from '../documents/index.ts'
import type { ProvisionEvent } from '../provision/index.ts'
import { fault } from './faults.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { Asker } from './login.ts'
import type { LogLine, ProvisionLogs } from './provision-log.ts'
import { type ById, flagOf, idOf, numberOf } from './request.ts'

interface ProgressOptions {
  readonly journal: Journal
  readonly logs: ProvisionLogs
  readonly clock: Clock
}

/** A comment this often keeps proxies and clients from giving the stream up. */
const heartbeatMs = 15_000
const backlogBytes = 1024 * 1024
/** Of one user: connections are for everybody. */
const mostStreams = 50

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
  // a HEAD of it would never end
  const route = { exposeHeadRoute: false, config: { oursAlone: true } } as const
  app.get<ById>('/provisions/:id/events', route, async (request, reply) => {
    const { asker, params, headers, query } = request
    const { id, body } = await asker.documents.provisions.get(idOf(params))
    const now: ProvisionEvent = {
      ...{ provision: id, at: clock.now() },
      ...{ kind: 'state', state: stateName(body.state) },
    }
    mayFollow(asker)
    reply.hijack()
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    reply.raw.flushHeaders()
    const replay = (query as Record<string, unknown>)['replay'] !== 'false'
    const lastId = replay ? (headers['last-event-id'] ?? '') : undefined
    stream(reply.raw, asker, journal, lastId, now)
  })
  app.addHook('preClose', async () => {
    for (const response of open.keys()) response.end()
  })
  /** Each with whose it is. */
  const open = new Map<ServerResponse, number>()
  function mayFollow({ user }: Asker): void {
    const streams = [...open.values()].filter((id) => id === user.id).length
    if (streams < mostStreams) return
    throw fault(
      'EDGE_STREAMS_MANY',
      `User ${user.name} follows ${streams} streams of events already`,
    )
  }
  function stream(
    response: ServerResponse,
    asker: Asker,
    from: Journal,
    /** Where to resume; undefined for what happens from now on and nothing earlier. */
    lastId: string | string[] | undefined,
    now: ProvisionEvent,
  ): void {
    const id = now.provision
    const write = (entry: JournalEntry) => {
      response.write(frame(entry))
      // who cannot keep up comes back with Last-Event-ID
      if (response.writableLength > backlogBytes) response.destroy()
    }
    if (lastId !== undefined) {
      for (const entry of from.since(id, String(lastId))) write(entry)
      // where no state was heard of yet (quiet since this controller started), the document tells it
      const heard = from.since(id, undefined).some(({ event }) => event.kind === 'state')
      if (!heard) response.write(frame({ event: now }))
    }
    const stop = from.follow(id, write)
    const heartbeat = setInterval(() => {
      response.write(':\n\n')
      void maySee(asker, id).then((may) => may || response.end())
    }, heartbeatMs)
    open.set(response, asker.user.id)
    response.once('close', () => {
      clearInterval(heartbeat)
      stop()
      open.delete(response)
    })
  }
}

/** False once a right was taken, a password changed, or the document is gone; a silent oned changes nothing. */
async function maySee(asker: Asker, id: number): Promise<boolean> {
  try {
    await asker.documents.provisions.get(id)
    return true
  } catch (error) {
    return !(error instanceof Fault && (error.kind === 'denied' || error.kind === 'missing'))
  }
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

function frame({ id, event }: { readonly id?: string; readonly event: ProvisionEvent }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${scrub(JSON.stringify(event))}\n\n`
}
