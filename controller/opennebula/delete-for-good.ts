import { type Clock, poll } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'

export interface Deletion {
  /** "host 12", for messages. */
  readonly what: string
  remove(): Promise<void>
  get(): Promise<unknown>
  readonly clock: Clock
  readonly signal: AbortSignal
}

const goneWithinMs = 5 * 60_000
const goneEveryMs = 1_000

/**
 * Deletes and waits until oned does not know the object any more; some deletes are asynchronous. False
 * when it was gone before. Throws what oned refuses, and EDGE_WAITED_TOO_LONG.
 */
export async function deleteForGood(deletion: Deletion): Promise<boolean> {
  const { what, clock, signal } = deletion
  if (!(await isThere(() => deletion.remove()))) return false
  const wait = {
    ...{ what: `${what} to be gone from OpenNebula`, signal },
    ...{ everyMs: goneEveryMs, withinMs: goneWithinMs },
  }
  await poll(clock, wait, async () => ((await isThere(() => deletion.get())) ? undefined : true))
  return true
}

async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look()
    return true
  } catch (error) {
    if (error instanceof Fault && error.kind === 'missing') return false
    throw error
  }
}
