import type { GatewayPrices } from './gateway-prices.ts'
import { gatewayTypes } from './gateway-types.ts'
import { missing, type PlanRequest } from './plan-request.ts'
import { type Price, type Priced, type PricedOffer, priceOf, times } from './prices.ts'
import type { ChosenModel } from './server-model.ts'

/** One kind of thing that will be created. */
export interface PlannedPart {
  readonly kind: Priced['kind']
  /** "EM-A116X-SSD with ubuntu_2204". */
  readonly what: string
  readonly count: number
  /** Of all of them; undefined when nobody tells it. */
  readonly price: Price | undefined
}

export interface KnownPrices {
  readonly offers: readonly PricedOffer[]
  readonly gateways: GatewayPrices
}

/** What will be created, in the order in which it is. */
export function plannedParts(
  request: PlanRequest,
  { model, place }: ChosenModel,
  { offers, gateways }: KnownPrices,
): PlannedPart[] {
  const { gatewayType, cidr, osName, billing } = request
  const { offer, optionIds } = model
  const bandwidth = gatewayTypes[gatewayType]
  const shared = bandwidth === undefined ? '' : `, ${bandwidth} for the whole cluster`
  const part = (what: string, object: Priced): PlannedPart => {
    const count = missing(request, object.kind)
    const each = priceOf(object, offers, gateways)
    return { kind: object.kind, what, count, price: each && times(each, count) }
  }
  return [
    part('SSH key', { kind: 'ssh-key' }),
    part('VPC', { kind: 'vpc' }),
    part(`private network ${cidr}`, { kind: 'private-network' }),
    part('public address of the gateway', { kind: 'gateway-ip' }),
    part(`public gateway ${gatewayType}${shared}`, { kind: 'gateway', type: gatewayType }),
    part(`${offer.name} ${billing} with ${osName}, ${place}`, {
      kind: 'server',
      offerId: offer.id,
      optionIds,
    }),
    part('flexible IP', { kind: 'flexible-ip' }),
  ].filter(({ count }) => count > 0)
}

/** A part as a sentence: "2 × EM-A116X-SSD …: 0.214 EUR/h, 156.22 EUR/month (Scaleway’s offer)". */
export function describe({ what, count, price }: PlannedPart): string {
  return `${count} × ${what}: ${priced(price)}`
}

export function priced(price: Price | undefined): string {
  if (price === undefined) return 'price unknown'
  if (price.perMonth === 0) return price.source
  const { perHour, perMonth, once, currency, source } = price
  const at = once > 0 ? `, ${once.toFixed(2)} ${currency} at once` : ''
  return `${round(perHour)} ${currency}/h, ${perMonth.toFixed(2)} ${currency}/month${at} (${source})`
}

function round(amount: number): string {
  return String(Math.round(amount * 1e4) / 1e4)
}
