import type { HostSpec } from '../../lib/contract/index.ts'
import { changingMark, emptyStack, type Observed, type Stack } from '../host/index.ts'
import { shapeOf } from '../nat/index.ts'
import { compile } from './compile.ts'
import {
  neighbourSteps,
  routeSteps,
  staleNeighbourSteps,
  staleRouteSteps,
  tableSteps,
} from './diff-stack.ts'
import { changedBetween, flushSteps, markStep } from './marks.ts'
import { announceSteps } from './plan.ts'
import type { NetworkStep } from './step.ts'
import type { Wanted, WantedRouter } from './wanted.ts'

/** What a host was last made to be, and what was seen of it then. */
export interface Basis {
  readonly wanted: Wanted
  readonly observed: Observed
}

/**
 * What of a new spec need not wait for a look: addresses of VMs that come, go or move, on a host that
 * is as `basis` says. Elements, routes and neighbours only, so nothing is made or torn down; whatever
 * the host really is, the look that follows puts it right. Pure.
 */
export function hasten(basis: Basis, spec: HostSpec): NetworkStep[] {
  const { wanted } = compile(spec, basis.observed)
  const before = basis.wanted
  const host = stackOf(before)
  const routers = wanted.routers.flatMap((router) => {
    const known = before.routers.find(({ namespace }) => namespace === router.namespace)
    return known === undefined ? [] : [{ router, stack: stackOf(known.inside) }]
  })
  const within = routers.map(({ router, stack }) => {
    const addresses = changedBetween(stack, router.inside)
    const steps = insideSteps({ router, stack })
    return { router, addresses, steps, isChanged: steps.length + addresses.length > 0 }
  })
  const marked = (addressesOf: (each: (typeof within)[number]) => readonly string[]) =>
    within
      .filter(({ isChanged }) => isChanged)
      .map((each) => markStep(each.router, changingMark(addressesOf(each))))
  const devices = devicesOf(before)
  return [
    ...marked(({ addresses }) => addresses),
    // First nobody answers any more for what has left.
    ...staleRouteSteps(null, wanted.routes, host, nobodys),
    ...staleNeighbourSteps(null, wanted.neighbours, host, nobodys),
    ...tableSteps(null, wanted.tables, host),
    ...within.flatMap(({ steps }) => steps),
    ...routeSteps(null, wanted.routes, host),
    ...neighbourSteps(null, wanted.neighbours, host),
    ...announceSteps(wanted, host),
    ...within.flatMap(({ router, addresses }) => flushSteps(router, addresses)),
    // Nothing is left to be made up for; the hash is written by who has looked.
    ...marked(() => []),
  ].filter((step) => isHasty(step, devices))
}

const nobodys = (): boolean => false

function insideSteps({ router, stack }: { router: WantedRouter; stack: Stack }): NetworkStep[] {
  const { namespace, inside } = router
  return [
    ...tableSteps(namespace, inside.tables, stack),
    ...staleRouteSteps(namespace, inside.routes, stack, nobodys),
    ...staleNeighbourSteps(namespace, inside.neighbours, stack, nobodys),
    ...routeSteps(namespace, inside.routes, stack),
    ...neighbourSteps(namespace, inside.neighbours, stack),
  ]
}

/** A stack that is as it is wanted. */
function stackOf({
  routes,
  neighbours,
  tables,
}: Pick<Wanted, 'routes' | 'neighbours' | 'tables'>): Stack {
  return { ...emptyStack, routes, neighbours, tables: tables.map(shapeOf) }
}

/** Devices that are there already. */
function devicesOf({ publicDevice, bridges, routers }: Wanted): ReadonlySet<string | null> {
  return new Set([
    publicDevice,
    ...bridges.map(({ name }) => name),
    ...routers.map(({ link }) => link),
  ])
}

function isHasty(step: NetworkStep, devices: ReadonlySet<string | null>): boolean {
  switch (step.kind) {
    case 'table-change':
    case 'announce':
    case 'flush':
    case 'mark':
      return true
    case 'route-set':
    case 'route-delete':
      return step.at !== null || devices.has(step.route.device)
    case 'neighbour-set':
    case 'neighbour-delete':
      return step.at !== null || devices.has(step.neighbour.device)
    default:
      return false
  }
}
