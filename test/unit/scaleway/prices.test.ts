import t from 'tap'
import { listPrices } from '../../../controller/scaleway/list-prices.ts'
import { type PricedOffer, priceOf, sumOf, times } from '../../../controller/scaleway/prices.ts'

const euros = (amount: number) => ({
  currencyCode: 'EUR',
  units: Math.floor(amount),
  nanos: Math.round((amount % 1) * 1e9),
})
const option = (subscriptionPeriod: string, amount: number) => ({
  id: 'pn',
  name: 'Private Network',
  subscriptionPeriod,
  price: euros(amount),
})

/** Prices as the recorded catalogue has them. */
const offers = [
  {
    id: 'hourly',
    subscriptionPeriod: 'hourly',
    pricePerHour: euros(0.091),
    pricePerMonth: null,
    fee: euros(0),
    options: [option('hourly', 0.03), { ...option('hourly', 5), id: 'unasked' }],
  },
  {
    id: 'monthly',
    subscriptionPeriod: 'monthly',
    pricePerHour: null,
    pricePerMonth: euros(32.99),
    fee: euros(32.99),
    options: [option('monthly', 9.99)],
  },
] as unknown as PricedOffer[]

t.test('a server by the hour costs its offer and the options it was ordered with', async (t) => {
  t.same(priceOf({ kind: 'server', offerId: 'hourly', optionIds: ['pn'] }, offers), {
    perHour: 0.121,
    perMonth: 88.33,
    once: 0,
    currency: 'EUR',
    source: 'Scaleway’s offer',
  })
  t.equal(priceOf({ kind: 'server', offerId: 'hourly', optionIds: [] }, offers)?.perHour, 0.091)
})

t.test('a monthly server costs its month, and a fee that is paid at once', async (t) => {
  t.match(priceOf({ kind: 'server', offerId: 'monthly', optionIds: ['pn'] }, offers), {
    perMonth: 42.98,
    perHour: 0.058877,
    once: 32.99,
  })
})

t.test('what no API tells is a list price, shown with its date', async (t) => {
  t.match(priceOf({ kind: 'flexible-ip' }), {
    perHour: 0.004,
    perMonth: 2.92,
    source: /^list price of 20\d\d-\d\d-\d\d$/,
  })
  t.same(priceOf({ kind: 'gateway-ip' }), priceOf({ kind: 'flexible-ip' }))
  for (const type of Object.keys(listPrices.gateways))
    t.match(priceOf({ kind: 'gateway', type }), { once: 0, source: /20\d\d-\d\d-\d\d/ }, type)
})

t.test('networks and keys are free, and an unknown price is no price', async (t) => {
  for (const kind of ['vpc', 'private-network', 'ssh-key'] as const)
    t.match(priceOf({ kind }), { perHour: 0, perMonth: 0, source: 'free' })
  t.equal(priceOf({ kind: 'gateway', type: 'VPC-GW-XXL' }), undefined)
  t.equal(priceOf({ kind: 'server', offerId: 'gone', optionIds: [] }, offers), undefined)
})

t.test('a sum says when something in it has no price', async (t) => {
  const server = priceOf({ kind: 'server', offerId: 'hourly', optionIds: ['pn'] }, offers)
  if (!server) throw new Error('no price')
  const parts = [times(server, 3), priceOf({ kind: 'flexible-ip' }), priceOf({ kind: 'vpc' })]
  t.match(sumOf(parts), {
    perHour: 0.367,
    perMonth: 267.91,
    currency: 'EUR',
    source: 'Scaleway’s offer; list price of 2025-06-26',
    complete: true,
  })
  t.match(sumOf([server, undefined]), { perHour: 0.121, complete: false })
  t.match(sumOf([]), { perHour: 0, perMonth: 0, source: 'free', complete: true })
})
