import type { Clock } from '../../lib/clock/index.ts'
import type { Events, ProvisionEvent } from '../provision/index.ts'

export interface JournalEntry {
  /** `<start of this journal>-<number>`: after a restart an old id resumes nothing wrongly. */
  readonly id: string
  readonly event: ProvisionEvent
}

/** The latest events of each provision, so that a stream can resume where it broke off. */
export interface Journal {
  /** What came after the entry `lastId`; everything kept, when that is unknown here. */
  since(provision: number, lastId: string | undefined): readonly JournalEntry[]
  follow(provision: number, listener: (entry: JournalEntry) => void): () => void
  close(): void
}

const keptPerProvision = 2000
const keptProvisions = 200

/** Listens to `events` from now on. */
export function createJournal(
  events: Pick<Events, 'subscribe'>,
  clock: Pick<Clock, 'now'>,
): Journal {
  const born = clock.now()
  const entries = new Map<number, JournalEntry[]>()
  const followers = new Map<number, Set<(entry: JournalEntry) => void>>()
  let count = 0
  const stop = events.subscribe((event) => {
    const entry = { id: `${born}-${++count}`, event }
    const kept = entries.get(event.provision) ?? []
    kept.push(entry)
    if (kept.length > keptPerProvision) kept.shift()
    // the provision heard of last comes last, so that the quietest is forgotten first
    entries.delete(event.provision)
    entries.set(event.provision, kept)
    for (const [oldest] of entries) {
      if (entries.size <= keptProvisions) break
      entries.delete(oldest)
    }
    for (const listener of followers.get(event.provision) ?? []) listener(entry)
  })
  return {
    since: (provision, lastId) => {
      const kept = entries.get(provision) ?? []
      const last = kept.findIndex(({ id }) => id === lastId)
      return kept.slice(last + 1)
    },
    follow: (provision, listener) => {
      const set = followers.get(provision) ?? new Set()
      followers.set(provision, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0) followers.delete(provision)
      }
    },
    close: () => {
      stop()
      followers.clear()
    },
  }
}
