import { Fault } from '../../lib/fault/index.ts'
import { allPages, type Scaleway } from '../../lib/scaleway/index.ts'
import { gatewayTypes } from './gateway-types.ts'
import type { ListPrice } from './list-prices.ts'

/** By the gateway's type. */
export type GatewayPrices = ReadonlyMap<string, ListPrice>

type Product = Awaited<
  ReturnType<Scaleway['catalogue']['listPublicCatalogProducts']>
>['products'][number]

/** Nothing waits long for a price that a list has as well. */
const patienceMs = 5_000

/**
 * What public gateways cost in the zone, as Scaleway's public catalogue tells; empty when it does not.
 */
export async function gatewayPrices(scaleway: Scaleway): Promise<GatewayPrices> {
  const { catalogue, connection } = scaleway.within({ patienceMs })
  try {
    const products = await allPages(catalogue.listPublicCatalogProducts, { zone: connection.zone })
    return pricesIn(products)
  } catch (error) {
    if (error instanceof Fault) return new Map()
    throw error
  }
}

/**
 * The catalogue has thousands of products in free words. A gateway is known by its type in them, sold by
 * the hour, at one price; a type for which that is not so is left out.
 */
export function pricesIn(products: readonly Product[]): GatewayPrices {
  const hourly = products.filter(
    ({ unitOfMeasure }) => unitOfMeasure?.unit === 'hour' && unitOfMeasure.size === 1,
  )
  const found = new Map<string, ListPrice>()
  for (const type of Object.keys(gatewayTypes)) {
    const named = hourly.filter((product) => wordsOf(product).includes(words(type)))
    const [perHour, ...more] = new Set(named.flatMap(({ price }) => euros(price?.retailPrice)))
    if (perHour !== undefined && more.length === 0)
      found.set(type, { perHour, source: 'Scaleway’s catalogue' })
  }
  return found
}

function wordsOf({ sku, product, variant }: Product): string {
  return words([sku, product, variant].join(' '))
}

/** `/network/vpc-gw-s` and `VPC_GW_S` are the same words, between blanks. */
function words(text: string): string {
  return ` ${text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()} `
}

function euros(money: { units: number; nanos: number } | undefined): number[] {
  return money ? [money.units + money.nanos / 1e9] : []
}
