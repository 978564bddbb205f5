import { allPages, type Scaleway } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import type { Offer } from './offers.ts'

/**
 * The option without which a server joins no private network; its price is the offer's.
 * Throws EDGE_OFFER_UNSUITABLE.
 */
export async function findPrivateNetworkOption(
  { baremetal }: Scaleway,
  offer: Offer,
): Promise<string> {
  const named = ({ name }: { name: string }) => name.toLowerCase() === 'private network'
  const included = offer.options.find(named)
  if (included) return included.id
  const sold = (await allPages(baremetal.listOptions, { offerId: offer.id })).find(named)
  if (sold) return sold.id
  throw fault('EDGE_OFFER_UNSUITABLE', `${offer.name} cannot be attached to private networks`)
}
