import type { PlanAnswer } from './answers.ts'
import { list } from './columns.ts'
import { amounts, hourly, monthly } from './money.ts'

/** `provision create --dry-run`: each thing in its order, with its price, and the sum. */
export function planLayout({ zone, create, total, opennebula, warnings }: PlanAnswer): string {
  const rows = create.map(({ count, what, price }) => [
    String(count),
    what,
    ...amounts(price),
    price?.source ?? '-',
  ])
  const { currency } = total
  const sum = ['', 'TOTAL', hourly(total.per_hour), monthly(total.per_month), '']
  return [
    `WOULD BE CREATED IN ${zone}, PRICES IN ${currency} WITHOUT TAXES`,
    list(['#', 'WHAT', 'PER HOUR', 'PER MONTH', 'PRICE FROM'], [...rows, sum]),
    ...(total.once > 0
      ? [`Paid at once and not given back: ${monthly(total.once)} ${currency}`]
      : []),
    ...(total.complete ? [] : ['Some prices are unknown: the true sum is higher.']),
    `In OpenNebula: ${opennebula.join(', ')}`,
    ...warnings.map((warning) => `Note: ${warning}`),
    'Nothing was created.',
  ].join('\n')
}
