import { underlayName } from '../../../lib/contract/index.ts'
import { namespaceOf, routerLinkOf, routeTableOf } from '../../host/index.ts'
import { stepFinding, tableFinding } from '../concerning.ts'
import type { Facts } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import type { InPrivateNetwork } from '../subjects.ts'
import type { Gap } from '../table-gaps.ts'
import { forwarding, isForwarding, routedFilter } from './forwarding.ts'

/** How a private network's packets leave the host towards the world. */
export const egressHops: readonly Hop<InPrivateNetwork>[] = [
  { name: 'egress', check: egress },
  { name: 'forwarding', check: (subject, facts) => (leaves(subject) ? forwarding(facts) : null) },
  { name: 'host rules', check: hostRules },
  { name: 'foreign rules', check: foreign },
  { name: 'public gateway', check: publicGateway },
]

const leaves = ({ network }: InPrivateNetwork): boolean =>
  network.gateway !== null && network.egress !== 'none'

function egress(subject: InPrivateNetwork, facts: Facts): Finding | null {
  const { network } = subject
  if (network.gateway === null) return null
  if (network.egress === 'none') return ok('the network has no way out, as it should be')
  return network.egress === 'host' ? byHost(subject, facts) : byGateway(subject, facts)
}

function byGateway({ network: { id } }: InPrivateNetwork, facts: Facts): Finding {
  const { gateway } = facts.spec.underlay
  const [link, table] = [routerLinkOf(id), routeTableOf(id)]
  const differs = stepFinding(
    facts,
    (step) =>
      ((step.kind === 'rule-add' || step.kind === 'rule-delete') && step.rule.iif === link) ||
      ((step.kind === 'route-set' || step.kind === 'route-delete') &&
        step.at === null &&
        step.route.table === table),
  )
  if (differs !== null) return differs
  if (gateway === null) {
    return broken(
      'the specification names no public gateway, so nothing leaves',
      'Look at the provision on the front-end: its public gateway is missing or not ready.',
    )
  }
  return ok(`what comes from ${link} leaves by the public gateway ${gateway}, or not at all`)
}

function byHost({ network: { id } }: InPrivateNetwork, { wanted }: Facts): Finding {
  return wanted.publicDevice === null
    ? broken('the host has no default route', "`ip route` and the distribution's network settings.")
    : ok(`what comes from ${routerLinkOf(id)} leaves by ${wanted.publicDevice}`)
}

function hostRules(subject: InPrivateNetwork, facts: Facts): Finding | null {
  if (!leaves(subject)) return null
  const { id, bridge } = subject.network
  const mine = ({ part, element }: Gap) =>
    isForwarding(part) &&
    (element === null ||
      part === 'off_limits' ||
      element === routerLinkOf(id) ||
      element.startsWith(`${bridge} : `))
  return (
    tableFinding(facts, 'ip', null, mine) ??
    tableFinding(facts, 'ip', namespaceOf(id), ({ part }) => part === 'leave') ??
    ok('the host lets them through and puts its own address on them')
  )
}

function foreign(subject: InPrivateNetwork, facts: Facts): Finding | null {
  if (!leaves(subject)) return null
  const { id, egress: kind } = subject.network
  const out = kind === 'host' ? facts.wanted.publicDevice : underlayName
  if (out === null) return null
  const link = routerLinkOf(id)
  return routedFilter(facts, [
    { from: link, to: out, source: null, destination: null, state: 'new', bridged: false },
    { from: out, to: link, source: null, destination: null, state: 'established', bridged: false },
  ])
}

/** Whether the gateway itself works is the cloud's; that it answers says a lot. */
function publicGateway(subject: InPrivateNetwork, { spec, paths }: Facts): Finding | null {
  const { gateway } = spec.underlay
  if (!leaves(subject) || subject.network.egress !== 'public-gateway' || gateway === null)
    return null
  const path = paths.find(({ peer }) => peer === gateway)
  return path === undefined || path.passes === 'nothing'
    ? unknown(
        `the public gateway ${gateway} does not answer pings`,
        `\`ip neigh show ${gateway}\`: FAILED means that it is not on the private network. Look at it in Scaleway's console.`,
      )
    : ok(`the public gateway ${gateway} answers`)
}
