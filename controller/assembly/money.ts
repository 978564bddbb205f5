import type { FlexibleIps } from '../../ipam/flexible-ip/index.ts'
import type { Clock } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Documents } from '../documents/index.ts'
import type { Fleet } from '../fleet/index.ts'
import { createLeaks, type Leaks } from '../leaks/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import type { HostsPort } from '../provision/index.ts'
import { type Cost, costOf, createPriceBook } from '../scaleway/index.ts'
import type { Clouds } from './clouds.ts'
import { knownRanges } from './known-ranges.ts'

export interface MoneyParts {
  /** This cloud's id, in every tag. */
  readonly cloud: string
  readonly one: OpenNebula
  readonly documents: Documents
  readonly clouds: Clouds
  readonly flexibleIps: FlexibleIps
  readonly fleet: Fleet
  readonly hosts: HostsPort
  /** Whether this controller may act; throws when oned does not say. */
  readonly holds: () => Promise<boolean>
  readonly everyMinutes: number
  readonly clock: Clock
  readonly logger: Logger
}

/** What things cost, those that somebody has and those that nothing knows. */
export interface Money {
  readonly leaks: Leaks
  cost(provisionId: number): Promise<Cost>
}

/** Somebody waits for the answer. */
const patienceMs = 20_000

export function createMoney(parts: MoneyParts): Money {
  const { documents, clouds, one, fleet, hosts, ...others } = parts
  const prices = createPriceBook(parts.clock)
  return {
    leaks: createLeaks({
      ...{ ...others, one, prices },
      ...{ provisions: documents.provisions, providers: documents.providers },
      client: clouds.client,
      ranges: () => knownRanges(one),
      letGo(server, goneProvision) {
        if (goneProvision !== undefined) fleet.forget(goneProvision)
        hosts.forget(server)
      },
    }),
    async cost(id) {
      const { scaleway, identity } = await clouds.ofProvision(id)
      return await costOf(scaleway.within({ patienceMs }), identity, prices)
    },
  }
}
