import { coalesced } from '../../lib/clock/index.ts'
import type { CloudAddress } from './address-tags.ts'
import type { ProvisionCloud } from './flexible-ips.ts'
import { provisionAddresses } from './listing.ts'

/** Lists a provision's addresses, beginning after the call. */
export type Look = (cloud: ProvisionCloud) => Promise<CloudAddress[]>

/** Looks that are asked for while one is under way share the next: twenty addresses, one request. */
export function createLooks(): Look {
  const clouds = new Map<string, ProvisionCloud>()
  const looks = new Map<string, () => Promise<CloudAddress[]>>()
  return (cloud) => {
    const { provision } = cloud.identity
    // The provider's key may have changed since.
    clouds.set(provision, cloud)
    const known = looks.get(provision)
    if (known) return known()
    const look = coalesced(() => provisionAddresses(clouds.get(provision) ?? cloud))
    looks.set(provision, look)
    return look()
  }
}
