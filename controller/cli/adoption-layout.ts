import type { AdoptionAnswer } from './answers.ts'
import { list } from './columns.ts'
import { hourly, monthly } from './money.ts'

/** `provision adopt`: what is there, what would be another, and what is in the way. */
export function adoptionLayout(answer: AdoptionAnswer): string {
  const { provision, provider, found, change, in_the_way, stays_behind, price } = answer
  const payer = provider ? `provider ${provider.id} (${provider.name})` : 'no provider yet'
  const lines = (title: string, texts: readonly string[]) =>
    texts.length === 0 ? [] : [title, ...texts.map((text) => `  - ${text}`), '']
  return [
    `PROVISION ${provision.id} (${provision.name}), TO BE PAID BY ${payer}`,
    '',
    'FOUND',
    list(
      ['WHERE', 'WHAT'],
      found.map(({ where, what }) => [where, what]),
    ),
    '',
    'WOULD CHANGE',
    list(
      ['WHERE', 'OBJECT', 'WHAT'],
      change.map(({ where, object, what }) => [where, object, what]),
    ),
    '',
    ...(price
      ? [
          `It would cost ${hourly(price.per_hour)} ${price.currency} per hour more, ${monthly(price.per_month)} per month (${price.source})`,
          '',
        ]
      : []),
    ...lines('CANNOT BE TAKEN OVER', stays_behind),
    ...lines('IN THE WAY', in_the_way),
  ]
    .join('\n')
    .trimEnd()
}
