import { allPages, type Scaleway } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'

/** An Elastic Metal offer as Scaleway's API shows it. */
export type Offer = Awaited<ReturnType<Scaleway['baremetal']['getOffer']>>

/** Monthly is another offer of the same name: a commitment, paid at once and never given back. */
export type Billing = 'hourly' | 'monthly'

/**
 * What the zone sells, by the hour and by the month; ids differ between zones and periods, and the API
 * lists the monthly ones only when asked for them.
 */
export async function listOffers({ baremetal }: Pick<Scaleway, 'baremetal'>): Promise<Offer[]> {
  const periods: readonly Billing[] = ['hourly', 'monthly']
  const found = await Promise.all(
    periods.map((subscriptionPeriod) => allPages(baremetal.listOffers, { subscriptionPeriod })),
  )
  return found.flat()
}

/** `em_a116x_ssd` is sold as `EM-A116X-SSD`. */
export function offerName(instanceType: string): string {
  return instanceType.toUpperCase().replaceAll('_', '-')
}

/** The offer of that name and billing. Throws EDGE_OFFER_UNKNOWN, which tells what is sold. */
export function chooseOffer(
  offers: readonly Offer[],
  wanted: { readonly instanceType: string; readonly billing: Billing; readonly zone: string },
): Offer {
  const name = offerName(wanted.instanceType)
  const sameName = offers.filter((one) => one.name.toUpperCase() === name)
  const offer = sameName.find((one) => one.subscriptionPeriod === wanted.billing)
  if (offer) return offer
  const sold = offers
    .filter((one) => one.subscriptionPeriod === wanted.billing && isInStock(one))
    .map((one) => one.name.toLowerCase().replaceAll('-', '_'))
    .sort()
  const how = sameName.length > 0 ? ` ${wanted.billing}` : ''
  throw fault('EDGE_OFFER_UNKNOWN', `Zone ${wanted.zone} sells no ${name}${how}`, {
    hint: `It sells ${sold.join(', ') || `nothing ${wanted.billing} just now`}.`,
  })
}

/** Throws EDGE_OFFER_EMPTY when more servers are wanted and none is left. */
export function checkStock(offer: Offer, more: number): void {
  if (more <= 0 || isInStock(offer)) return
  throw fault('EDGE_OFFER_EMPTY', `${offer.name} is out of stock in ${offer.zone}`)
}

/** What may go wrong with an order of this offer although nothing forbids it. */
export function offerWarnings(offers: readonly Offer[], offer: Offer, more: number): string[] {
  const marked = (one: Offer) => one.tags.includes('cloud-init')
  return [
    ...(offer.stock === 'low' && more > 0
      ? [`${offer.name} runs out: at most 5 are left in ${offer.zone}`]
      : []),
    ...(offers.some(marked) && !marked(offer)
      ? [
          `Scaleway does not mark ${offer.name} as one that takes user data, which a host’s key travels in; it may refuse the order`,
        ]
      : []),
    ...(offer.subscriptionPeriod === 'monthly'
      ? [`${offer.name} monthly is a commitment: what is paid is not given back on deletion`]
      : []),
  ]
}

function isInStock({ enable, stock }: Offer): boolean {
  return enable && stock !== 'empty'
}
