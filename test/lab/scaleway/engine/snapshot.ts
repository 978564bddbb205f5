import type { Snapshot } from './saved.ts'
import type { Sim } from './sim.ts'
import { clearStore, type Store } from './store.ts'

/** Throws while something is under way: a snapshot holds no work. */
export function takeSnapshot({ store, clock, ledger, chance }: Sim): Snapshot {
  const [busy] = clock.pending()
  if (busy) throw new Error(`No snapshot while the cloud works on "${busy.name}"`)
  const kinds = kindsOf(store)
  const objects = Object.values(kinds).flatMap((kind) => [...kind.values()])
  const born = new Map(
    objects.flatMap((one) => {
      const at = typeof one === 'object' && one !== null ? store.born.get(one) : undefined
      return at === undefined ? [] : [[one as object, at - clock.now()] as const]
    }),
  )
  // In one piece, so that an object that stands in two places stays one object.
  return structuredClone({ kinds, born, bill: ledger.entries, chance: chance.position })
}

/** Replaces the whole state. What was billed before stays billed; its hours count from now. */
export function loadSnapshot(sim: Sim, from: Snapshot): void {
  const { store, clock, ledger, faults, journal } = sim
  const { kinds, born, bill } = structuredClone(from)
  clock.clear()
  faults.clear()
  journal.clear()
  clearStore(store)
  for (const [name, mine] of Object.entries(kindsOf(store)))
    for (const member of kinds[name] ?? []) {
      if (mine instanceof Set) mine.add(member)
      else mine.set(...(member as [unknown, unknown]))
    }
  for (const [object, at] of born) store.born.set(object, at + clock.now())
  ledger.clear()
  sim.chance.position = from.chance
  const now = clock.now()
  for (const entry of bill)
    ledger.entries.push({
      ...entry,
      openedMs: now,
      closedMs: entry.closedMs === null ? null : now,
    })
}

type Kind = Map<unknown, unknown> | Set<unknown>

function kindsOf(store: Store): Record<string, Kind> {
  return Object.fromEntries(
    Object.entries(store).filter(([, member]) => member instanceof Map || member instanceof Set),
  )
}
