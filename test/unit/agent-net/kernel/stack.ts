import { isDeepStrictEqual } from 'node:util'
import type { Address, FdbEntry, Neighbour, Route, Rule } from '../../../../agent/host/index.ts'
import { contains, parseCidr } from '../../../../lib/net/index.ts'
import { forget } from './links.ts'
import { type Kernel, linkOf, worldOf } from './world.ts'

/** Addresses, routes, rules, neighbours and forwarding entries. Each function throws what it refuses. */

type At = string | null

export function addAddress(kernel: Kernel, at: At, address: Address): void {
  linkOf(kernel, at, address.device)
  const { addresses } = worldOf(kernel, at)
  if (!addresses.some(same(address))) addresses.push(address)
}

/** The first of a subnet takes the others with it, unless the kernel promotes one of them. */
export function deleteAddress(kernel: Kernel, at: At, address: Address): void {
  const world = worldOf(kernel, at)
  drop(world.addresses, address, `${address.address} on ${address.device}`, () => {
    const inSubnet = (other: Address) =>
      other.device === address.device && subnet(other) === subnet(address)
    const isFirst = world.addresses.findIndex(inSubnet) === world.addresses.findIndex(same(address))
    const goes = (other: Address) =>
      same(address)(other) || (isFirst && !kernel.knobs.promotes && inSubnet(other))
    const gone = world.addresses.filter(goes)
    world.addresses = world.addresses.filter((other) => !goes(other))
    const local = new Set(world.addresses.map(plain))
    const lost = new Set(gone.map(plain).filter((text) => !local.has(text)))
    world.routes = world.routes.filter(({ source }) => source === null || !lost.has(source))
    if (!world.addresses.some(({ device }) => device === address.device))
      forget(world, address.device)
  })
}

const same = (a: Address) => (b: Address) => a.device === b.device && a.address === b.address
const plain = ({ address }: Address) => address.split('/')[0] ?? ''
const subnet = ({ address }: Address) => {
  const { first, bits } = parseCidr(address)
  return `${first}/${bits}`
}

/** `ip route replace`: the first of its key changes, or it is new. */
export function replaceRoute(kernel: Kernel, at: At, route: Route): void {
  reachable(kernel, at, route)
  const { routes } = worldOf(kernel, at)
  const first = routes.findIndex((other) => routeKey(other) === routeKey(route))
  const twin = routes.findIndex((other) => isDeepStrictEqual(other, route))
  if (twin >= 0 && twin !== first) throw new Error('the route exists, behind another')
  if (first < 0) routes.push(route)
  else routes[first] = route
}

export function appendRoute(kernel: Kernel, at: At, route: Route): void {
  reachable(kernel, at, route)
  const { routes } = worldOf(kernel, at)
  if (routes.some((other) => isDeepStrictEqual(other, route))) throw new Error('the route exists')
  routes.push(route)
}

function reachable(kernel: Kernel, at: At, { device, via, source }: Route): void {
  const { addresses } = worldOf(kernel, at)
  if (device !== null && !linkOf(kernel, at, device).up) throw new Error(`${device} is down`)
  if (source !== null && !addresses.some((address) => plain(address) === source))
    throw new Error(`${source} is not local`)
  if (via === null) return
  const onLink = addresses.some(
    (address) => address.device === device && contains(parseCidr(address.address), via),
  )
  if (!onLink) throw new Error(`${via} is not on the link ${device}`)
}

const routeKey = ({ table, destination, metric }: Route): string =>
  `${table} ${destination} ${metric}`

export function deleteRoute(kernel: Kernel, at: At, route: Route): void {
  drop(worldOf(kernel, at).routes, route, `route ${route.destination}`)
}

export function addRule(kernel: Kernel, rule: Rule): void {
  const { rules } = worldOf(kernel, null)
  if (rules.some((other) => isDeepStrictEqual(other, rule))) throw new Error('the rule exists')
  rules.push(rule)
}

export function deleteRule(kernel: Kernel, rule: Rule): void {
  drop(worldOf(kernel, null).rules, rule, `rule of ${rule.iif}`)
}

export function replaceNeighbour(kernel: Kernel, at: At, neighbour: Neighbour): void {
  linkOf(kernel, at, neighbour.device)
  const world = worldOf(kernel, at)
  world.neighbours = world.neighbours.filter((other) => !isSameEntry(other, neighbour))
  world.neighbours.push(neighbour)
}

export function deleteNeighbour(kernel: Kernel, at: At, neighbour: Neighbour): void {
  const world = worldOf(kernel, at)
  if (!world.neighbours.some((other) => isSameEntry(other, neighbour)))
    throw new Error(`${neighbour.address} is not known on ${neighbour.device}`)
  world.neighbours = world.neighbours.filter((other) => !isSameEntry(other, neighbour))
}

const isSameEntry = (a: Neighbour, b: Neighbour): boolean =>
  a.device === b.device && a.address === b.address && (a.mac === null) === (b.mac === null)

/** A pin: one place per MAC and bridge. */
export function pinMac(kernel: Kernel, entry: FdbEntry): void {
  const world = worldOf(kernel, null)
  const { master } = linkOf(kernel, null, entry.device)
  if (master === null) throw new Error(`${entry.device} has no bridge`)
  const siblings = new Set(
    world.links.filter((link) => link.master === master).map(({ name }) => name),
  )
  world.fdb = world.fdb.filter(
    ({ device, mac, destination }) =>
      destination !== null || mac !== entry.mac || !siblings.has(device),
  )
  world.fdb.push(entry)
}

/** A flood destination; the state is one for all of a MAC. */
export function appendDestination(kernel: Kernel, entry: FdbEntry): void {
  const world = worldOf(kernel, null)
  if (linkOf(kernel, null, entry.device).vxlan === null)
    throw new Error(`${entry.device} is no VXLAN device`)
  if (entry.via !== null) linkOf(kernel, null, entry.via)
  world.fdb = world.fdb
    .filter((other) => !isSameDestination(other, entry))
    .map((other) =>
      other.device === entry.device && other.mac === entry.mac && other.destination !== null
        ? { ...other, state: entry.state }
        : other,
    )
  world.fdb.push(entry)
}

/** A destination behind a device that is gone cannot be named. */
export function deleteEntry(kernel: Kernel, entry: FdbEntry): void {
  if (entry.via !== null) linkOf(kernel, null, entry.via)
  forgetEntries(kernel, entry, (other) => isSameDestination(other, entry))
}

/** All destinations of a MAC behind a VXLAN device. */
export function forgetMac(kernel: Kernel, device: string, mac: string): void {
  forgetEntries(
    kernel,
    { device, mac },
    (other) => other.device === device && other.mac === mac && other.destination !== null,
  )
}

function forgetEntries(
  kernel: Kernel,
  { device, mac }: Pick<FdbEntry, 'device' | 'mac'>,
  goes: (other: FdbEntry) => boolean,
): void {
  const world = worldOf(kernel, null)
  linkOf(kernel, null, device)
  if (!world.fdb.some(goes)) throw new Error(`${mac} is not known on ${device}`)
  world.fdb = world.fdb.filter((other) => !goes(other))
}

const isSameDestination = (a: FdbEntry, b: FdbEntry): boolean =>
  a.device === b.device && a.mac === b.mac && a.destination === b.destination && a.via === b.via

function drop<T>(list: T[], item: T, what: string, remove?: () => void): void {
  const at = list.findIndex((candidate) => isDeepStrictEqual(candidate, item))
  if (at < 0) throw new Error(`${what} is not there`)
  if (remove === undefined) list.splice(at, 1)
  else remove()
}
