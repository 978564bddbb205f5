/** A price that no API tells, with where it was read. */
export interface ListPrice {
  /** € per hour, taxes excluded. */
  readonly perHour: number
  /** How the price is shown to whom it matters. */
  readonly source: string
}

/** https://www.scaleway.com/en/docs/ipam/reference-content/understanding-ip-billing/ */
const addresses = 'list price of 2025-06-26'
/** Only where the catalogue does not tell; the truth is https://www.scaleway.com/en/pricing/network/ */
const gateways = 'estimate of 2026-11-30, not told by Scaleway’s API'

/**
 * What gateways and addresses cost. Their own APIs tell no prices, so these are copied by hand and shown
 * with their date.
 */
export const listPrices: {
  readonly address: ListPrice
  readonly gateways: Readonly<Record<string, ListPrice>>
} = {
  address: { perHour: 0.004, source: addresses },
  gateways: {
    'VPC-GW-S': { perHour: 0.02, source: gateways },
    'VPC-GW-M': { perHour: 0.12, source: gateways },
    'VPC-GW-L': { perHour: 0.3, source: gateways },
    'VPC-GW-XL': { perHour: 0.68, source: gateways },
  },
}
