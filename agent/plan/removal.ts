import { underlayName } from '../../lib/contract/index.ts'
import type { FdbEntry, Link, Observed, Rule, Stack } from '../host/index.ts'
import {
  floodedMac,
  gatewayMac,
  isOurNamespace,
  isRouterLink,
  linkGroup,
  linkNamed,
  protocol,
} from '../host/index.ts'
import { mustBeMadeAnew, strayBridge } from './diff-links.ts'
import { staleNeighbourSteps, staleRouteSteps } from './diff-stack.ts'
import { lacking } from './lacking.ts'
import type { NetworkStep } from './step.ts'
import type { Wanted, WantedRouter } from './wanted.ts'

/** Links that must go, and namespaces with them: ours and no longer wanted, or impossible to change in place. */
export interface Doomed {
  readonly links: readonly string[]
  readonly namespaces: readonly string[]
}

export function doomed(wanted: Wanted, observed: Observed): Doomed {
  const { host, namespaces } = observed
  const named = (name: string) => linkNamed(host, name)
  const broken = brokenRouters(wanted, observed)
  const rebuilt = [
    ...broken.flatMap(({ port, link }) => [port, link]).filter(named),
    ...wanted.tunnels
      .filter((tunnel) => {
        const present = named(tunnel.name)
        return present !== undefined && mustBeMadeAnew(tunnel, present)
      })
      .map(({ name }) => name),
    ...wanted.bridges
      .filter(({ name }) => isOfAnotherKind('bridge', named(name)))
      .map(({ name }) => name),
    ...(mustGiveWay(wanted, host) ? [underlayName] : []),
  ]
  const whole = new Set(wanted.routers.map(({ namespace }) => namespace))
  for (const { namespace } of broken) whole.delete(namespace)
  const names = new Set([
    underlayName,
    ...wanted.bridges.flatMap((bridge) => strayBridge(wanted, bridge, host)?.name ?? []),
    ...wanted.bridges.map(({ name }) => name),
    ...wanted.tunnels.map(({ name }) => name),
    ...wanted.routers.flatMap(({ port, link }) => [port, link]),
  ])
  const bridges = new Set(wanted.bridges.map(({ name }) => name))
  const unwanted = host.links
    .filter((link) => !names.has(link.name) && isOurs(link, bridges))
    .filter((link) => !isInUse(link, host))
  return {
    // Ports before their bridges.
    links: [...rebuilt, ...unwanted.toSorted((a, b) => rank(a) - rank(b)).map(({ name }) => name)],
    namespaces: namespaces.filter((name) => isOurNamespace(name) && !whole.has(name)),
  }
}

/** By its mark, by its name, or as another network's tunnel in a bridge of ours. */
function isOurs({ group, name, kind, master }: Link, bridges: ReadonlySet<string>): boolean {
  if (group === linkGroup || isRouterLink(name)) return true
  const isTunnel = kind === 'vxlan' && name.startsWith(`${underlayName}.`)
  return isTunnel && master !== null && bridges.has(master)
}

const rank = ({ kind }: Link): number => (kind === 'bridge' ? 1 : 0)

/** A bridge with somebody else's port stays until that port is gone. */
function isInUse({ kind, name }: Link, { links }: Stack): boolean {
  return (
    kind === 'bridge' && links.some(({ master, group }) => master === name && group !== linkGroup)
  )
}

/** A router is whole with its namespace, both veths, and the other ends where they were put. */
function brokenRouters(
  { routers }: Wanted,
  { host, namespaces, broken, inside: read }: Observed,
): WantedRouter[] {
  const usable = new Set(namespaces.filter((name) => !broken.includes(name)))
  return routers.filter(({ namespace, port, link, inside }) => {
    if (!usable.has(namespace)) return true
    if ([port, link].some((name) => linkNamed(host, name)?.kind !== 'veth')) return true
    const within = read[namespace]
    return within !== undefined && inside.links.some(({ name }) => !linkNamed(within, name))
  })
}

const isOfAnotherKind = (kind: string, present: Link | undefined): boolean =>
  present !== undefined && present.kind !== kind

/** A VLAN of another number, or one where a device of its own is wanted; hardware stays what it is. */
export function isOfAnotherMedium({ medium }: Wanted['underlay'], present: Link): boolean {
  if (present.kind === null || present.kind === 'veth' || medium.kind === 'refused') return false
  return medium.kind === 'link' || present.vlan?.id !== medium.id
}

/** It does not go before there is something to make the other of. */
function mustGiveWay({ underlay }: Wanted, host: Stack): boolean {
  const present = linkNamed(host, underlay.name)
  if (present === undefined || !isOfAnotherMedium(underlay, present)) return false
  const { medium } = underlay
  if (medium.kind === 'vlan') return medium.parent !== null
  return linkNamed(host, medium.device) !== undefined
}

