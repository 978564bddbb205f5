import type { Journal } from '../engine/journal.ts'

/** Closer together, orders of one offer answer 500 (terraform-provider-scaleway issue 3354). */
const apartMs = 1_000

/**
 * The least time in which all servers could have been had: orders of one offer one after the other, then
 * what each server went through, one change of state after the other; or the gateways, should they have
 * taken longer. Out of the simulator's own log, without any pause of the client.
 */
export function criticalPathMs({
  orders,
  transitions,
}: Pick<Journal, 'orders' | 'transitions'>): number {
  const free = new Map<string, number>()
  const paths = orders.map(({ what: server, offer, beganMs, endedMs }) => {
    const begins = free.get(offer) ?? 0
    const takes = endedMs - beganMs
    free.set(offer, begins + Math.max(takes, apartMs))
    return begins + takes + lasting(transitions, ownOf(server))
  })
  const gateways = gatewaysOf(transitions).map((own) => lasting(transitions, own))
  return Math.round(Math.max(0, ...paths, ...gateways))
}

type Transitions = Journal['transitions']

/** On the way from an order to a place on the private network; nothing else waits for the server. */
function ownOf(server: string): RegExp {
  return new RegExp(`^(deliver server|install server|installation of|attach) ${server}( to .*)?$`)
}

function gatewaysOf(transitions: Transitions): RegExp[] {
  const names = transitions.flatMap(({ what }) => /^allocate gateway (.*)$/.exec(what)?.[1] ?? [])
  const changes = '(allocate|configure|(attach|configure|finish) network of|settle)'
  return names.map((name) => new RegExp(`^${changes} gateway ${name}$`))
}

function lasting(transitions: Transitions, own: RegExp): number {
  return transitions
    .filter(({ what }) => own.test(what))
    .reduce((sum, { beganMs, endedMs }) => sum + endedMs - beganMs, 0)
}
