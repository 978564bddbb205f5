import type { HostSpec } from '../../lib/contract/index.ts'
import type { Observed, Stack } from '../host/index.ts'
import { changingOf, gatewayMac, isRouterLink, linkNamed } from '../host/index.ts'
import { compile } from './compile.ts'
import {
  bridgeSteps,
  isolationSteps,
  namespaceSteps,
  routerSteps,
  tunnelSteps,
  underlaySteps,
} from './diff-links.ts'
import {
  addressSteps,
  deviceOf,
  neighbourSteps,
  routeSteps,
  sysctlSteps,
  tableSteps,
} from './diff-stack.ts'
import { forwardSteps } from './forward.ts'
import { insideSteps, stackInside } from './inside.ts'
import { lacking } from './lacking.ts'
import { changedAddresses, closingSteps, flushSteps, isUnread, openingSteps } from './marks.ts'
import {
  deadFlood,
  doomed,
  entryKey,
  isOfAnotherMedium,
  macKey,
  removalSteps,
  ruleKey,
  strayDestinationSteps,
} from './removal.ts'
import type { NetworkStep, Step } from './step.ts'
import type { View } from './view.ts'
import type { Wanted } from './wanted.ts'

export interface Plan {
  /** What FRR needs to stand on: sysctls and the underlay. */
  readonly ground: readonly NetworkStep[]
  /** Everything that comes after FRR. */
  readonly network: readonly NetworkStep[]
  /** What of the spec was left out or cannot be done, one sentence each. */
  readonly faults: readonly string[]
  /** What the steps lead to. */
  readonly wanted: Wanted
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
      [wanted.underlay.name],
      host,
    ),
]

const network: readonly Phase[] = [
  ({ wanted, host }) => wanted.bridges.flatMap((bridge) => bridgeSteps(bridge, wanted, host)),
  ({ wanted, host }) => wanted.tunnels.flatMap((tunnel) => tunnelSteps(tunnel, host)),
  ({ wanted, host }) => isolationSteps(wanted, host),
  // The guard stands before the first router namespace opens a way to the host.
  ({ wanted, host }) => tableSteps(null, wanted.tables, host),
  ({ wanted, observed }) => forwardSteps(wanted.routers.length > 0, observed.forwards),
  ({ wanted, host }) => namespaceSteps(wanted.routers, host),
  ({ wanted, host }) => wanted.routers.flatMap((router) => routerSteps(router, gatewayMac, host)),
  ({ wanted, host }) =>
    addressSteps(
      null,
      wanted.addresses.filter(({ device }) => device !== wanted.underlay.name),
      devicesOf(wanted),
      host,
    ),
  // One process with what stands above.
  (view) => view.wanted.routers.flatMap((router) => openingSteps(router, view)),
  ({ wanted, host }) =>
    sysctlSteps(
      null,
      wanted.sysctls.filter(({ key }) => deviceOf(key) !== null),
      host,
    ),
  ({ wanted, host }) => fdbSteps(wanted, host),
  // Only now: what the stock driver made leads to the same hosts, and VMs talk by it.
  ({ wanted, host }) => strayDestinationSteps(wanted, host),
  ({ insides }) => [...insides.values()].flat(),
  ({ wanted, host }) => routeSteps(null, wanted.routes, host),
  ({ wanted, host }) => ruleSteps(wanted, host),
  ({ wanted, host }) => neighbourSteps(null, wanted.neighbours, host),
  // An address that is announced was elsewhere: what is to be forgotten of it can wait.
  ({ wanted, host }) => announceSteps(wanted, host),
  (view) =>
    view.wanted.routers.flatMap((router) => flushSteps(router, changedAddresses(router, view))),
  (view) => view.wanted.routers.flatMap((router) => closingSteps(router, view)),
]

/** All that carry either the addresses they need or, being ports and bridges, none. */
const devicesOf = ({ bridges, tunnels, routers }: Wanted): string[] => [
  ...[...bridges, ...tunnels].map(({ name }) => name),
  ...routers.flatMap(({ port, link }) => [port, link]),
]

type Phase = (view: View) => readonly NetworkStep[]

/** (spec, observed) → ordered steps. Pure; no step when the host already is as the spec says. */
export function plan(spec: HostSpec, observed: Observed): Plan {
  const { wanted: whole, faults } = compile(spec, observed)
  const groundless = missing(whole, observed.host)
  const stands = linkNamed(observed.host, whole.underlay.name) !== undefined
  const wanted = groundless.length > 0 && !stands ? withoutUnderlay(whole) : whole
  const view = viewOf(wanted, observed)
  return {
    ground: ground.flatMap((phase) => phase(view)),
    network: network.flatMap((phase) => phase(view)),
    faults: [...faults, ...groundless, ...unread(view)],
    wanted,
  }
}

const unread = (view: View): string[] =>
  view.wanted.routers
    .filter((router) => isUnread(router, view))
    .map(({ namespace, title }) => `Namespace ${namespace} of ${title} could not be read`)

