import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Readable } from 'node:stream'
import type { Fault } from '../../../lib/fault/index.ts'
import { fault } from '../faults.ts'

/** A request as it goes to the stock server. */
export interface Passed {
  readonly method: string
  /** Path and query, as the client wrote them, and plain: no other origin, no characters no URL has. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readable | string | undefined
}

export interface Patience {
  /** For the connection, the head of the answer, and each pause in its body. */
  readonly passMs: number
  /** For the whole of a list that is joined to ours, which nobody shall wait for. */
  readonly listMs: number
}

/** The stock OneForm server beside this one. */
export interface StockServer {
  /** Resolves with the head of the answer; its body is still to be read. Throws EDGE_STOCK_UNREACHABLE. */
  ask(passed: Passed, signal: AbortSignal): Promise<IncomingMessage>
  /** The JSON of an answer that is joined to ours. Throws EDGE_STOCK_UNREACHABLE, EDGE_STOCK_ANSWER. */
  json(passed: Passed): Promise<unknown>
  /** What it is to be told as whose JSON cannot be joined to ours. */
  unfit(answer: unknown): Fault
}

/** Tells a controller, this one too, that it is asked by another. */
export const passedOn = 'x-edgectl-passed-on'

/**
 * What a client says that means something to OneForm; the rest is between it and us. Encodings are left
 * out of lists, which are read here.
 */
const carried = [
  'authorization',
  'accept',
  'accept-language',
  'content-type',
  'user-agent',
] as const
const listLimitBytes = 16 * 1024 * 1024

/**
 * Requests to one origin and nowhere else: no redirect is followed, no request is repeated, and the
 * certificate of an https origin is checked as Node checks any.
 */
export function stockServer(
  origin: string,
  patience: Patience = { passMs: 120_000, listMs: 5_000 },
): StockServer {
  const base = new URL(origin)
  const send = base.protocol === 'https:' ? secureRequest : request

  const ask: StockServer['ask'] = ({ method, url, headers, body }, signal) =>
    new Promise((resolve, reject) => {
      const outgoing = send({
        ...{ protocol: base.protocol, hostname: base.hostname, port: base.port },
        ...{ method, path: url, signal },
        headers: { ...some(headers, carried), [passedOn]: '1', ...lengthOf(headers, body) },
        // a kept connection may prove dead when it is used, and nothing here may be sent twice
        agent: false,
      })
      outgoing.setTimeout(patience.passMs, () => {
        outgoing.destroy(new Error('no answer in time'))
      })
      outgoing.on('error', (cause) => reject(unreachable(origin, cause)))
      outgoing.on('response', resolve)
      write(outgoing, body)
    })

  return {
    ask,
    json: async (passed) => {
      const withinMs = passed.method === 'POST' ? patience.passMs : patience.listMs
      const answer = await ask(passed, AbortSignal.timeout(withinMs))
      const text = await textOf(answer).catch((cause: Error) => {
        throw unreachable(origin, cause)
      })
      if (answer.statusCode !== 200)
        throw unfit(origin, `it answered HTTP ${answer.statusCode}`, text)
      const value = jsonOf(text)
      if (value !== undefined) return value
      throw unfit(origin, 'it is no JSON', text)
    },
    unfit: (answer) => unfit(origin, 'it is something else', JSON.stringify(answer)),
  }
}

function some(
  headers: Passed['headers'],
  names: readonly string[],
): Record<string, string | string[]> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** A stream has the length its client gave it, or comes in chunks. */
function lengthOf(headers: Passed['headers'], body: Passed['body']) {
  if (typeof body === 'string') return { 'content-length': Buffer.byteLength(body) }
  if (body === undefined) return {}
  if (headers['content-length'] !== undefined) return some(headers, ['content-length'])
  // Node frames the body of a GET or DELETE only when it is told how
  return { 'transfer-encoding': 'chunked' }
}

function write(outgoing: ClientRequest, body: Passed['body']): void {
  if (body === undefined || typeof body === 'string') {
    outgoing.end(body)
    return
  }
  body.pipe(outgoing)
  // who answers before all of it came gets no more; the rest must still be read off the client's line
  outgoing.once('close', () => {
    body.unpipe(outgoing)
    body.resume()
  })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > listLimitBytes) throw new Error(`more than ${listLimitBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreachable(origin: string, cause: Error): Fault {
  const aborted = cause.name === 'TimeoutError' || cause.name === 'AbortError'
  const why = aborted ? 'no answer in time' : cause.message
  const message = `The stock OneForm server at ${origin} does not answer: ${why}`
  return fault('EDGE_STOCK_UNREACHABLE', message, { cause })
}

function unfit(origin: string, why: string, text: string): Fault {
  const message = `The answer of the stock OneForm server at ${origin} cannot be read: ${why}`
  return fault('EDGE_STOCK_ANSWER', message, { answer: text.slice(0, 200) })
}
