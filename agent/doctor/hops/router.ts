import { gatewayMac, namespaceOf, routerLinkOf, routerPortOf } from '../../host/index.ts'
import { type NetworkStep, unmarked } from '../../plan/index.ts'
import { isUnread, linkFinding, stepFinding, tableFinding } from '../concerning.ts'
import { differing } from '../difference.ts'
import type { Facts } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import { type AtPort, type InNetwork, isPrivate } from '../subjects.ts'
import { restart } from '../words.ts'

/** The router namespace of a network and its port on the bridge. */
export const routerHops: readonly Hop<InNetwork>[] = [
  { name: 'router', check: router },
  { name: 'gateway', check: gateway },
  { name: 'inside', check: inside },
]

/** The way between the host and the namespace. */
export const linkHops: readonly Hop<InNetwork>[] = [{ name: 'link', check: link }]

/** Whether the agent came to the end of its work there; last, because it says what but not where. */
export const appliedHops: readonly Hop<InNetwork>[] = [{ name: 'applied', check: applied }]

/** How the router finds a VM without asking, which nobody can then answer falsely. */
export const neighbourHops: readonly Hop<AtPort>[] = [{ name: 'neighbour', check: neighbour }]

const isRouted = ({ network }: InNetwork): boolean =>
  !isPrivate(network) || network.gateway !== null

function router(subject: InNetwork, facts: Facts): Finding | null {
  if (!isRouted(subject)) return null
  const { id, bridge } = subject.network
  const name = namespaceOf(id)
  const { namespaces, broken: unusable } = facts.observed
  if (!namespaces.includes(name)) return broken(`router namespace ${name} is not there`, restart)
  if (unusable.includes(name)) {
    return broken(`router namespace ${name} is a name without a namespace`, restart)
  }
  if (isUnread(facts, name)) return unread(name)
  return (
    linkFinding(facts, routerPortOf(id)) ??
    ok(`router namespace ${name} is there, its port ${routerPortOf(id)} on ${bridge}`)
  )
}

export const unread = (namespace: string): Finding =>
  unknown(`${namespace} could not be read this time`, 'Ask once more.')

function gateway(subject: InNetwork, facts: Facts): Finding | null {
  if (!isRouted(subject)) return null
  const { network } = subject
  const name = namespaceOf(network.id)
  if (isUnread(facts, name)) return unread(name)
  const port = facts.observed.inside[name]?.links.find((found) => found.name === 'r0')
  if (port !== undefined && port.mac !== gatewayMac) {
    return broken(
      `the gateway's MAC in ${name} is ${port.mac}, not ${gatewayMac}`,
      `\`ip -n ${name} link set r0 address ${gatewayMac}\``,
    )
  }
  const pinned = (step: NetworkStep) =>
    step.kind === 'fdb-set' && step.entry.device === routerPortOf(network.id)
  return (
    linkFinding(facts, 'r0', name) ??
    stepFinding(facts, (step) => isAddress(step, name, 'r0')) ??
    stepFinding(facts, pinned) ??
    ok(`${gatewayTitle(subject)} is ${gatewayMac}, pinned to ${routerPortOf(network.id)}`)
  )
}

const gatewayTitle = ({ network }: InNetwork): string =>
  isPrivate(network) ? `gateway ${network.gateway}` : 'the router'

/** What every packet through the namespace needs: settings, the way out, the forward chain. */
function inside(subject: InNetwork, facts: Facts): Finding | null {
  if (!isRouted(subject)) return null
  const name = namespaceOf(subject.network.id)
  if (isUnread(facts, name)) return unread(name)
  const isBase = (step: NetworkStep) =>
    'at' in step &&
    step.at === name &&
    (step.kind === 'sysctl-set' ||
      isAddress(step, name, 'l0') ||
      (step.kind === 'route-set' && step.route.destination === 'default') ||
      (step.kind === 'link-set' && step.name !== 'r0'))
  return (
    stepFinding(facts, isBase) ??
    tableFinding(facts, 'ip', name, ({ part }) => part === 'through' || part === 'leave') ??
    ok(`${name} forwards and has its way out`)
  )
}

function link(subject: InNetwork, facts: Facts): Finding | null {
  if (!isRouted(subject)) return null
  const name = routerLinkOf(subject.network.id)
  return (
    linkFinding(facts, name) ??
    stepFinding(facts, (step) => isAddress(step, null, name)) ??
    ok(`${name} leads from the host into ${namespaceOf(subject.network.id)}`)
  )
}

function applied(subject: InNetwork, facts: Facts): Finding | null {
  if (!isRouted(subject)) return null
  const name = namespaceOf(subject.network.id)
  // What differs inside is another hop's; here, what no mark vouches for.
  const isAstray = unmarked(facts.wanted, facts.observed).includes(name)
  const isMark = (step: NetworkStep) => step.kind === 'mark' && step.namespace === name
  const marks = isAstray ? facts.steps.filter(isMark) : []
  return differing(marks, facts.observed) ?? ok(`${name} is marked as applied`)
}

function neighbour({ port, network }: AtPort, facts: Facts): Finding | null {
  if (port.addresses.length === 0) return null
  const name = namespaceOf(network.id)
  if (isUnread(facts, name)) return unread(name)
  const places = [name, null]
  const concerns = (step: NetworkStep) =>
    (step.kind === 'neighbour-set' || step.kind === 'neighbour-delete') &&
    step.neighbour.mac !== null &&
    places.includes(step.at) &&
    (step.at !== null || step.neighbour.device === network.bridge) &&
    port.addresses.includes(step.neighbour.address)
  return (
    stepFinding(facts, concerns) ??
    ok(`${port.addresses.join(', ')} is known as ${port.mac}, whoever else answers for it`)
  )
}

const isAddress = (step: NetworkStep, at: string | null, device: string): boolean =>
  (step.kind === 'address-add' || step.kind === 'address-delete') &&
  step.at === at &&
  step.address.device === device
