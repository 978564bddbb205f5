import type { GatewayPrices } from './gateway-prices.ts'
import { type ListPrice, listPrices } from './list-prices.ts'
import type { Offer } from './offers.ts'

/** What something costs while it exists, taxes excluded. */
export interface Price {
  readonly perHour: number
  readonly perMonth: number
  /** Paid when it is ordered, and never given back: the commitment of a monthly server. */
  readonly once: number
  readonly currency: string
  /** Where the price comes from: `Scaleway’s offer`, `list price of <date>`, `free`. */
  readonly source: string
}

/** Anything a provision has at Scaleway, as far as its price goes. */
export type Priced =
  | { readonly kind: 'server'; readonly offerId: string; readonly optionIds: readonly string[] }
  | { readonly kind: 'gateway'; readonly type: string }
  | { readonly kind: 'gateway-ip' | 'flexible-ip' | 'private-network' | 'vpc' | 'ssh-key' }

export type PricedOffer = Pick<
  Offer,
  'id' | 'subscriptionPeriod' | 'pricePerHour' | 'pricePerMonth' | 'fee' | 'options'
>

/** As the cloud's own bills count: a month of 365 / 12 days. */
export const hoursPerMonth = 730

/**
 * The price of one object, by the offers of its zone (hourly and monthly) and what the catalogue says
 * of gateways, else by list prices. Undefined when nobody tells it: a server of an offer that is sold no
 * more, a gateway of an unknown type.
 */
export function priceOf(
  object: Priced,
  offers: readonly PricedOffer[] = [],
  gateways: GatewayPrices = new Map(),
): Price | undefined {
  switch (object.kind) {
    case 'server': {
      const offer = offers.find(({ id }) => id === object.offerId)
      return offer && serverPrice(offer, object.optionIds)
    }
    case 'gateway':
      return listed(gateways.get(object.type) ?? listPrices.gateways[object.type])
    case 'gateway-ip':
    case 'flexible-ip':
      return listed(listPrices.address)
    default:
      return free
  }
}

export interface Total extends Price {
  /** False when the price of something in it is unknown, so that the true sum is higher. */
  readonly complete: boolean
}

/** All of it together; what has no price is left out and told by `complete`. */
export function sumOf(prices: readonly (Price | undefined)[]): Total {
  const known = prices.filter((price) => price !== undefined)
  const sum = (part: 'perHour' | 'perMonth' | 'once') =>
    exact(known.reduce((total, price) => total + price[part], 0))
  const paid = known.filter((price) => price !== free)
  return {
    perHour: sum('perHour'),
    perMonth: sum('perMonth'),
    once: sum('once'),
    currency: paid[0]?.currency ?? free.currency,
    source: [...new Set(paid.map(({ source }) => source))].join('; ') || free.source,
    complete: known.length === prices.length,
  }
}

/** So many of the same thing. */
export function times(price: Price, count: number): Price {
  return {
    ...price,
    perHour: exact(price.perHour * count),
    perMonth: exact(price.perMonth * count),
    once: exact(price.once * count),
  }
}

const free: Price = { perHour: 0, perMonth: 0, once: 0, currency: 'EUR', source: 'free' }

function listed(price: ListPrice | undefined): Price | undefined {
  if (price === undefined) return undefined
  const { perHour, source } = price
  return { ...free, perHour, perMonth: exact(perHour * hoursPerMonth), source }
}

function serverPrice(offer: PricedOffer, optionIds: readonly string[]): Price | undefined {
  const monthly = offer.subscriptionPeriod === 'monthly'
  const own = monthly ? offer.pricePerMonth : offer.pricePerHour
  if (own === undefined || own === null) return undefined
  const options = offer.options.filter(({ id }) => optionIds.includes(id))
  const perMonth = [
    value(own) * (monthly ? 1 : hoursPerMonth),
    ...options.map(({ price, subscriptionPeriod }) =>
      subscriptionPeriod === 'monthly' ? value(price) : value(price) * hoursPerMonth,
    ),
  ].reduce((sum, part) => sum + part, 0)
  return {
    perHour: exact(perMonth / hoursPerMonth),
    perMonth: exact(perMonth),
    once: monthly ? value(offer.fee) : 0,
    currency: own.currencyCode,
    source: 'Scaleway’s offer',
  }
}

function value(money: { units: number; nanos: number } | null | undefined): number {
  return money ? money.units + money.nanos / 1e9 : 0
}

/** Without the dust of binary fractions. */
function exact(amount: number): number {
  return Math.round(amount * 1e6) / 1e6
}
