import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProvisionEvent } from '../provision/index.ts'
import type { ProvisionAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { Declined, Failure, interrupted, NoSuchRoute } from './failure.ts'
import { framesOf } from './frames.ts'

export interface Watch {
  readonly client: Client
  readonly provision: string
  /** Aborted by Ctrl-C: the watching ends, the work does not. */
  readonly signal: AbortSignal
  /** Everything that happens, in order. */
  readonly onEvent: (event: ProvisionEvent) => void
}

const reconnectMs = 1000
/** No state: the document does not exist any more. */
const gone = 'gone'

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
    if (response === gone) return 'DONE'
    if (begin && (await nothingIsLeft(watching, begin, response))) return 'DONE'
    begin = undefined
    for await (const { id, event } of framesOf(response)) {
      lastId = id ?? lastId
      onEvent(event)
      if (event.kind === 'state' && hasEnded(event.state)) return event.state
    }
    await pause(signal)
    const state = await stateOf(client, provision, signal)
    if (state === gone) return 'DONE'
    if (state !== undefined && hasEnded(state)) return state
  }
}

export function hasEnded(state: string): boolean {
  return state === 'RUNNING' || state === 'DONE' || state.endsWith('_FAILURE')
}

/**
 * Starts the work. True when the document went with it: what is done already is deleted at once, and
 * its stream tells nothing more.
 */
async function nothingIsLeft(
  { client, provision, signal }: Watch,
  begin: () => Promise<void>,
  stream: IncomingMessage,
): Promise<boolean> {
  try {
    await begin()
    const isGone = (await stateOf(client, provision, signal)) === gone
    if (isGone) stream.destroy()
    return isGone
  } catch (error) {
    // an open stream would keep the process alive
    stream.destroy()
    throw error
  }
}

/** The stream before anything is started. */
async function opened(client: Client, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  try {
    signal.throwIfAborted()
    return await client.stream(path, undefined, signal)
  } catch (error) {
    throw signal.aborted ? new Declined('Nothing was started', interrupted) : error
  }
}

/** The stream; `gone` when the document is. Waits while nobody answers. */
async function connect(
  client: Client,
  path: string,
  lastId: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage | typeof gone> {
  while (true) {
    try {
      return await client.stream(path, lastId, signal)
    } catch (error) {
      if (signal.aborted) throw stopped()
      if (!(error instanceof Failure) || error instanceof NoSuchRoute) throw error
      if (error.status === 404) return gone
      if (error.status !== undefined && error.status < 500) throw error
      await pause(signal)
    }
  }
}

/** Undefined while nobody answers; `gone` when the document is. */
async function stateOf(
  client: Client,
  provision: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const path = `/provisions/${provision}`
    const found = await client.call<ProvisionAnswer>('GET', path, undefined, { signal })
    return found.TEMPLATE.PROVISION_BODY.state
  } catch (error) {
    const missing = error instanceof Failure && !(error instanceof NoSuchRoute)
    return missing && error.status === 404 ? gone : undefined
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
