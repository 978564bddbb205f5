import type { Clock } from '../../lib/clock/index.ts'
import type { Scaleway } from '../../lib/scaleway/index.ts'
import { type GatewayPrices, gatewayPrices } from './gateway-prices.ts'
import { listOffers, type Offer } from './offers.ts'
import { type Price, type Priced, priceOf } from './prices.ts'

/** What zones ask for things, remembered for a day: it changes rarely, and takes many requests to read. */
export interface PriceBook {
  /** Prices of these, asked for where they are sold; undefined for what nobody tells. */
  of(scaleway: Scaleway, objects: readonly Priced[]): Promise<(object: Priced) => Price | undefined>
}

interface Page {
  readonly until: number
  readonly offers: readonly Offer[]
  readonly gateways: GatewayPrices
}

const believedMs = 24 * 3_600_000
/** Somebody may be waiting for the answer, which is as good without a price. */
const patienceMs = 10_000
const nothing = { offers: [], gateways: new Map() }

export function createPriceBook(clock: Pick<Clock, 'elapsed' | 'patience'>): PriceBook {
  const pages = new Map<string, Page>()

  async function pageOf(scaleway: Scaleway): Promise<Omit<Page, 'until'>> {
    const { zone } = scaleway.connection
    const known = pages.get(zone)
    if (known && known.until > clock.elapsed()) return known
    const patient = scaleway.within({ patienceMs })
    const read = Promise.all([listOffers(patient), gatewayPrices(patient)])
    const [offers, gateways] = await read.catch(() => [undefined, undefined])
    if (offers === undefined || gateways === undefined) return known ?? nothing
    const page = { offers, gateways, until: clock.elapsed() + clock.patience(believedMs) }
    pages.set(zone, page)
    return page
  }

  return {
    async of(scaleway, objects) {
      const sold = objects.some(({ kind }) => kind === 'server' || kind === 'gateway')
      const { offers, gateways } = sold ? await pageOf(scaleway) : nothing
      return (object) => priceOf(object, offers, gateways)
    },
  }
}
