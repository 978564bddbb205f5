import { formatCidr, parseCidr } from '../../lib/net/index.ts'
import type { Address, Neighbour, Route, Stack } from '../host/index.ts'
import { linkNamed, protocol, tableName } from '../host/index.ts'
import { elementChanges, type NftTable } from '../nat/index.ts'
import { lacking } from './lacking.ts'
import type { NetworkStep } from './step.ts'
import type { Sysctl } from './wanted.ts'

/** Everything that differs between one stack and what is wanted there, `at` a namespace or the host (null). */
type At = string | null
const where = (at: At): string => (at === null ? '' : ` in ${at}`)

export function sysctlSteps(at: At, wanted: readonly Sysctl[], stack: Stack): NetworkStep[] {
  return wanted
    .filter(({ key, value }) => stack.sysctls[key] !== value)
    .filter((sysctl) => !isUnsupported(sysctl, stack))
    .map(({ key, value, optional }) => ({
      kind: 'sysctl-set',
      at,
      key,
      value,
      optional,
      sentence: `set ${key} to ${value}${where(at)}`,
    }))
}

/** An optional key that is absent although its device is there and others were read: not in this kernel. */
function isUnsupported({ key, optional }: Sysctl, { sysctls, links }: Stack): boolean {
  if (!optional || key in sysctls || Object.keys(sysctls).length === 0) return false
  const device = deviceOf(key)
  return device === null || linkNamed({ links }, device) !== undefined
}

/** The device a key under `conf/` or `neigh/` belongs to; null for the others. */
export function deviceOf(key: string): string | null {
  const device = /^net\/ipv[46]\/(?:conf|neigh)\/(.+)\/[^/]+$/.exec(key)?.[1]
  return device === undefined || device === 'all' || device === 'default' ? null : device
}

/**
 * The devices carry the wanted addresses and no other. New ones come before old ones go, so that a
 * device is never without. Where they share a subnet it is the other way round: unless the kernel
 * promotes one (`promote_secondaries`), the first of a subnet takes the others with it.
 */
export function addressSteps(
  at: At,
  wanted: readonly Address[],
  devices: readonly string[],
  stack: Stack,
): NetworkStep[] {
  const ours = new Set(devices)
  const here = stack.addresses.filter(({ device }) => ours.has(device))
  // Backwards: the first of a subnet, as the kernel lists them, goes last.
  const extra = lacking(here, wanted, addressKey).toReversed()
  const missing = new Set(lacking(wanted, stack.addresses, addressKey))
  const shadowed = (address: Address) => extra.some((other) => isSameSubnet(address, other))
  const first = extra.filter((address) => wanted.some((want) => isSameSubnet(address, want)))
  return [
    ...first.map((address) => takeStep(at, address)),
    ...wanted
      .filter((address) => missing.has(address) || shadowed(address))
      .map(
        (address): NetworkStep => ({
          kind: 'address-add',
          at,
          address,
          sentence: `give ${address.device} ${address.address}${where(at)}`,
        }),
      ),
    ...extra.filter((address) => !first.includes(address)).map((address) => takeStep(at, address)),
  ]
}

const addressKey = ({ device, address }: Address): string => `${device} ${address}`

const isSameSubnet = (a: Address, b: Address): boolean =>
  a.device === b.device && formatCidr(parseCidr(a.address)) === formatCidr(parseCidr(b.address))

const takeStep = (at: At, address: Address): NetworkStep => ({
  kind: 'address-delete',
  at,
  address,
  sentence: `take ${address.address} from ${address.device}${where(at)}`,
})

const routeKey = ({ table, destination, metric }: Route): string =>
  `${table} ${destination} ${metric}`
/** All of a route, but the device of an unreachable one: the kernel reports none, or lo. */
const wholeRoute = (route: Route): string => {
  const { type, via, source, protocol: proto, device } = route
  return `${routeKey(route)} ${type} ${via} ${source} ${proto} ${type === 'unreachable' ? '' : device}`
}

export function routeSteps(at: At, wanted: readonly Route[], stack: Stack): NetworkStep[] {
  return lacking(wanted, stack.routes, wholeRoute).map((route) => ({
    kind: 'route-set',
    at,
    route,
    sentence: `route ${routeTitle(route)}${where(at)}`,
  }))
}

