import { type HostSpec, type PrivateNetwork, underlayName } from '../../lib/contract/index.ts'
import type { Route, Rule } from '../host/index.ts'
import { protocol, routerLinkOf, routeTableOf, rulePriority } from '../host/index.ts'

/** Last in its table: without it a vanished default route would let tenants leak out elsewhere. */
const unreachableMetric = 9999

function byGateway({ networks }: HostSpec): PrivateNetwork[] {
  return networks.filter(({ gateway, egress }) => gateway !== null && egress === 'public-gateway')
}

/** Per network a table of its own, whose default leads to the public gateway. */
export function egressRoutes(spec: HostSpec): Route[] {
  const { gateway } = spec.underlay
  return byGateway(spec).flatMap(({ id }) => {
    const route = { table: routeTableOf(id), destination: 'default', source: null, protocol }
    const fallback: Route = {
      ...route,
      type: 'unreachable',
      via: null,
      device: null,
      metric: unreachableMetric,
    }
    if (gateway === null) return [fallback]
    return [
      fallback,
      { ...route, type: 'unicast', via: gateway, device: underlayName, metric: 0 } satisfies Route,
    ]
  })
}

/** What comes out of a network's router namespace is routed by its table. */
export function egressRules(spec: HostSpec): Rule[] {
  return byGateway(spec).map(({ id }) => ({
    priority: rulePriority,
    iif: routerLinkOf(id),
    table: routeTableOf(id),
    protocol,
  }))
}
