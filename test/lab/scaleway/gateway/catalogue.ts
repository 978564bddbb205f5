import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { listPage, readQuery } from '../transport/query.ts'
import { gatewayTypes } from './types.ts'

/**
 * The public catalogue: every product of Scaleway in free words. Here it has the gateways, whose own API
 * tells no price, and something else.
 */
export function serveProductCatalogue(app: FastifyInstance, sim: Sim): void {
  app.get('/public-catalog/products', async (request) => {
    const zone = readQuery(request).text('zone') ?? 'fr-par-1'
    const { items, total_count } = listPage(sim, request, productsIn(zone))
    return { products: items.map(({ id: sku, ...product }) => ({ sku, ...product })), total_count }
  })
}

function productsIn(zone: string) {
  const gateways = gatewayTypes.map(({ name, hourly }) => ({
    id: `/network/${name.toLowerCase().replaceAll('-', '_')}/run_${zone}`,
    service_category: 'Network',
    product_category: 'Public Gateway',
    product: `Public Gateway ${name}`,
    ...sold(hourly, 'hour'),
  }))
  const traffic = {
    id: `/network/traffic/${zone}`,
    service_category: 'Network',
    product_category: 'Traffic',
    product: 'Outgoing traffic',
    ...sold(0.01, 'gigabyte'),
  }
  return [...gateways, traffic].map((product) => ({
    ...product,
    variant: `${product.product} - ${zone}`,
    description: `${product.product} - ${zone}`,
    locality: { zone },
    status: 'general_availability',
    end_of_life_at: null,
  }))
}

const sold = (euros: number, unit: string) => ({
  price: { retail_price: { currency_code: 'EUR', units: 0, nanos: Math.round(euros * 1e9) } },
  unit_of_measure: { unit, size: 1 },
})
