import type { CostAnswer, LeakAnswer, LeaksAnswer, PriceAnswer, ReleaseAnswer } from './answers.ts'
import { list, time } from './columns.ts'
import { amounts } from './money.ts'

/** Leaks as a table, with the evidence of each below, and what was not looked at. */
export function leaksLayout({ looked_at, leaks, watched, not_looked_at }: LeaksAnswer): string {
  return [
    `LOOKED AT ${time(looked_at)}, PRICES IN EUR WITHOUT TAXES`,
    ...(leaks.length === 0 ? ['No leaks'] : [leakTable(leaks), '', ...leaks.map(evidenceOf)]),
    ...watched.map(
      ({ id, name, since }) =>
        `watched since ${time(since)}: ${id} ${name}, not for 30 minutes yet`,
    ),
    ...not_looked_at.map(({ what, why }) => `not looked at: ${what}: ${why}`),
  ].join('\n')
}

export function leakTable(leaks: readonly LeakAnswer[]): string {
  const head = ['ID', 'WHY', 'NAME', 'PROVISION', 'SINCE', 'PER HOUR', 'PER MONTH']
  const rows = leaks.map((one) => [
    ...[one.id, one.code, one.name, String(one.provision_id ?? '-'), time(one.since)],
    ...amounts(one.price),
  ])
  const prices = leaks.map(({ price }) => price)
  return list(head, [...rows, ['TOTAL', '', '', '', '', ...sums(prices)]])
}

export function releasesLayout(releases: readonly ReleaseAnswer[]): string {
  return list(
    ['ID', 'OUTCOME', 'WHY'],
    releases.map(({ id, outcome, sentence }) => [id, outcome, sentence]),
  )
}

/** What a provision has at Scaleway and what it costs, as a section of `provision show`. */
export function costLayout({ items, total, not_looked_at }: CostAnswer): string {
  const rows = items.map(({ kind, name, price }) => [kind, name, ...amounts(price)])
  const notes = [
    ...(total.complete ? [] : ['The true sum is higher: not every price is known']),
    ...not_looked_at.map(({ what, why }) => `not looked at: ${what}: ${why}`),
    `Prices from: ${total.source}`,
  ]
  const table = list(
    ['WHAT', 'NAME', 'PER HOUR', 'PER MONTH'],
    [...rows, ['TOTAL', '', ...amounts(total)]],
  )
  return [`COST AT SCALEWAY, PRICES IN ${total.currency} WITHOUT TAXES`, table, ...notes].join('\n')
}

function evidenceOf({ id, evidence, place }: LeakAnswer): string {
  return `${id}${place === '' ? '' : ` (${place})`}: ${evidence.join('; ')}`
}

/** The sum of what is known, marked where something is not. */
function sums(prices: readonly (PriceAnswer | null)[]): string[] {
  const known = prices.filter((price) => price !== null)
  const sum = (part: 'per_hour' | 'per_month') =>
    known.reduce((total, price) => total + price[part], 0)
  const total = amounts({ per_hour: sum('per_hour'), per_month: sum('per_month') })
  return known.length < prices.length ? total.map((amount) => `${amount}+`) : total
}
