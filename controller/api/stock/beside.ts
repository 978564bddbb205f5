import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault, sentenceOf } from '../../../lib/fault/index.ts'
import type { Logger } from '../../../lib/log/index.ts'
import type { Documents } from '../../documents/index.ts'
import { fault } from '../faults.ts'
import type { Merge } from './merge.ts'
import { type Passed, passedOn, type StockServer } from './server.ts'
import { isPlain, type Target, targetOf } from './target.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, where it is passed on only once its driver is known. */
    rawBody: string | undefined
  }
  interface FastifyContextConfig {
    /** How the stock server's answer to the same request is joined to ours. */
    merge?: Merge
    /** The stock server has no such route. */
    oursAlone?: true
    /** The body's `driver` tells whose request it is. */
    byDriver?: true
  }
}

export interface BesideOptions {
  readonly stock: StockServer
  /** What is known to be ours, without asking oned. */
  readonly documents: Documents
  /** The one driver that is always served here, by its directory's name. */
  readonly driver: string
  readonly logger: Logger
}

/** Tells that a list is ours alone because the stock server's could not be had. */
const lacking = 'x-edgectl-stock'

/** What an answer says that means something to clients. */
const answered = [
  ...['content-type', 'content-length', 'content-encoding', 'content-disposition', 'cache-control'],
  ...['etag', 'last-modified', 'retry-after', 'allow', 'vary'],
]

/**
 * Passes on to the stock server what is not ours: other drivers, documents of other engines, and unknown
 * routes of these. Its lists are joined to ours. After the login, so that oned knows who asks; the stock
 * server asks oned once more.
 */
export function besideStock(
  app: FastifyInstance,
  { stock, documents, driver, logger }: BesideOptions,
): void {
  const tell = onceInARow(logger)

  async function isTheirs(request: FastifyRequest, target: Target): Promise<boolean> {
    if (target.of === 'driver') return target.name !== driver && target.name !== 'sync'
    // a document never changes its engine, and ids are never used again
    if (documents[target.of].recall(target.id) !== undefined) return false
    try {
      // also of what OpenNebula's drivers ask, who are not kept waiting
      const { prompt } = request.asker
      await (target.of === 'providers' ? prompt.provider(target.id) : prompt.provision(target.id))
      return false
    } catch (error) {
      // whatever else is in the way, the route finds it again and says so
      return error instanceof Fault && error.code === 'EDGE_DOCUMENT_FOREIGN'
    }
  }

  app.addHook('onRequest', async (request, reply) => {
    if (request.headers[passedOn] !== undefined || request.routeOptions.config.oursAlone) return
    const target = targetOf(request.raw.url ?? '')
    if (target && (await isTheirs(request, target)))
      return pass(stock, request, reply, hasBody(request) ? request.raw : undefined)
  })
  app.addHook('preValidation', async (request, reply) => {
    if (request.headers[passedOn] !== undefined || !request.routeOptions.config.byDriver) return
    const wanted = (request.body as { driver?: unknown } | null | undefined)?.driver
    if (typeof wanted === 'string' && wanted.toLowerCase() !== driver)
      return pass(stock, request, reply, request.rawBody)
  })
  app.addHook('preSerialization', async (request, reply, payload) => {
    const { merge } = request.routeOptions.config
    if (!merge || reply.statusCode !== 200) return payload
    if (request.headers[passedOn] !== undefined) return payload
    try {
      const theirs = await stock.json(asItCame(request, request.rawBody))
      const merged = merge(payload, theirs, driver)
      if (merged === undefined) throw stock.unfit(theirs)
      tell(undefined)
      return merged
    } catch (error) {
      tell(sentenceOf(error))
      reply.header(lacking, 'unavailable')
      return payload
    }
  })
}

function hasBody({ headers }: FastifyRequest): boolean {
  const length = headers['content-length'] ?? '0'
  return headers['transfer-encoding'] !== undefined || length !== '0'
}

async function pass(
  stock: StockServer,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Passed['body'],
): Promise<FastifyReply> {
  const gone = new AbortController()
  // who does not wait for the answer any more must not keep it coming
  reply.raw.once('close', () => gone.abort())
  const passed = asItCame(request, body)
  try {
    return reply.send(headed(reply, await stock.ask(passed, gone.signal)))
  } catch (error) {
    if (gone.signal.aborted) return reply.hijack()
    throw error
  }
}

/** A request line may name another server, `GET http://other/…`: what is passed on never does. */
function asItCame({ raw, headers }: FastifyRequest, body: Passed['body']): Passed {
  const { method = 'GET', url = '/' } = raw
  if (!isPlain(url)) throw fault('EDGE_REQUEST_INVALID', 'The URL is not the plain path of one')
  return { method, url, headers, body }
}

function headed(reply: FastifyReply, answer: IncomingMessage): IncomingMessage {
  reply.code(answer.statusCode ?? 502)
  for (const name of answered) {
    const value = answer.headers[name]
    if (value !== undefined) reply.header(name, value)
  }
  return answer
}

/** An outage is told when it begins and when it ends, however often is asked in between. */
function onceInARow(logger: Logger): (why: string | undefined) => void {
  let last: string | undefined
  return (why) => {
    if (why !== undefined && last === undefined)
      logger.warn('lists are without the stock OneForm server’s', { why })
    if (why === undefined && last !== undefined)
      logger.info('the stock OneForm server answers again')
    last = why
  }
}