/**
 * Ours that are not wanted, and somebody's beside a wanted one: of two to one destination the first
 * is used. One that stands in a wanted one's place alone is replaced, not dropped.
 */
export function staleRouteSteps(
  at: At,
  wanted: readonly Route[],
  stack: Stack,
  extra: (route: Route) => boolean,
): NetworkStep[] {
  if (stack.routes.length === 0) return []
  const keys = new Set(wanted.map(routeKey))
  const found = new Set(stack.routes.map(wholeRoute))
  const present = wanted.filter((route) => found.has(wholeRoute(route)))
  const whole = new Set(present.map(wholeRoute))
  const places = new Set(present.map(routeKey))
  const shadows = (route: Route): boolean =>
    places.has(routeKey(route)) && !whole.has(wholeRoute(route))
  return stack.routes
    .filter(
      (route) =>
        shadows(route) ||
        ((route.protocol === protocol || extra(route)) && !keys.has(routeKey(route))),
    )
    .map((route) => ({
      kind: 'route-delete',
      at,
      route,
      sentence: `drop route ${routeTitle(route)}${where(at)}`,
    }))
}

function routeTitle({ destination, type, via, device, table }: Route): string {
  const target =
    type === 'unreachable' ? 'to nowhere' : `to ${[via, device].filter(Boolean).join(' on ')}`
  return `${destination} ${target}${table === 'main' ? '' : ` in table ${table}`}`
}

const neighbourKey = ({ device, address, mac }: Neighbour): string =>
  `${device} ${address} ${mac === null}`
const wholeNeighbour = ({ device, address, mac, protocol: proto }: Neighbour): string =>
  `${device} ${address} ${mac} ${proto}`

export function neighbourSteps(at: At, wanted: readonly Neighbour[], stack: Stack): NetworkStep[] {
  return lacking(wanted, stack.neighbours, wholeNeighbour).map((neighbour) => ({
    kind: 'neighbour-set',
    at,
    neighbour,
    sentence: `${neighbourTitle(neighbour)}${where(at)}`,
  }))
}

export function staleNeighbourSteps(
  at: At,
  wanted: readonly Neighbour[],
  stack: Stack,
  extra: (neighbour: Neighbour) => boolean,
): NetworkStep[] {
  if (stack.neighbours.length === 0) return []
  const keys = new Set(wanted.map(neighbourKey))
  return stack.neighbours
    .filter((neighbour) => neighbour.protocol === protocol || extra(neighbour))
    .filter((neighbour) => !keys.has(neighbourKey(neighbour)))
    .map((neighbour) => ({
      kind: 'neighbour-delete',
      at,
      neighbour,
      sentence: `no longer ${neighbourTitle(neighbour)}${where(at)}`,
    }))
}

function neighbourTitle({ device, address, mac }: Neighbour): string {
  return mac === null
    ? `answer ARP for ${address} on ${device}`
    : `know ${address} as ${mac} on ${device}`
}

/**
 * A table is loaded, or loaded anew where its structure differs, or only its elements change; all of
 * a stack in one transaction.
 */
export function tableSteps(at: At, wanted: readonly NftTable[], stack: Stack): NetworkStep[] {
  const stale = stack.tables.filter(
    (found) => found.name === tableName && !wanted.some(({ family }) => family === found.family),
  )
  return [
    ...wanted.flatMap((table) => tableStep(at, table, stack)),
    ...stale.map(
      ({ family, name }): NetworkStep => ({
        kind: 'table-delete',
        at,
        family,
        name,
        sentence: `drop nft table ${family} ${name}${where(at)}`,
      }),
    ),
  ]
}

function tableStep(at: At, table: NftTable, { tables }: Stack): NetworkStep[] {
  const { family, name } = table
  const found = tables.find((candidate) => candidate.family === family)
  const changes = found === undefined ? null : elementChanges(table, found)
  const title = `nft table ${family} ${name}${where(at)}`
  if (changes === null) return [{ kind: 'table-set', at, table, sentence: `load ${title}` }]
  if (changes.length === 0) return []
  const sets = changes.map(({ set }) => set).join(', ')
  return [
    { kind: 'table-change', at, family, name, changes, sentence: `change ${sets} of ${title}` },
  ]
}
