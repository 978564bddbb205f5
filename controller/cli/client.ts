import type { IncomingMessage, RequestOptions } from 'node:http'
import type { Endpoint } from './endpoint.ts'
import { Failure, failed, refusal } from './failure.ts'

/** How long an answer is waited for. */
export interface Waiting {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface Client {
  /** The answer's JSON with OneForm's DOCUMENT wrappers taken off. Throws a Failure otherwise. */
  call<T>(method: string, path: string, body?: unknown, waiting?: Waiting): Promise<T>
  /** Opens a stream of server-sent events; resolves when the controller has accepted it. */
  stream(path: string, lastEventId?: string, signal?: AbortSignal): Promise<IncomingMessage>
}

const answerWithinMs = 120_000

/** Nobody answers there, and why. */
export class Silence extends Failure {
  readonly reason: string

  constructor(url: URL, reason: string) {
    const hint = 'start it there (systemctl start edgectl) or name another with --server'
    super(`No controller answers at ${url.href} (${reason}); ${hint}`, failed)
    this.reason = reason
  }
}

/** A client of the REST API over node:http, because the global fetch doubles the start-up time. */
export function createClient(endpoint: Endpoint): Client {
  return {
    call: async <T>(method: string, path: string, body?: unknown, waiting: Waiting = {}) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const { timeoutMs: timeout = answerWithinMs, ...signal } = waiting
      const response = await send(endpoint, method, path, { timeout, ...signal }, text)
      const answer = await textOf(response, endpoint.url)
      return (answer === '' ? {} : unwrap(jsonIn(answer, endpoint.url))) as T
    },
    stream: (path, lastEventId, signal) =>
      send(endpoint, 'GET', path, {
        ...(signal ? { signal } : {}),
        headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
      }),
  }
}

async function send(
  { url, version, session }: Endpoint,
  method: string,
  path: string,
  options: RequestOptions,
  body?: string,
): Promise<IncomingMessage> {
  const target = new URL(`api/${version}${path}`, url.href.endsWith('/') ? url : `${url.href}/`)
  // Not by import: that reads every export of node:http, and one of them loads all of undici.
  const { request } = process.getBuiltinModule(
    target.protocol === 'https:' ? 'node:https' : 'node:http',
  )
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
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', reject)
    outgoing.end(body)
  }).catch((error: NodeJS.ErrnoException) => {
    throw new Silence(url, error.code ?? error.message)
  })
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return response
  const said = await textOf(response, url)
  throw refusal(status, said, `${method} ${target.pathname}`, codeOf(response))
}

function codeOf({ headers }: IncomingMessage): string | undefined {
  const code = headers['x-edgectl-code']
  return typeof code === 'string' ? code : undefined
}

/** The whole of an answer, a refusal's as well. Throws Silence when it breaks off. */
async function textOf(response: IncomingMessage, url: URL): Promise<string> {
  response.setEncoding('utf8')
  let text = ''
  try {
    for await (const chunk of response) text += chunk
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Silence(url, `the answer broke off: ${code ?? message}`)
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
