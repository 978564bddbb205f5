import type { Price, Total } from '../scaleway/index.ts'

export function priceJson({ perHour, perMonth, once, currency, source }: Price) {
  return { per_hour: perHour, per_month: perMonth, once, currency, source }
}

/** `complete` is false when the price of something is unknown, so that the true sum is higher. */
export function totalJson({ complete, ...price }: Total) {
  return { ...priceJson(price), complete }
}