/** What is no longer wanted, backwards: rules and routes first, namespaces last. */
export function removalSteps(wanted: Wanted, { host }: Observed, gone: Doomed): NetworkStep[] {
  const onPublicBridge = ({ device }: { readonly device: string | null }) =>
    device !== null && wanted.isolating.includes(device)
  const ownTables = new Set(wanted.rules.map(({ table }) => table))
  return [
    ...lacking(
      host.rules.filter((rule) => rule.protocol === protocol),
      wanted.rules,
      ruleKey,
    ).map(
      (rule): NetworkStep => ({
        kind: 'rule-delete',
        rule,
        sentence: `drop rule of ${rule.iif} for table ${rule.table}`,
      }),
    ),
    // The stock elastic driver leaves routes and proxy entries there; two would answer for the gateway.
    ...staleRouteSteps(
      null,
      wanted.routes,
      host,
      (route) => onPublicBridge(route) || ownTables.has(route.table),
    ),
    ...staleNeighbourSteps(
      null,
      wanted.neighbours,
      host,
      (found) => found.mac === null && onPublicBridge(found),
    ),
    ...deadFlood(wanted, host).map(
      ({ device, mac }): NetworkStep => ({
        kind: 'fdb-forget',
        device,
        mac,
        sentence: `forget where ${device} floods to`,
      }),
    ),
    ...strayPins(wanted, host, gone).map(
      (entry): NetworkStep => ({
        kind: 'fdb-delete',
        entry,
        sentence: `no longer pin the gateway's MAC to ${entry.device}`,
      }),
    ),
    ...gone.links.map(
      (name): NetworkStep => ({ kind: 'link-delete', name, sentence: `delete ${name}` }),
    ),
    ...gone.namespaces.map(
      (name): NetworkStep => ({
        kind: 'namespace-delete',
        name,
        sentence: `delete router namespace ${name}`,
      }),
    ),
  ]
}

export const ruleKey = ({ priority, iif, table, protocol: proto }: Rule): string =>
  `${priority} ${iif} ${table} ${proto}`

export const entryKey = ({ device, mac, destination, via, state, sticky }: FdbEntry): string =>
  `${device} ${mac} ${destination} ${via} ${state} ${sticky}`

const destinationKey = ({ device, mac, destination, via }: FdbEntry): string =>
  `${device} ${mac} ${destination} ${via}`

interface Destinations {
  readonly device: string
  readonly mac: string
}

export const macKey = ({ device, mac }: Destinations): string => `${device} ${mac}`

/** The gateway's MAC behind another port of a bridge of ours than the router's. */
function strayPins({ fdb, bridges, routers }: Wanted, host: Stack, gone: Doomed): FdbEntry[] {
  const ours = new Set(bridges.map(({ name }) => name))
  const pins = fdb.filter(({ destination }) => destination === null)
  const rightful = new Set([
    ...routers.map(({ port }) => port),
    ...pins.map(({ device }) => device),
    ...gone.links,
  ])
  return host.fdb.filter(
    ({ device, mac, destination }) =>
      destination === null &&
      mac === gatewayMac &&
      ours.has(linkNamed(host, device)?.master ?? '') &&
      !rightful.has(device),
  )
}

/**
 * No longer sends tenants' frames where the specification does not say: to a peer that is gone, or
 * where a hand or the stock driver said. FRR does not notice that its entry for a MAC was replaced by
 * another (8.4), so frames to that are flooded until it is announced anew.
 */
export function strayDestinationSteps(wanted: Wanted, host: Stack): NetworkStep[] {
  return strayDestinations(wanted, host).map((entry) => ({
    kind: 'fdb-delete',
    entry,
    sentence:
      entry.mac === floodedMac
        ? `no longer flood ${entry.device} to ${entry.destination}`
        : `no longer send ${entry.mac} on ${entry.device} to ${entry.destination}`,
  }))
}

function strayDestinations(wanted: Wanted, host: Stack): readonly FdbEntry[] {
  const devices = new Set(wanted.tunnels.map(({ name }) => name))
  const dead = new Set(deadFlood(wanted, host).map(macKey))
  // While the underlay has another name, so do rightful destinations behind it.
  const isNamed = linkNamed(host, underlayName) !== undefined
  const living = host.fdb.filter(
    (entry) =>
      devices.has(entry.device) &&
      entry.destination !== null &&
      (isNamed || entry.via === null) &&
      !dead.has(macKey(entry)),
  )
  // One of another state is set anew, not taken away.
  return lacking(living, wanted.fdb, destinationKey)
}

/**
 * A destination behind a device that is gone (an underlay made anew) is shown by its number, and the
 * kernel does not delete it by that (6.18: "Device not found"): only with all others of its MAC.
 */
export function deadFlood({ tunnels }: Wanted, host: Stack): Destinations[] {
  const devices = new Set(tunnels.map(({ name }) => name))
  const dead = host.fdb.filter(
    ({ device, via }) => devices.has(device) && via !== null && !linkNamed(host, via),
  )
  const macs = new Map(dead.map(({ device, mac }) => [macKey({ device, mac }), { device, mac }]))
  return [...macs.values()]
}
