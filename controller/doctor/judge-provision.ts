import { ok, type Verdict, warning } from './finding.ts'

export interface ProvisionFacts {
  readonly id: number
  readonly state: string
}

/** What stands still until somebody goes on with it. */
export function judgeProvisions(provisions: readonly ProvisionFacts[]): Verdict {
  const living = provisions.filter(({ state }) => state !== 'DONE')
  const failed = living.filter(({ state }) => state.endsWith('_FAILURE'))
  if (failed.length === 0)
    return ok(living.length === 0 ? 'There are no provisions' : countOf(living))
  const told = failed.map(({ id, state }) => `${id} is in ${state}`).join(', ')
  const first = failed[0]?.id
  return warning(
    `Provisions stand still: ${told}`,
    `edgectl provision show ${first} --history tells why, edgectl provision retry ${first} goes on`,
  )
}

function countOf(living: readonly ProvisionFacts[]): string {
  const states = Map.groupBy(living, ({ state }) => state)
  const told = [...states].map(([state, all]) => `${all.length} ${state}`).join(', ')
  return `${living.length === 1 ? '1 provision' : `${living.length} provisions`}: ${told}`
}
