import { type Clock, isTransient, retry } from '../clock/index.ts'
import { Fault, sentenceOf } from '../fault/index.ts'
import type { Logger } from '../log/index.ts'
import { faultOfAnswer } from './answer.ts'
import { type CloudCall, noteCall } from './calls.ts'
import { cloudFault } from './faults.ts'
import type { Gate } from './gate.ts'

export interface HttpClientOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly gate: Gate
  readonly patienceMs: number
  readonly signal?: AbortSignal
  /** Ends the repeating; an attempt under way comes to its end, so that its answer is not lost. */
  readonly stop?: AbortSignal
}

export const defaultPatienceMs = 120_000
const attemptMs = 20_000
const firstPauseMs = 1_000
const longestPauseMs = 30_000

/** What a POST may be repeated on: the cloud said that it did nothing. */
const certainlyNotDone: ReadonlySet<string> = new Set(['EDGE_CLOUD_RATE', 'EDGE_CLOUD_BUSY'])

/**
 * The fetch the SDK is given, which has neither deadline nor retry of its own. Each attempt has 20 s;
 * a failed answer becomes a Fault with Scaleway's request id, which the SDK passes on untouched.
 * A POST whose answer was lost is never repeated here: `ensure` looks first.
 */
export function createHttpClient(options: HttpClientOptions): typeof fetch {
  const { clock, patienceMs } = options
  const signal = either(options.signal, options.stop)
  return async (input, init) => {
    const request = new Request(input, init)
    const policy = {
      firstMs: firstPauseMs,
      capMs: longestPauseMs,
      withinMs: patienceMs,
      again: (error: unknown) => mayRepeat(request, error),
      ...(signal === undefined ? {} : { signal }),
    }
    return await retry(clock, policy, () =>
      options.gate.pass(() => attempt(request.clone(), options)),
    )
  }
}

function either(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a && b ? AbortSignal.any([a, b]) : (a ?? b)
}

/** POSTs that make nothing: done twice they are done once. */
const harmless = /\/(partitioning-schemas\/validate|refresh-ssh-keys)$/

function mayRepeat({ method, url }: Request, error: unknown): boolean {
  if (method !== 'POST' || harmless.test(new URL(url).pathname)) return isTransient(error)
  return error instanceof Fault && certainlyNotDone.has(error.code)
}

async function attempt(request: Request, options: HttpClientOptions): Promise<Response> {
  const path = new URL(request.url).pathname
  const name = `${request.method} ${path}`
  const deadline = AbortSignal.timeout(options.clock.patience(attemptMs))
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline
  const started = options.clock.elapsed()
  const note = (end: Pick<CloudCall, 'status' | 'requestId' | 'failure'>) => {
    const ms = Math.round(options.clock.elapsed() - started)
    noteCall({ method: request.method, path, ...end, ms })
    return ms
  }
  const { response, body } = await send(request, signal, name, options.signal).catch(
    (error: unknown) => {
      note({ failure: sentenceOf(error) })
      throw error
    },
  )
  const { status } = response
  const requestId = response.headers.get('x-request-id') ?? undefined
  const ms = note({ status, ...(requestId === undefined ? {} : { requestId }) })
  options.logger.debug('scaleway answered', { request: name, status, requestId, ms })
  if (response.ok) return replay(response, body)
  throw faultOfAnswer({
    status: response.status,
    body,
    request: name,
    ...(requestId === undefined ? {} : { requestId }),
  })
}

/** The body is read inside the deadline: a connection may also stall after its headers. */
async function send(
  request: Request,
  signal: AbortSignal,
  name: string,
  callers: AbortSignal | undefined,
): Promise<{ response: Response; body: string }> {
  try {
    const response = await fetch(request, { signal })
    return { response, body: await response.text() }
  } catch (error) {
    callers?.throwIfAborted()
    throw cloudFault('EDGE_CLOUD_ANSWER_LOST', `No answer from Scaleway to ${name}`, {
      answer: reasonOf(error),
      cause: error,
    })
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined
  if (typeof cause?.code === 'string') return cause.code
  return error instanceof Error ? error.name : String(error)
}

function replay(response: Response, body: string): Response {
  const bare = response.status === 204 || response.status === 304
  return new Response(bare ? null : body, { status: response.status, headers: response.headers })
}
