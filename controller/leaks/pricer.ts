import type { Price, PriceBook } from '../scaleway/index.ts'
import type { Looked } from './look.ts'
import type { CloudItem, Suspicion } from './view.ts'

/** Prices of what is suspected, each by what its own zone sells. */
export async function pricesOf(
  suspicions: readonly Suspicion[],
  { view, clients }: Looked,
  book: PriceBook,
): Promise<ReadonlyMap<string, Price | undefined>> {
  const wanted = new Set(suspicions.map(({ id }) => id))
  const objects = view.cloud.objects.filter(({ kind, id }) => wanted.has(`${kind}/${id}`))
  const places = [...Map.groupBy(objects, ({ place }) => place)]
  const priced = await Promise.all(
    places.map(async ([place, here]) => {
      const client = clients.get(place)
      const priceOf = client && (await book.of(client, here.map(pricedOf)))
      return here.map((item) => [`${item.kind}/${item.id}`, priceOf?.(item.priced)] as const)
    }),
  )
  return new Map(priced.flat())
}

/** What stands in OpenNebula costs nothing by itself. */
export const free: Price = {
  ...{ perHour: 0, perMonth: 0, once: 0, currency: 'EUR', source: 'free' },
}

function pricedOf({ priced }: CloudItem): CloudItem['priced'] {
  return priced
}
