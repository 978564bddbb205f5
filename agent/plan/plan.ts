import type { HostSpec } from '../../lib/contract/index.ts'
import { admit } from './admit.ts'
import { desired, publicDeviceOf } from './desired.ts'
import {
  bridgeSteps,
  isolationSteps,
  routerSteps,
  set,
  tunnelSteps,
  underlaySteps,
} from './diff-links.ts'
import {
  addressSteps,
  deviceOf,
  neighbourSteps,
  routeSteps,
  staleNeighbourSteps,
  staleRouteSteps,
  sysctlSteps,
  tableSteps,
} from './diff-stack.ts'
import { gatewayMac } from './marks.ts'
import { emptyStack, type Observed, type Stack } from './observed.ts'
import { type Doomed, doomed, removalSteps, sameEntry, sameRule } from './removal.ts'
import type { NetworkStep } from './step.ts'
import type { Wanted, WantedRouter } from './wanted.ts'

export interface Plan {
  /** What FRR needs to stand on: sysctls and the underlay. */
  readonly ground: readonly NetworkStep[]
  /** Everything that comes after FRR. */
  readonly network: readonly NetworkStep[]
  /** What of the spec was left out or cannot be done, one sentence each. */
  readonly faults: readonly string[]
}

/** The order of work as data: each phase sees the host as the deletions of this plan leave it. */
const ground: readonly Phase[] = [
  ({ wanted, host }) => moduleSteps(wanted, host),
  ({ wanted, host }) =>
    sysctlSteps(
      null,
      wanted.sysctls.filter(({ key }) => deviceOf(key) === null),
      host,
    ),
  ({ wanted, observed, gone }) => removalSteps(wanted, observed, gone),
  ({ wanted, host }) => underlaySteps(wanted.underlay, host),
  ({ wanted, host }) =>
    addressSteps(
      null,
      wanted.addresses.filter(({ device }) => device === wanted.underlay.name),
      host,
    ),
]

const network: readonly Phase[] = [
  ({ wanted, host }) => wanted.bridges.flatMap((bridge) => bridgeSteps(bridge, host)),
  ({ wanted, host }) => wanted.tunnels.flatMap((tunnel) => tunnelSteps(tunnel, host)),
  ({ wanted, host }) => isolationSteps(wanted, host),
  // The guard stands before the first router namespace opens a way to the host.
  ({ wanted, host }) => tableSteps(null, wanted.tables, host),
  ({ wanted, host }) => wanted.routers.flatMap((router) => routerSteps(router, gatewayMac, host)),
  ({ wanted, host }) =>
    addressSteps(
      null,
      wanted.addresses.filter(({ device }) => device !== wanted.underlay.name),
      host,
    ),
  ({ wanted, host }) =>
    sysctlSteps(
      null,
      wanted.sysctls.filter(({ key }) => deviceOf(key) !== null),
      host,
    ),
  ({ wanted, host }) => fdbSteps(wanted, host),
  (view) => view.wanted.routers.flatMap((router) => insideSteps(router, view)),
  ({ wanted, host }) => routeSteps(null, wanted.routes, host),
  ({ wanted, host }) => ruleSteps(wanted, host),
  ({ wanted, host }) => neighbourSteps(null, wanted.neighbours, host),
  (view) => view.wanted.routers.flatMap((router) => flushSteps(router, view)),
  ({ wanted, host }) => announceSteps(wanted, host),
  (view) => view.wanted.routers.flatMap((router) => markSteps(router, view)),
]

type Phase = (view: View) => readonly NetworkStep[]

interface View {
  readonly wanted: Wanted
  readonly observed: Observed
  readonly gone: Doomed
  /** The host without what this plan deletes. */
  readonly host: Stack
}

/** (spec, observed) → ordered steps. Pure; no step when the host already is as the spec says. */
export function plan(spec: HostSpec, observed: Observed): Plan {
  const admitted = admit(spec, observed, publicDeviceOf(observed))
  const wanted = desired(admitted.spec, observed)
  const gone = doomed(wanted, observed)
  const view = { wanted, observed, gone, host: without(observed.host, gone.links) }
  return {
    ground: ground.flatMap((phase) => phase(view)),
    network: network.flatMap((phase) => phase(view)),
    faults: [...admitted.faults, ...missing(wanted, view.host)],
  }
}

/** What the spec wants observed, compiled: for those who must know before they look. */
export function wantedOf(spec: HostSpec, observed: Observed): Wanted {
  return desired(admit(spec, observed, publicDeviceOf(observed)).spec, observed)
}

/** Routers whose inside is not what their mark says it should be. */
export function unmarked(wanted: Wanted, { host }: Observed): string[] {
  return wanted.routers
    .filter(
      ({ port, mark }) => !host.links.some(({ name, alias }) => name === port && alias === mark),
    )
    .map(({ namespace }) => namespace)
}

