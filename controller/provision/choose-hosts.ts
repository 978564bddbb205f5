import { bgpRoles } from '../fleet/index.ts'

/** A host as it looks to who must choose which ones go. */
export interface Candidate {
  readonly key: string
  readonly hostId: number
  /** How many virtual machines are on it. */
  readonly guests: number
  /** The system datastore's copies of images start from here. */
  readonly replicas: boolean
}

/**
 * Which hosts go, best first: one without virtual machines before one that has some, then one that is
 * neither route reflector nor replica host, then the emptiest, then the newest. After each choice it is
 * looked again who reflects among the rest. Pure.
 */
export function chooseHosts<C extends Candidate>(candidates: readonly C[], amount: number): C[] {
  const chosen: C[] = []
  let rest = [...candidates]
  while (chosen.length < amount && rest.length > 0) {
    const special = specialAmong(rest)
    const rank = (one: C) => [
      Number(one.guests > 0),
      Number(special.has(one.key)),
      one.guests,
      -one.hostId,
    ]
    const [next] = rest.toSorted((a, b) => compare(rank(a), rank(b)))
    if (next === undefined) break
    chosen.push(next)
    rest = rest.filter((one) => one !== next)
  }
  return chosen
}

function specialAmong(hosts: readonly Candidate[]): ReadonlySet<string> {
  const roles = bgpRoles(hosts.map(({ key, hostId }) => ({ server: key, hostId })))
  return new Set(
    hosts
      .filter(({ key, replicas }) => replicas || roles.get(key) === 'reflector')
      .map(({ key }) => key),
  )
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
