import type { SimClock } from './clock.ts'

export interface LedgerEntry {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly project: string
  /** € per hour. */
  readonly hourly: number
  readonly openedMs: number
  closedMs: number | null
}

export interface Bill {
  /** € per hour of what lives. */
  readonly hourly: number
  /** € so far. */
  readonly accrued: number
  readonly items: readonly { id: string; kind: string; name: string; hourly: number }[]
  /** Everything that was ever billed, with the hours begun. */
  readonly objects: readonly {
    id: string
    kind: string
    name: string
    project: string
    hourly: number
    hours: number
    ended: boolean
  }[]
}

/** What things cost. Scaleway bills by started hour of each object's life. */
export interface Ledger {
  readonly entries: LedgerEntry[]
  open(entry: Pick<LedgerEntry, 'id' | 'kind' | 'name' | 'project' | 'hourly'>): void
  close(id: string): void
  bill(project?: string): Bill
  clear(): void
}

const hourMs = 3_600_000

export function createLedger(clock: SimClock): Ledger {
  const entries: LedgerEntry[] = []
  const hours = ({ openedMs, closedMs }: LedgerEntry) =>
    Math.max(1, Math.ceil(((closedMs ?? clock.now()) - openedMs) / hourMs))
  return {
    entries,
    open: (entry) => void entries.push({ ...entry, openedMs: clock.now(), closedMs: null }),
    close(id) {
      for (const entry of entries)
        if (entry.id === id && entry.closedMs === null) entry.closedMs = clock.now()
    },
    bill(project) {
      const ours = entries.filter((entry) => project === undefined || entry.project === project)
      const live = ours.filter(({ closedMs }) => closedMs === null)
      return {
        hourly: euros(live.reduce((sum, { hourly }) => sum + hourly, 0)),
        accrued: euros(ours.reduce((sum, entry) => sum + entry.hourly * hours(entry), 0)),
        items: live.map(({ id, kind, name, hourly }) => ({ id, kind, name, hourly })),
        objects: ours.map((entry) => {
          const { id, kind, name, project, hourly, closedMs } = entry
          return { id, kind, name, project, hourly, hours: hours(entry), ended: closedMs !== null }
        }),
      }
    },
    clear: () => void entries.splice(0),
  }
}

const euros = (value: number) => Math.round(value * 1e6) / 1e6
