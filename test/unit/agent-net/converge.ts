import { isDeepStrictEqual } from 'node:util'
import {
  gatewayMac,
  isOurNamespace,
  type Link,
  linkGroup,
  type Observed,
} from '../../../agent/host/index.ts'
import { type NetworkStep, plan, wantedOf } from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { partsOf } from './kernel/carry-out.ts'
import { removeLink, renameLink, setDown, setMaster } from './kernel/links.ts'
import { type Kernel, worldOf } from './kernel/world.ts'
import { createLook, type Look, readInTurn } from './look.ts'
import { type Model, modelOf } from './model.ts'

/** Rounds that may still find something to do once everything there is to see has been seen. */
export const maxRounds = 3

/**
 * Reconciles until a full turn of looks finds nothing to do; the steps of the rounds it took. Throws
 * when the kernel refuses a step, or when it takes more rounds than it may.
 */
export function converge(model: Model, spec: HostSpec, look: Look = createLook(model)): void {
  const done: string[][] = []
  let quiet = 0
  while (quiet < fullTurn(spec)) {
    const steps = stepsOf(spec, look(spec))
    model.apply(steps)
    quiet = steps.length === 0 ? quiet + 1 : 0
    if (steps.length > 0) done.push(steps.map(({ sentence }) => sentence))
    if (done.length > maxRounds + fullTurn(spec))
      throw new Error(`no end after ${done.length} rounds: ${done.at(-1)?.join('; ')}`)
  }
}

/** Looks until each trusted namespace was entered once. */
const fullTurn = ({ networks, publicNetworks }: HostSpec): number =>
  Math.max(1, Math.ceil((networks.length + publicNetworks.length) / readInTurn))

export function stepsOf(spec: HostSpec, observed: Observed): NetworkStep[] {
  const { ground, network } = plan(spec, observed)
  return [...ground, ...network]
}

/** Dies after so many lines of a plan: how many it came to, so that the caller knows when to stop. */
export function dieAfter(model: Model, spec: HostSpec, lines: number): number {
  const parts = stepsOf(spec, createLook(model)(spec)).flatMap((step) =>
    partsOf(model.kernel, step),
  )
  for (const part of parts.slice(0, lines)) part()
  return parts.length
}

export const copyOf = ({ kernel }: Model): Model => modelOf(structuredClone(kernel))

/** The same host with nothing of ours on it: what a fresh one would be, strangers and VMs included. */
export function bared(model: Model, spec: HostSpec): Model {
  const { kernel } = copyOf(model)
  const host = worldOf(kernel, null)
  const wanted = new Set(wantedOf(spec, model.observed()).bridges.map(({ name }) => name))
  for (const name of kernel.worlds.keys()) {
    if (name !== null && isOurNamespace(name)) dropNamespace(kernel, name)
  }
  kernel.broken.clear()
  for (const { name, group, vlan, kind } of [...host.links]) {
    if (!host.links.some((link) => link.name === name)) continue
    if (name === 'scwpn' && (kind === null || vlan?.id === vlanOf(spec) || isStuck(model, spec))) {
      setDown(kernel, null, name)
      setMaster(kernel, null, name, null)
      // What has the name already keeps it: hardware where a VLAN is wanted, a VLAN whatever it is on.
      if (kind === null && vlanOf(spec) === null) renameLink(kernel, null, name, 'eth1')
    } else if (
      (name === 'scwpn' && vlan !== null) ||
      /^fx[rl]/.test(name) ||
      (group === linkGroup && (wanted.has(name) || !isInUse(model.observed(), name)))
    )
      removeLink(kernel, null, name)
  }
  const stranger = ({ protocol }: { readonly protocol: string }) => protocol !== '88'
  host.routes = host.routes.filter(stranger)
  host.rules = host.rules.filter(stranger)
  host.neighbours = host.neighbours.filter(stranger)
  host.addresses = host.addresses.filter(({ device }) => !['eth1', 'scwpn'].includes(device))
  host.tables = []
  return modelOf(kernel)
}

/** Without a default route there is no telling where another VLAN would go. */
const isStuck = (model: Model, spec: HostSpec): boolean =>
  vlanOf(spec) === null
    ? !worldOf(model.kernel, null).links.some(({ name }) => name === 'eth1')
    : wantedOf(spec, model.observed()).publicDevice === null

const vlanOf = ({ underlay: { medium } }: HostSpec): number | null =>
  medium.kind === 'vlan' ? medium.id : null

function dropNamespace(kernel: Kernel, name: string): void {
  for (const { kind, name: link } of [...worldOf(kernel, name).links]) {
    if (kind !== null) removeLink(kernel, name, link)
  }
  kernel.worlds.delete(name)
}

const isTap = ({ name }: Link): boolean => /^(one-|vnet)/.test(name)

function isInUse({ host }: Observed, bridge: string): boolean {
  return host.links.some(({ master, group }) => master === bridge && group !== linkGroup)
}

