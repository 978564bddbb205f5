import { underlayName } from '../../lib/contract/index.ts'
import type { FdbEntry, Link, Observed, Rule, Stack } from '../host/index.ts'
import { isOurNamespace, linkGroup, protocol } from '../host/index.ts'
import { mustBeMadeAnew } from './diff-links.ts'
import { staleNeighbourSteps, staleRouteSteps } from './diff-stack.ts'
import type { NetworkStep } from './step.ts'
import type { Wanted } from './wanted.ts'

/** Links that must go, and namespaces with them: ours and no longer wanted, or impossible to change in place. */
export interface Doomed {
  readonly links: readonly string[]
  readonly namespaces: readonly string[]
}

export function doomed(wanted: Wanted, { host, namespaces, broken: unusable }: Observed): Doomed {
  const links = new Map(host.links.map((link) => [link.name, link]))
  const broken = wanted.routers.filter(
    ({ namespace, port, link }) =>
      unusable.includes(namespace) ||
      !(namespaces.includes(namespace) && links.has(port) && links.has(link)),
  )
  const rebuilt = [
    ...broken.flatMap(({ port, link }) => [port, link]).filter((name) => links.has(name)),
    ...wanted.tunnels
      .filter((tunnel) => {
        const present = links.get(tunnel.name)
        return present !== undefined && mustBeMadeAnew(tunnel, present)
      })
      .map(({ name }) => name),
    ...(isWrongVlan(wanted, links.get(underlayName)) ? [underlayName] : []),
  ]
  const names = new Set([
    underlayName,
    ...wanted.bridges.map(({ name }) => name),
    ...wanted.tunnels.map(({ name }) => name),
    ...wanted.routers.flatMap(({ port, link }) => [port, link]),
  ])
  const unwanted = host.links
    .filter(({ group, name }) => group === linkGroup && !names.has(name))
    .filter((link) => !isInUse(link, host))
  return {
    // Ports before their bridges.
    links: [...rebuilt, ...unwanted.toSorted((a, b) => rank(a) - rank(b)).map(({ name }) => name)],
    namespaces: namespaces.filter(
      (name) =>
        isOurNamespace(name) &&
        (!wanted.routers.some(({ namespace }) => namespace === name) ||
          broken.some(({ namespace }) => namespace === name)),
    ),
  }
}

const rank = ({ kind }: Link): number => (kind === 'bridge' ? 1 : 0)

/** A bridge with somebody else's port stays until that port is gone. */
function isInUse({ kind, name }: Link, { links }: Stack): boolean {
  return (
    kind === 'bridge' && links.some(({ master, group }) => master === name && group !== linkGroup)
  )
}

function isWrongVlan({ underlay }: Wanted, present: Link | undefined): boolean {
  return (
    underlay.medium.kind === 'vlan' &&
    present?.vlan != null &&
    present.vlan.id !== underlay.medium.id
  )
}

/** What is no longer wanted, backwards: rules and routes first, namespaces last. */
export function removalSteps(wanted: Wanted, { host }: Observed, gone: Doomed): NetworkStep[] {
  const onPublicBridge = ({ device }: { readonly device: string | null }) =>
    device !== null && wanted.isolating.includes(device)
  return [
    ...host.rules
      .filter(
        (rule) => rule.protocol === protocol && !wanted.rules.some((want) => sameRule(want, rule)),
      )
      .map(
        (rule): NetworkStep => ({
          kind: 'rule-delete',
          rule,
          sentence: `drop rule of ${rule.iif} for table ${rule.table}`,
        }),
      ),
    // The stock elastic driver leaves routes and proxy entries there; two would answer for the gateway.
    ...staleRouteSteps(null, wanted.routes, host, onPublicBridge),
    ...staleNeighbourSteps(
      null,
      wanted.neighbours,
      host,
      (found) => found.mac === null && onPublicBridge(found),
    ),
    ...staleFlood(wanted, host).map(
      (entry): NetworkStep => ({
        kind: 'fdb-delete',
        entry,
        sentence: `no longer flood ${entry.device} to ${entry.destination}`,
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

export const sameRule = (a: Rule, b: Rule): boolean =>
  a.priority === b.priority && a.iif === b.iif && a.table === b.table && a.protocol === b.protocol

export const sameEntry = (a: FdbEntry, b: FdbEntry): boolean =>
  a.device === b.device &&
  a.mac === b.mac &&
  a.destination === b.destination &&
  a.via === b.via &&
  a.state === b.state &&
  a.sticky === b.sticky

function staleFlood({ fdb, tunnels }: Wanted, host: Stack): FdbEntry[] {
  const devices = new Set(tunnels.map(({ name }) => name))
  return host.fdb.filter(
    (entry) =>
      devices.has(entry.device) &&
      entry.via === underlayName &&
      !fdb.some((want) => sameEntry(want, entry)),
  )
}
