import type { Clock } from '../../lib/clock/index.ts'
import { listOffers, type Offer, type Price, priceOf } from '../scaleway/index.ts'
import type { Looked } from './look.ts'
import type { Suspicion } from './view.ts'

/** Offers change rarely, and hundreds of them are two requests. */
const believedMs = 24 * 3_600_000

/** Somebody may be waiting for the answer, which is as good without a price. */
const patienceMs = 10_000

/** Prices by what the zones sell, asked for only where a server is among what is to be priced. */
export function createPricer(clock: Pick<Clock, 'elapsed' | 'patience'>) {
  const known = new Map<string, { readonly until: number; readonly offers: readonly Offer[] }>()

  async function offersOf(place: string, { clients }: Looked): Promise<readonly Offer[]> {
    const kept = known.get(place)
    if (kept && kept.until > clock.elapsed()) return kept.offers
    const client = clients.get(place)
    if (client === undefined) return []
    const offers = await listOffers(client.within({ patienceMs })).catch(() => undefined)
    if (offers === undefined) return kept?.offers ?? []
    known.set(place, { until: clock.elapsed() + clock.patience(believedMs), offers })
    return offers
  }

  return async (suspicions: readonly Suspicion[], looked: Looked) => {
    const places = new Set(suspicions.flatMap((one) => (one.kind === 'server' ? one.place : [])))
    const offers = new Map(
      await Promise.all(
        [...places].map(async (one) => [one, await offersOf(one, looked)] as const),
      ),
    )
    const objects = new Map(
      looked.view.cloud.objects.map((object) => [`${object.kind}/${object.id}`, object]),
    )
    return ({ id, place }: Suspicion): Price | undefined => {
      const object = objects.get(id)
      // What stands in OpenNebula only costs nothing.
      return priceOf(object?.priced ?? { kind: 'vpc' }, offers.get(place) ?? [])
    }
  }
}
