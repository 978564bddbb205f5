import type { Clock } from '../../lib/clock/index.ts'

/** Sends one attach request for several addresses of one server. */
export type SendAttach = (ids: readonly string[]) => Promise<void>

export interface Joining {
  readonly server: string
  /** Scaleway's id of the address. */
  readonly id: string
  readonly send: SendAttach
  /** Once aborted, the address stays behind when the request goes. */
  readonly signal?: AbortSignal | undefined
}

export interface AttachQueue {
  /** Resolves when the cloud accepted the address, in whichever request it travelled. */
  join(joining: Joining): Promise<void>
}

interface Waiting extends Omit<Joining, 'server'> {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const gatherMs = 100

/**
 * One request at a time per server; what comes meanwhile goes together in the next. The cloud works
 * off attaches to one server one after the other, 6 s and more for each request.
 */
export function createAttachQueue(clock: Clock): AttachQueue {
  const lines = new Map<string, Waiting[]>()

  async function work(server: string, line: Waiting[]): Promise<void> {
    await clock.sleep(gatherMs)
    while (line.length > 0) await sendTogether(line.splice(0).filter(stillWanted))
    lines.delete(server)
  }

  return {
    join: ({ server, ...joining }) =>
      new Promise((resolve, reject) => {
        const line = lines.get(server)
        const waiting = { ...joining, resolve, reject }
        if (line) {
          line.push(waiting)
          return
        }
        const first = [waiting]
        lines.set(server, first)
        void work(server, first)
      }),
  }
}

function stillWanted({ signal, reject }: Waiting): boolean {
  if (signal?.aborted) reject(signal.reason)
  return !signal?.aborted
}

async function sendTogether(batch: readonly Waiting[]): Promise<void> {
  const [first] = batch
  if (!first) return
  try {
    await first.send([...new Set(batch.map(({ id }) => id))])
    for (const { resolve } of batch) resolve()
  } catch (error) {
    if (batch.length === 1) first.reject(error)
    // One address that is refused must not take the others with it.
    else for (const one of batch) await sendTogether([one])
  }
}
