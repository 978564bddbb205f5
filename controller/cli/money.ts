import type { PriceAnswer } from './answers.ts'

/** Per hour and per month, as tables show them. */
export function amounts(price: Pick<PriceAnswer, 'per_hour' | 'per_month'> | null): string[] {
  return price === null
    ? ['unknown', 'unknown']
    : [hourly(price.per_hour), monthly(price.per_month)]
}

export function hourly(amount: number): string {
  return amount === 0 ? 'free' : amount.toFixed(4)
}

export function monthly(amount: number): string {
  return amount === 0 ? 'free' : amount.toFixed(2)
}