function missing({ underlay, publicDevice }: Wanted, host: Stack): string[] {
  if (host.links.some(({ name }) => name === underlay.name)) return []
  if (underlay.medium.kind === 'vlan') {
    return publicDevice === null
      ? [`The host has no default route, so the parent of ${underlay.name} is unknown`]
      : []
  }
  const { device } = underlay.medium
  return host.links.some(({ name }) => name === device)
    ? []
    : [`The underlay's device ${device} is not there`]
}

function moduleSteps({ sysctls }: Wanted, host: Stack): NetworkStep[] {
  const needed = sysctls.some(({ key }) => key.startsWith('net/bridge/') && !(key in host.sysctls))
  const present = Object.keys(host.sysctls).some((key) => key.startsWith('net/bridge/'))
  return needed && !present
    ? [{ kind: 'module', name: 'br_netfilter', sentence: 'load kernel module br_netfilter' }]
    : []
}

function fdbSteps({ fdb }: Wanted, host: Stack): NetworkStep[] {
  return fdb
    .filter((entry) => !host.fdb.some((found) => sameEntry(entry, found)))
    .map((entry) => ({
      kind: 'fdb-set',
      entry,
      sentence:
        entry.destination === null
          ? `pin the gateway's MAC to ${entry.device}`
          : `flood ${entry.device} to ${entry.destination}`,
    }))
}

function ruleSteps({ rules }: Wanted, host: Stack): NetworkStep[] {
  return rules
    .filter((rule) => !host.rules.some((found) => sameRule(rule, found)))
    .map((rule) => ({
      kind: 'rule-add',
      rule,
      sentence: `route what comes from ${rule.iif} by table ${rule.table}`,
    }))
}

function insideSteps({ namespace, inside }: WantedRouter, view: View): NetworkStep[] {
  const stack = stackInside(namespace, view)
  if (stack === null) return []
  const down = inside.up.filter(
    (device) => !stack.links.some(({ name, up }) => name === device && up),
  )
  return [
    ...sysctlSteps(namespace, inside.sysctls, stack),
    ...tableSteps(namespace, inside.tables, stack),
    ...down.map((device) => set(device, { what: 'up' }, namespace)),
    ...addressSteps(namespace, inside.addresses, stack),
    ...staleRouteSteps(namespace, inside.routes, stack, () => false),
    ...routeSteps(namespace, inside.routes, stack),
    ...staleNeighbourSteps(namespace, inside.neighbours, stack, () => false),
    ...neighbourSteps(namespace, inside.neighbours, stack),
  ]
}

/** What is inside: as read, nothing when it is made anew, null when its mark vouches for it. */
function stackInside(namespace: string, { observed, gone }: View): Stack | null {
  const fresh = gone.namespaces.includes(namespace) || !observed.namespaces.includes(namespace)
  return fresh ? emptyStack : (observed.inside[namespace] ?? null)
}

/** Connections outlive the map they were made by, so they are forgotten when an address changes hands. */
function flushSteps({ namespace, inside }: WantedRouter, view: View): NetworkStep[] {
  const stack = stackInside(namespace, view)
  const before = new Set(
    stack?.tables.find(({ family }) => family === 'ip')?.elements['inward'] ?? [],
  )
  if (stack === null || stack === emptyStack) return []
  const after = new Set(
    inside.tables.flatMap(({ sets }) => sets.find(({ name }) => name === 'inward')?.elements ?? []),
  )
  const changed = [...before]
    .filter((element) => !after.has(element))
    .concat([...after].filter((element) => !before.has(element)))
    .map((element) => element.split(' : ')[0] ?? '')
  return [...new Set(changed)].map((address) => ({
    kind: 'flush',
    namespace,
    address,
    sentence: `forget connections of ${address} in ${namespace}`,
  }))
}

function announceSteps({ neighbours }: Wanted, host: Stack): NetworkStep[] {
  const proxied = neighbours.filter(({ mac }) => mac === null)
  return neighbourSteps(null, proxied, host).flatMap((step): NetworkStep[] => {
    if (step.kind !== 'neighbour-set') return []
    const { address, device } = step.neighbour
    return [{ kind: 'announce', address, device, sentence: `announce ${address} on ${device}` }]
  })
}

function markSteps({ namespace, port, mark }: WantedRouter, { host }: View): NetworkStep[] {
  const marked = host.links.some(({ name, alias }) => name === port && alias === mark)
  return marked
    ? []
    : [{ kind: 'mark', namespace, link: port, mark, sentence: `mark ${namespace} as applied` }]
}

/** The stack as it is once these links are gone: the kernel takes what hangs on a link with it. */
function without(stack: Stack, links: readonly string[]): Stack {
  const stays = ({ device }: { readonly device: string | null }) =>
    device === null || !links.includes(device)
  return {
    ...stack,
    links: stack.links.filter(({ name }) => !links.includes(name)),
    addresses: stack.addresses.filter(stays),
    routes: stack.routes.filter(stays),
    neighbours: stack.neighbours.filter(stays),
    fdb: stack.fdb.filter(stays),
  }
}
