import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProvisionEvent } from '../provision/index.ts'
import type { ProvisionAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { Declined, Failure, interrupted, NoSuchRoute } from './failure.ts'

export interface Watch {
  readonly client: Client
  readonly provision: string
  /** Aborted by Ctrl-C: the watching ends, the work does not. */
  readonly signal: AbortSignal
  /** Everything that happens, in order. */
  readonly onEvent: (event: ProvisionEvent) => void
}

const reconnectMs = 1000

/**
 * Follows a provision until its work has ended; answers the state it ended in, `DONE` also when its
 * document is gone. With `start`, listens first and starts the work then, so that nothing is missed
 * and no earlier event taken for a new one; without, begins with what has happened so far.
 * A broken connection (the controller restarts, say) is taken up again where it broke.
 */
export async function watch(watching: Watch, start?: () => Promise<void>): Promise<string> {
  const { client, provision, signal, onEvent } = watching
  const path = `/provisions/${provision}/events`
  let lastId: string | undefined
  let begin = start
  while (true) {
    const fresh = start !== undefined && lastId === undefined
    const from = fresh ? `${path}?replay=false` : path
    const response = begin
      ? await opened(client, from, signal)
      : await connect(client, from, lastId, signal)
    if (response === 'gone') return 'DONE'
    await begin?.().catch((error: unknown) => {
      // an open stream would keep the process alive
      response.destroy()
      throw error
    })
    begin = undefined
    for await (const { id, event } of framesOf(response, signal)) {
      lastId = id ?? lastId
      onEvent(event)
      if (event.kind === 'state' && hasEnded(event.state)) return event.state
    }
    await pause(signal)
    const state = await stateOf(client, provision)
    if (state !== undefined && hasEnded(state)) return state
  }
}

export function hasEnded(state: string): boolean {
  return state === 'RUNNING' || state === 'DONE' || state.endsWith('_FAILURE')
}

/** The stream before anything is started. */
async function opened(client: Client, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  try {
    return await client.stream(path, undefined, signal)
  } catch (error) {
    throw signal.aborted ? new Declined('Nothing was started', interrupted) : error
  }
}

/** The stream; `gone` when the document no longer exists. Waits while nobody answers. */
async function connect(
  client: Client,
  path: string,
  lastId: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage | 'gone'> {
  while (true) {
    try {
      return await client.stream(path, lastId, signal)
    } catch (error) {
      if (signal.aborted) throw stopped()
      if (!(error instanceof Failure) || error instanceof NoSuchRoute) throw error
      if (error.status === 404) return 'gone'
      if (error.status !== undefined && error.status < 500) throw error
      await pause(signal)
    }
  }
}

/** Undefined while nobody answers; DONE when the document is gone. */
async function stateOf(client: Client, provision: string): Promise<string | undefined> {
  try {
    const found = await client.call<ProvisionAnswer>('GET', `/provisions/${provision}`)
    return found.TEMPLATE.PROVISION_BODY.state
  } catch (error) {
    return error instanceof Failure && error.status === 404 ? 'DONE' : undefined
  }
}

interface Frame {
  readonly id: string | undefined
  readonly event: ProvisionEvent
}

async function* framesOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Frame> {
  response.setEncoding('utf8')
  let text = ''
  try {
    for await (const chunk of response) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const frame = text.slice(0, end)
        text = text.slice(end + 2)
        const data = /^data: (.*)$/m.exec(frame)?.[1]
        const id = /^id: (.*)$/m.exec(frame)?.[1]
        if (data !== undefined) yield { id, event: JSON.parse(data) as ProvisionEvent }
      }
    }
  } catch (error) {
    if (signal.aborted) throw stopped()
    // anything else is a broken connection, which the caller takes up again
    if (error instanceof SyntaxError) throw error
  } finally {
    response.destroy()
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await delay(reconnectMs, undefined, { signal }).catch(() => {
    throw stopped()
  })
}

function stopped(): Failure {
  return new Failure('Stopped watching', interrupted)
}
