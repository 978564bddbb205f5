import type { IncomingMessage, RequestOptions } from 'node:http'
import type { Endpoint } from './endpoint.ts'
import { Failure, failed, refusal, saidBy } from './failure.ts'
import { type Question, Silence, unanswered } from './silence.ts'

/** How long an answer is waited for, and what it means when none comes. */
export interface Waiting {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** It may be asked again without harm; a GET always may. */
  readonly harmless?: boolean
}

export interface Client {
  /**
   * The answer's JSON with OneForm's DOCUMENT wrappers taken off. Throws a Failure otherwise: Silence where
   * nobody was there, AnswerLost where what was asked for may have been begun.
   */
  call<T>(method: string, path: string, body?: unknown, waiting?: Waiting): Promise<T>
  /** Opens a stream of server-sent events; resolves when the controller has accepted it. */
  stream(path: string, lastEventId?: string, signal?: AbortSignal): Promise<IncomingMessage>
}

const answerWithinMs = 120_000

/** A client of the REST API over node:http, because the global fetch doubles the start-up time. */
export function createClient(endpoint: Endpoint): Client {
  const { url, version } = endpoint
  const question = (method: string, path: string, harmless = method === 'GET'): Question => {
    const base = url.href.endsWith('/') ? url : `${url.href}/`
    return { method, path, harmless, target: new URL(`api/${version}${path}`, base) }
  }
  return {
    call: async <T>(method: string, path: string, body?: unknown, waiting: Waiting = {}) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const { timeoutMs: timeout = answerWithinMs, harmless, ...signal } = waiting
      const asked = question(method, path, harmless)
      const response = await send(endpoint, asked, { timeout, ...signal }, text)
      const answer = await textOf(response, asked, url)
      return (answer === '' ? {} : unwrap(jsonIn(answer, url))) as T
    },
    stream: (path, lastEventId, signal) =>
      send(endpoint, question('GET', path), {
        ...(signal ? { signal } : {}),
        headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
      }),
  }
}

async function send(
  { url, session }: Endpoint,
  asked: Question,
  options: RequestOptions,
  body?: string,
): Promise<IncomingMessage> {
  const { method, target, harmless } = asked
  const secure = target.protocol === 'https:'
  // Not by import: that reads every export of node:http, and one of them loads all of undici.
  const { request } = process.getBuiltinModule(secure ? 'node:https' : 'node:http')
  let connected = false
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(
      target,
      {
        ...options,
        method,
        agent: false,
        headers: {
          authorization: `Basic ${Buffer.from(session).toString('base64')}`,
          accept: 'application/json',
          'content-type': 'application/json',
          ...options.headers,
        },
      },
      resolve,
    )
    // from then on it may have arrived
    outgoing.on('socket', (socket) =>
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true
      }),
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', reject)
    outgoing.end(body)
  }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code ?? error.message
    throw connected ? unanswered(asked, url, reason) : new Silence(url, reason)
  })
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return response
  const said = await textOf(response, asked, url)
  // a proxy that has passed it on and heard nothing
  if (!harmless && (status === 502 || status === 504) && saidBy(said) === undefined)
    throw unanswered(asked, url, `a proxy answered ${status}`)
  throw refusal(status, said, `${method} ${target.pathname}`, codeOf(response))
}

function codeOf({ headers }: IncomingMessage): string | undefined {
  const code = headers['x-edgectl-code']
  return typeof code === 'string' ? code : undefined
}

/** The whole of an answer, a refusal's as well. Throws Silence or AnswerLost when it breaks off. */
async function textOf(response: IncomingMessage, asked: Question, url: URL): Promise<string> {
  response.setEncoding('utf8')
  let text = ''
  try {
    for await (const chunk of response) text += chunk
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw unanswered(asked, url, `the answer broke off: ${code ?? message}`)
  }
  return text
}

/** A proxy, or another server, answers with a page where the controller answers JSON. */
function jsonIn(text: string, url: URL): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Failure(`What answers at ${url.href} is no controller: it sends no JSON`, failed)
  }
}

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap)
  if (typeof value === 'object' && value !== null && 'DOCUMENT' in value) return value.DOCUMENT
  return value
}
