import t from 'tap'
import { pricesIn } from '../../../controller/scaleway/gateway-prices.ts'
import { listPrices } from '../../../controller/scaleway/list-prices.ts'
import { priceOf } from '../../../controller/scaleway/prices.ts'

const product = (sku: string, name: string, nanos: number, unit = 'hour') =>
  ({
    ...{ sku, product: name, variant: `${name} - fr-par-2` },
    unitOfMeasure: { unit, size: 1 },
    price: { retailPrice: { currencyCode: 'EUR', units: 0, nanos } },
  }) as Parameters<typeof pricesIn>[0][number]

t.test('a gateway’s price is the catalogue’s, whichever way it writes the type', async (t) => {
  const prices = pricesIn([
    product('/network/vpc_gw_s/run_fr-par-2', 'Public Gateway', 25_000_000),
    product('/network/gateway/2', 'Public Gateway VPC-GW-M', 130_000_000),
    product('/compute/pop2/run', 'POP2-HC-2C-4G', 53_200_000),
  ])
  t.equal(prices.get('VPC-GW-S')?.perHour, 0.025)
  t.equal(prices.get('VPC-GW-M')?.perHour, 0.13)
  t.match(priceOf({ kind: 'gateway', type: 'VPC-GW-S' }, [], prices), {
    perHour: 0.025,
    source: 'Scaleway’s catalogue',
  })
})

t.test('what the catalogue does not tell plainly stays a list price', async (t) => {
  const prices = pricesIn([
    product('/network/vpc_gw_s/traffic', 'VPC-GW-S', 10_000_000, 'gigabyte'),
    product('/network/vpc_gw_l/a', 'VPC-GW-L', 10_000_000),
    product('/network/vpc_gw_l/b', 'VPC-GW-L', 20_000_000),
    product('/network/vpc_gw_xlplus', 'VPC-GW-XLPLUS', 20_000_000),
    { ...product('/network/vpc_gw_m', 'VPC-GW-M', 1), price: {} },
  ])
  t.equal(prices.size, 0, 'no hour, two prices, another type, no price')
  t.equal(
    priceOf({ kind: 'gateway', type: 'VPC-GW-L' }, [], prices)?.perHour,
    listPrices.gateways['VPC-GW-L']?.perHour,
  )
})
