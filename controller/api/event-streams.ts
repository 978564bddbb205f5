import type { ServerResponse } from 'node:http'
import { Fault } from '../../lib/fault/index.ts'
import { scrub } from '../../lib/log/index.ts'
import type { ProvisionEvent } from '../provision/index.ts'
import { fault } from './faults.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { Asker } from './login.ts'

export interface StreamRequest {
  readonly asker: Asker
  /** Where to resume; undefined for what happens from now on and nothing earlier. */
  readonly lastId: string | undefined
  /** The provision's state as its document tells it. */
  readonly now: ProvisionEvent
}

export interface EventStreams {
  /** Throws EDGE_STREAMS_MANY. */
  mayFollow(asker: Asker): void
  /** Writes until the client leaves, the right to it ends, or `close`. The head was sent before. */
  follow(response: ServerResponse, request: StreamRequest): void
  close(): void
}

/** A comment this often keeps proxies and clients from giving the stream up. */
const heartbeatMs = 15_000
const backlogBytes = 1024 * 1024
/** Of one user: connections are for everybody. */
const mostStreams = 50

/** Server-sent events of provisions, out of the journal. */
export function createEventStreams(journal: Journal): EventStreams {
  const open = new Map<ServerResponse, { readonly user: number; over(): void }>()

  function follow(response: ServerResponse, { asker, lastId, now }: StreamRequest): void {
    const id = now.provision
    // who left while oned was asked is never heard of again
    if (response.destroyed || response.socket?.destroyed) return
    const write = (text: string) => {
      if (response.writableEnded || response.destroyed) return over()
      response.write(text)
      // who cannot keep up comes back with Last-Event-ID
      if (response.writableLength > backlogBytes) response.destroy()
    }
    const tell = (entry: JournalEntry) => write(frame(entry))
    const stop = journal.follow(id, tell)
    const heartbeat = setInterval(() => {
      write(':\n\n')
      void maySee(asker, id).then((may) => may || over())
    }, heartbeatMs)
    /** An ended response is closed only when its client has read it; nothing may be written meanwhile. */
    const over = () => {
      clearInterval(heartbeat)
      stop()
      open.delete(response)
      if (!response.destroyed) response.end()
    }
    open.set(response, { user: asker.user.id, over })
    response.once('close', over)
    response.on('error', over)
    if (lastId === undefined) return
    for (const entry of journal.since(id, lastId)) tell(entry)
    // where no state was heard of yet (quiet since this controller started), the document tells it
    const heard = journal.since(id, undefined).some(({ event }) => event.kind === 'state')
    if (!heard) write(frame({ event: now }))
  }

  return {
    follow,
    mayFollow({ user }) {
      const streams = [...open.values()].filter((one) => one.user === user.id).length
      if (streams < mostStreams) return
      const message = `User ${user.name} follows ${streams} streams of events already`
      throw fault('EDGE_STREAMS_MANY', message)
    },
    close() {
      for (const { over } of [...open.values()]) over()
    },
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

function frame({ id, event }: { readonly id?: string; readonly event: ProvisionEvent }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(scrubbed(event))}\n\n`
}

/** Only what is written freely: a tenant's password may be a word that every event has. */
function scrubbed(event: ProvisionEvent): ProvisionEvent {
  if (event.kind === 'log') return { ...event, text: scrub(event.text) }
  if (event.kind !== 'step' || event.detail === undefined) return event
  return { ...event, detail: scrub(event.detail) }
}