/** While there is nothing to make the underlay of, what stands on it waits; the rest is applied. */
function withoutUnderlay(wanted: Wanted): Wanted {
  const { name } = wanted.underlay
  return {
    ...wanted,
    addresses: wanted.addresses.filter(({ device }) => device !== name),
    routes: wanted.routes.filter(({ device }) => device !== name),
    fdb: wanted.fdb.filter(({ via }) => via !== name),
    sysctls: wanted.sysctls.filter(({ key }) => deviceOf(key) !== name),
  }
}

/**
 * Steps that put right what nobody asked to change: those that the state wanted before, seen whole
 * then, needs now as well. A VM plugged in since is news, and its steps are none of these.
 */
export function repairs(before: Wanted, observed: Observed, steps: readonly Step[]): Step[] {
  const view = viewOf(before, observed)
  const drifted = [...ground, ...network].flatMap((phase) => phase(view))
  const sentences = new Set(drifted.map(({ sentence }) => sentence))
  // That a namespace was marked while it was put right is no repair of its own.
  const astray = new Set(unmarked(before, observed))
  return steps.filter(
    (step) => sentences.has(step.sentence) && (step.kind !== 'mark' || astray.has(step.namespace)),
  )
}

function viewOf(wanted: Wanted, observed: Observed): View {
  const gone = doomed(wanted, observed)
  const host = without(observed.host, gone.links)
  const dead = new Set(deadFlood(wanted, host).map(macKey))
  const fdb = host.fdb.filter((entry) => !dead.has(macKey(entry)))
  const ground = { wanted, observed, gone, host: { ...host, fdb } }
  const insides = wanted.routers.map((router) => {
    const stack = stackInside(router.namespace, ground)
    return [router.namespace, stack === null ? [] : insideSteps(router, stack)] as const
  })
  return { ...ground, insides: new Map(insides) }
}

/** Routers whose inside is not what their mark says it should be. */
export function unmarked(wanted: Wanted, { host }: Observed): string[] {
  return wanted.routers
    .filter(({ port, mark }) => linkNamed(host, port)?.alias !== mark)
    .map(({ namespace }) => namespace)
}

function missing({ underlay, publicDevice }: Wanted, host: Stack): string[] {
  if (underlay.medium.kind === 'refused')
    return [`${underlay.medium.device} is not taken as the underlay: it leads to the internet`]
  const present = linkNamed(host, underlay.name)
  if (present !== undefined && !isOfAnotherMedium(underlay, present)) return []
  if (underlay.medium.kind === 'vlan') {
    return publicDevice === null
      ? [`The host has no default route, so the parent of ${underlay.name} is unknown`]
      : []
  }
  const { device } = underlay.medium
  return linkNamed(host, device) !== undefined
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
  return lacking(fdb, host.fdb, entryKey).map((entry) => ({
    kind: 'fdb-set',
    entry,
    sentence:
      entry.destination === null
        ? `pin the gateway's MAC to ${entry.device}`
        : `flood ${entry.device} to ${entry.destination}`,
  }))
}

function ruleSteps({ rules }: Wanted, host: Stack): NetworkStep[] {
  return lacking(rules, host.rules, ruleKey).map((rule) => ({
    kind: 'rule-add',
    rule,
    sentence: `route what comes from ${rule.iif} by table ${rule.table}`,
  }))
}

/** Proxied addresses that are new here, or were so when an earlier agent died of it. */
export function announceSteps({ neighbours }: Wanted, host: Stack): NetworkStep[] {
  const proxied = neighbours.filter(({ mac }) => mac === null)
  const ports = host.links.filter(({ name }) => isRouterLink(name))
  const unfinished = new Set(ports.flatMap(({ alias }) => changingOf(alias)))
  const news = new Set(
    neighbourSteps(null, proxied, host).flatMap((step) =>
      step.kind === 'neighbour-set' ? [step.neighbour] : [],
    ),
  )
  return proxied
    .filter(
      (neighbour) =>
        news.has(neighbour) || unfinished.has(neighbour.address) || unfinished.has('*'),
    )
    .map(({ address, device }) => ({
      kind: 'announce',
      ...{ address, device, sentence: `announce ${address} on ${device}` },
    }))
}

/** The stack as it is once these links are gone: the kernel takes what hangs on a link with it. */
function without(stack: Stack, links: readonly string[]): Stack {
  if (links.length === 0) return stack
  const gone = new Set(links)
  const stays = ({ device }: { readonly device: string | null }) =>
    device === null || !gone.has(device)
  return {
    ...stack,
    links: stack.links.filter(({ name }) => !gone.has(name)),
    addresses: stack.addresses.filter(stays),
    routes: stack.routes.filter(stays),
    neighbours: stack.neighbours.filter(stays),
    fdb: stack.fdb.filter(stays),
  }
}