/** Plugs the VMs of one host into the same bridges of another. */
export function replug(from: Model, to: Model): void {
  for (const tap of from.observed().host.links.filter(isTap)) {
    if (tap.master !== null) setMaster(to.kernel, null, tap.name, tap.master)
  }
}

/** Everything there is, in an order of its own; what the kernel numbers or draws by lot left out. */
export function wholeOf({ host, namespaces, inside }: Observed): unknown {
  const stack = (at: Observed['host']) => ({
    links: sorted(at.links.map(withoutLot)),
    addresses: sorted(at.addresses),
    routes: sorted(at.routes),
    rules: sorted(at.rules),
    neighbours: sorted(at.neighbours),
    fdb: sorted(at.fdb),
    tables: sorted(at.tables),
  })
  return {
    host: stack(host),
    namespaces: namespaces.toSorted(),
    inside: Object.fromEntries(
      Object.entries(inside)
        .filter(([name]) => isOurNamespace(name))
        .map(([name, at]) => [name, stack(at)]),
    ),
  }
}

/** The kernel draws the MACs nobody gives; an alias is anybody's note, but on a router's port. */
const withoutLot = (link: Link): Link => ({
  ...link,
  mac: link.kind === 'bridge' || link.name === 'r0' ? link.mac : '',
  alias: link.name.startsWith('fxr') ? link.alias : '',
})

/** The same without what strangers noted on devices of ours; that is left alone, and gone with them. */
export function oursOf(observed: Observed): unknown {
  const { host } = observed
  const neighbours = host.neighbours.filter(({ protocol }) => protocol === '88')
  return wholeOf({ ...observed, host: { ...host, neighbours } })
}

const sorted = <T>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1))

/** Members in the order of their names: a model's hand need not write them as the parser does. */
const textOf = (item: unknown): string =>
  JSON.stringify(item, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )

/**
 * What is not ours: no mark, no name of ours. Routes and proxy entries on a public bridge are left
 * out, which are never wanted there, and the isolation of taps.
 */
export function strangersOf(model: Model, spec: HostSpec): unknown {
  const { host, namespaces } = model.observed()
  const bridges = [...spec.networks, ...spec.publicNetworks].map(({ bridge }) => bridge)
  const names = new Set([
    ...bridges,
    ...spec.networks.map(({ device }) => device),
    'scwpn',
    'eth1',
    ...host.links
      .filter(
        ({ group, name, master }) =>
          group === linkGroup ||
          /^fx[rl]/.test(name) ||
          (name.startsWith('scwpn.') && bridges.includes(master ?? '')),
      )
      .map(({ name }) => name),
    ...endsOfNamespaces(model),
  ])
  const apart = ({ device }: { readonly device: string | null }) =>
    device === null || !names.has(device)
  const stranger = ({ protocol }: { readonly protocol: string }) => protocol !== '88'
  return {
    links: sorted(
      host.links
        .filter(({ name }) => !names.has(name))
        .map((link) =>
          isTap(link) ? { ...link, port: null, master: null } : { ...link, index: null },
        ),
    ),
    addresses: sorted(host.addresses.filter(apart)),
    routes: sorted(
      host.routes
        .filter(apart)
        .filter(stranger)
        .filter(({ device }) => device !== null),
    ),
    rules: sorted(host.rules.filter(stranger)),
    neighbours: sorted(host.neighbours.filter(apart).filter(stranger)),
    // Where a stranger floods by way of our underlay changes its name with that.
    fdb: sorted(
      host.fdb.filter(apart).filter(({ mac, via }) => mac !== gatewayMac && via === null),
    ),
    namespaces: namespaces.filter((name) => !isOurNamespace(name)).toSorted(),
  }
}

/** Whatever it is called: it goes with the namespace its other end is in. */
function endsOfNamespaces({ kernel }: Model): string[] {
  const within = [...kernel.worlds].flatMap(([at, { links }]) =>
    at === null || at === 'other' ? [] : links.map(({ index }) => index),
  )
  return worldOf(kernel, null)
    .links.filter(({ peer }) => peer !== null && within.includes(peer))
    .map(({ name }) => name)
}

export function firstDifference(a: unknown, b: unknown, path = ''): string | null {
  if (isDeepStrictEqual(a, b)) return null
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return `${path}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`
  if (Array.isArray(a) && Array.isArray(b)) {
    // What is in one of them twice is lacking in the other.
    const lone = (one: unknown[], other: unknown[]) => {
      const rest = [...other]
      return one.filter((item) => {
        const at = rest.findIndex((each) => isDeepStrictEqual(item, each))
        if (at >= 0) rest.splice(at, 1)
        return at < 0
      })
    }
    return `${path}: only here ${JSON.stringify(lone(a, b))}, only there ${JSON.stringify(lone(b, a))}`
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const key of keys) {
    const found = firstDifference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      `${path}/${key}`,
    )
    if (found !== null) return found
  }
  return null
}
