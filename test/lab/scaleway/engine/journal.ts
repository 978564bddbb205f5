import type { Transition } from './clock.ts'

/** One request as it was answered; bodies are kept for the credentials check, never secrets' headers. */
export interface RequestRecord {
  readonly seq: number
  readonly id: string
  readonly at: string
  readonly method: string
  readonly url: string
  readonly route: string
  readonly accessKey: string | null
  readonly status: number | null
  readonly ms: number
  readonly inFlight: number
  readonly fault: string | null
  readonly body: string
}

export interface Note {
  readonly rule: string
  readonly severity: 'error' | 'warn'
  readonly what: string
  readonly object?: string
}

/** What happened: requests, and the breaches of invariants that only the moment shows. */
export interface Journal {
  readonly requests: RequestRecord[]
  readonly notes: Note[]
  /** Every change of state that took its time, in the order of their ends. */
  readonly transitions: Transition[]
  /** Every server that was ordered: how long the order itself took. */
  readonly orders: (Transition & { readonly offer: string })[]
  /** The controller's belief which server holds which address, when a test has told it. */
  readonly beliefs: Map<string, string | null>
  /** Requests allowed from a marked moment on. */
  budget: { from: number; limit: number } | null
  record(request: Omit<RequestRecord, 'seq'>): void
  note(note: Note): void
  clear(): void
}

const keep = 20_000

export function createJournal(): Journal {
  let seq = 0
  const journal: Journal = {
    requests: [],
    notes: [],
    transitions: [],
    orders: [],
    beliefs: new Map(),
    budget: null,
    record(request) {
      seq += 1
      journal.requests.push({ seq, ...request })
      if (journal.requests.length > keep) journal.requests.shift()
    },
    note: (note) => void journal.notes.push(note),
    clear() {
      journal.requests.length = 0
      journal.notes.length = 0
      journal.transitions.length = 0
      journal.orders.length = 0
      journal.beliefs.clear()
      journal.budget = null
    },
  }
  return journal
}
