import type { QuotaUse } from '../scaleway/index.ts'
import { broken, ok, skipped, type Verdict, warning } from './finding.ts'

/** An offer of a zone, as far as it matters whether it can be had. */
export interface OfferFacts {
  readonly name: string
  readonly enable: boolean
  readonly stock: string
}

/** Whether a zone sells servers, and has any. */
export function judgeZone(zone: string, offers: readonly OfferFacts[]): Verdict {
  if (offers.length === 0)
    return broken(
      `Zone ${zone} sells no Elastic Metal`,
      'Create a provider with another zone: edgectl provider create scaleway --zone …',
    )
  const sold = [...new Set(offers.filter(isInStock).map(({ name }) => name))].sort()
  if (sold.length > 0) return ok(`Zone ${zone} has ${sold.join(', ')}`)
  return warning(
    `Zone ${zone} is out of every offer just now`,
    'Wait, or create a provider with another zone',
  )
}

const isInStock = ({ enable, stock }: OfferFacts) => enable && stock !== 'empty'

/** From this share on a quota is told before it is in the way. */
const nearlyAll = 0.9

/** Quotas of the organization that are used up or nearly so; undefined where they cannot be read. */
export function judgeQuotas(uses: readonly QuotaUse[] | undefined): Verdict {
  if (uses === undefined)
    return skipped(
      'Quotas cannot be read: the key may not, or owns nothing yet that names its organization',
    )
  const tight = uses.filter(({ used, limit }) => used > 0 && used >= limit * nearlyAll)
  if (tight.length === 0) return ok(`${uses.length} quotas, all with room`)
  const told = tight.map(({ quota, used, limit }) => `${quota} ${used} of ${limit}`).join(', ')
  return warning(
    `Little or nothing is left of quotas: ${told}`,
    'Ask Scaleway to raise them (https://console.scaleway.com/organization/quotas), or give back what is not needed',
  )
}
