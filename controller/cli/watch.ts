import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProvisionEvent } from '../provision/index.ts'
import { begin } from './begin.ts'
import type { Client } from './client.ts'
import { Declined, Failure, interrupted, NoSuchRoute } from './failure.ts'
import { framesOf } from './frames.ts'
import { endOf, gone, hasEnded, isPassing, stateOf } from './state-of.ts'

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
 * A broken connection (the controller restarts, say) is taken up again where it broke, and nothing is
 * started twice for it.
 */
export async function watch(watching: Watch, start?: () => Promise<void>): Promise<string> {
  const { client, provision, signal, onEvent } = watching
  const path = `/provisions/${provision}/events`
  let lastId: string | undefined
  for (let first = true; ; first = false) {
    const fresh = start !== undefined && lastId === undefined
    const from = fresh ? `${path}?replay=false` : path
    const response =
      first && start
        ? await opened(client, from, signal)
        : await connect(client, from, { lastId, known: !first, signal })
    if (response === gone) return 'DONE'
    const ended = await endedBefore(watching, { first, fresh, start }).catch((error) => {
      // an open stream would keep the process alive
      response.destroy()
      throw error
    })
    if (ended !== undefined) {
      response.destroy()
      return ended
    }
    for await (const { id, event } of framesOf(response)) {
      lastId = id ?? lastId
      onEvent(event)
      if (event.kind === 'state' && hasEnded(event.state)) return event.state
    }
    await pause(signal)
    const end = endOf(await stateOf(client, provision, signal))
    if (end !== undefined) return end
  }
}

interface Stage {
  readonly first: boolean
  /** The stream tells what comes and nothing earlier. */
  readonly fresh: boolean
  readonly start: (() => Promise<void>) | undefined
}

/** Starts the work where that is still to be done; answers how it has ended where the stream will not tell. */
async function endedBefore(
  watching: Watch,
  { first, fresh, start }: Stage,
): Promise<string | undefined> {
  if (first) return start && (await begin(watching, start))
  const { client, provision, signal } = watching
  return fresh ? endOf(await stateOf(client, provision, signal)) : undefined
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

interface Connecting {
  readonly lastId: string | undefined
  /** The server has had this stream before: no page of a proxy says that it never will. */
  readonly known: boolean
  readonly signal: AbortSignal
}

/** The stream; `gone` when the document is. Waits while nobody answers. */
async function connect(
  client: Client,
  path: string,
  { lastId, known, signal }: Connecting,
): Promise<IncomingMessage | typeof gone> {
  while (true) {
    try {
      return await client.stream(path, lastId, signal)
    } catch (error) {
      if (signal.aborted) throw stopped()
      if (!(error instanceof Failure)) throw error
      const noRoute = error instanceof NoSuchRoute
      if (error.status === 404 && !noRoute) return gone
      if (!isPassing(error) || (noRoute && !known)) throw error
      await pause(signal)
    }
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
