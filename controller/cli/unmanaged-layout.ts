import type { UnmanagedAnswer } from './answers.ts'
import { list } from './columns.ts'

/** What of others stands in the way of undeploying: where it is, and what. */
export function unmanagedLayout(unmanaged: UnmanagedAnswer): string {
  const rows = Object.entries(unmanaged).flatMap(([places, found]) =>
    Object.entries(found).flatMap(([place, kinds]) =>
      Object.entries(kinds).map(([kind, ids]) => [
        `${singular(places)} ${place}`,
        kind.toUpperCase(),
        ids.join(', '),
      ]),
    ),
  )
  if (rows.length === 0) return 'Nothing of others is in the way'
  return list(['WHERE', 'WHAT', 'IDS'], rows)
}

function singular(places: string): string {
  return places.replace(/s$/, '')
}
