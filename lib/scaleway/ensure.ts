import type { Clock } from '../clock/index.ts'
import { Fault } from '../fault/index.ts'
import { cloudFault } from './faults.ts'

export interface Wanted<T> {
  /** "server host-0 of provision 7", for messages. */
  readonly what: string
  /** All objects that carry the identity, all pages. */
  find(): Promise<T[]>
  create(): Promise<T>
  readonly clock: Clock
  /** How an object is named when there are several; its `id` unless given. */
  readonly name?: (object: T) => string
  /** How long a created object may take to show in the list, in milliseconds. */
  readonly settleMs?: number
  readonly signal?: AbortSignal
}

const lookEveryMs = 2_000
const defaultSettleMs = 30_000
const maxCreates = 3

/**
 * The object with this identity, created if there is none: none → create, one → adopt, several →
 * EDGE_CLOUD_AMBIGUOUS. When the answer to a create is lost, the list is read until the object shows
 * or the settle time has passed; only then is it created again.
 */
export async function ensure<T>(wanted: Wanted<T>): Promise<T> {
  const there = await only(wanted)
  if (there !== undefined) return there
  for (let attempt = 1; ; attempt++) {
    try {
      const created = await wanted.create()
      return (await settle(wanted)) ?? created
    } catch (error) {
      if (!mayHaveBeenDone(error)) throw error
      const shown = await settle(wanted)
      if (shown !== undefined) return shown
      if (attempt >= maxCreates) throw error
    }
  }
}

/** Whether a failed request may have been carried out all the same: no answer, or a 5xx. */
export function mayHaveBeenDone(error: unknown): boolean {
  return (
    error instanceof Fault &&
    (error.code === 'EDGE_CLOUD_ANSWER_LOST' || error.code === 'EDGE_CLOUD_UNAVAILABLE')
  )
}

/** Lists may lag behind creates, so a created object is looked for until it shows. */
async function settle<T>(wanted: Wanted<T>): Promise<T | undefined> {
  const looks = Math.ceil((wanted.settleMs ?? defaultSettleMs) / lookEveryMs)
  for (let look = 0; look <= looks; look++) {
    const seen = await only(wanted)
    if (seen !== undefined) return seen
    if (look < looks) await wanted.clock.sleep(lookEveryMs, wanted.signal)
  }
  return undefined
}

async function only<T>({ what, find, name = idOf }: Wanted<T>): Promise<T | undefined> {
  const found = await find()
  if (found.length <= 1) return found[0]
  throw cloudFault('EDGE_CLOUD_AMBIGUOUS', `There are ${found.length} of ${what}`, {
    object: found.map(name).join(', '),
  })
}

function idOf(object: unknown): string {
  return String((object as { id?: unknown } | null)?.id ?? object)
}
