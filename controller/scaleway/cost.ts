import type { Identity, Scaleway } from '../../lib/scaleway/index.ts'
import type { OwnedObject } from './ownership.ts'
import type { PriceBook } from './price-book.ts'
import { type Price, sumOf, type Total } from './prices.ts'
import { type CloudSurvey, surveyCloud } from './survey.ts'

export interface Cost {
  readonly items: readonly (Pick<OwnedObject, 'kind' | 'id' | 'name'> & {
    /** Undefined when nobody tells it. */
    readonly price: Price | undefined
  })[]
  readonly total: Total
  readonly unread: CloudSurvey['unread']
}

/** What a provision has at Scaleway now, with what each costs; asked of the cloud, not of the plan. */
export async function costOf(
  scaleway: Scaleway,
  { cloud, provision }: Pick<Identity, 'cloud' | 'provision'>,
  book: PriceBook,
): Promise<Cost> {
  const { objects, unread } = await surveyCloud(scaleway, cloud)
  const own = objects.filter((object) => object.provision === provision)
  const priceOf = await book.of(
    scaleway,
    own.map(({ priced }) => priced),
  )
  const items = own.map(({ kind, id, name, priced }) => {
    return { kind, id, name, price: priceOf(priced) }
  })
  return { items, total: sumOf(items.map(({ price }) => price)), unread }
}
