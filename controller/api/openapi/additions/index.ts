import type { RouteDocs } from '../route-doc.ts'
import { addresses } from './addresses.ts'
import { adoption } from './adoption.ts'
import { events } from './events.ts'
import { hosts } from './hosts.ts'
import { money } from './money.ts'
import { setUp } from './set-up.ts'

/** What OneForm does not have. */
export const additions: RouteDocs = {
  ...hosts,
  ...addresses,
  ...events,
  ...adoption,
  ...money,
  ...setUp,
}
