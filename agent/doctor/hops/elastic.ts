import { namespaceOf, routerLinkOf } from '../../host/index.ts'
import { isUnread, stepFinding, tableFinding } from '../concerning.ts'
import type { Facts } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import type { AtElastic } from '../subjects.ts'
import type { Gap } from '../table-gaps.ts'
import { forwarding, isForwarding, routedFilter } from './forwarding.ts'
import { linkNamed } from './links.ts'
import { publicNicHops } from './public-nic.ts'
import { unread } from './router.ts'

/** Whether the address is to be served here at all. */
export const mappingHops: readonly Hop<AtElastic>[] = [
  { name: 'mapping', check: mapping },
  { name: 'armed', check: armed },
]

/** From the cloud to the host. */
export const doorHops: readonly Hop<AtElastic>[] = [
  { name: 'cloud', check: cloud },
  ...publicNicHops,
  { name: 'ARP', check: asked },
  { name: 'door', check: door },
]

/** Over the host to the link of the router namespace. */
export const acrossHops: readonly Hop<AtElastic>[] = [
  { name: 'route', check: route },
  { name: 'forwarding', check: (_, facts) => forwarding(facts) },
  { name: 'foreign rules', check: foreign },
]

/** Through the router namespace to the VM, and back. */
export const natHops: readonly Hop<AtElastic>[] = [
  { name: 'NAT', check: nat },
  { name: 'proxy', check: vmSide },
]

const isArmed = ({ elastic }: AtElastic, { wanted }: Facts): boolean =>
  wanted.routes.some(
    ({ destination, device }) =>
      destination === elastic.external && device === routerLinkOf(elastic.network),
  )

const unarmed = unknown('not armed, so nothing is programmed for it')

function mapping({ elastic, port }: AtElastic, { spec, faults }: Facts): Finding {
  const { external, address, network } = elastic
  const refused = faults.find((fault) => fault.startsWith(`Elastic address ${external} `))
  if (refused !== undefined)
    return broken(
      refused,
      'The address is wrong in OpenNebula: `onevnet show` of the public network.',
    )
  if (!spec.publicNetworks.some(({ id }) => id === network))
    return broken(
      `public network ${network} of ${external} is not on this host`,
      'The front-end sends the specification: `journalctl -u edgectl` there.',
    )
  if (port === null)
    return broken(
      `${external} belongs to ${elastic.port}, which is no port of this host`,
      'The front-end believes the VM to be elsewhere: compare `onevm list` there.',
    )
  return ok(`${external} is ${address} of ${port.port} (VM ${port.vm})`)
}

function armed(subject: AtElastic, facts: Facts): Finding {
  const { external, port, network } = subject.elastic
  if (isArmed(subject, facts)) return ok(`${external} is armed, ${port} is plugged in`)
  const bridge = facts.spec.publicNetworks.find(({ id }) => id === network)?.bridge
  const master = linkNamed(facts, port)?.master
  const seen =
    linkNamed(facts, port) === undefined
      ? `${port} is not there`
      : `${port} is on ${master ?? 'no bridge'}, not on ${bridge}`
  return broken(
    `${external} is not armed: ${seen}, so this host answers for nothing`,
    `Is the VM running here? \`onevm show\` on the front-end. When its tap is on ${bridge} the address follows within a second.`,
  )
}

function cloud({ elastic }: AtElastic, { spec }: Facts): Finding {
  return unknown(
    `whether the cloud sends ${elastic.external} to this server cannot be seen from here`,
    `Look at the flexible IP's server in Scaleway's console, or run \`tcpdump -ni any host ${elastic.external}\` here while somebody pings it: no packet means it is attached elsewhere than to ${spec.public.address}.`,
  )
}

function asked(subject: AtElastic, facts: Facts): Finding {
  const { external } = subject.elastic
  if (facts.spec.public.neighbour === 'none')
    return ok('the cloud routes the address here and asks nobody for it')
  if (!isArmed(subject, facts)) return unarmed
  const differs = stepFinding(
    facts,
    (step) =>
      (step.kind === 'neighbour-set' &&
        step.at === null &&
        step.neighbour.mac === null &&
        step.neighbour.address === external) ||
      (step.kind === 'sysctl-set' && step.at === null && step.key.endsWith('/proxy_delay')),
  )
  return differs ?? ok(`${facts.wanted.publicDevice} answers ARP for ${external}`)
}

function door(subject: AtElastic, facts: Facts): Finding {
  const { external, network } = subject.elastic
  if (!isArmed(subject, facts)) return unknown('not armed: the door drops what comes, as it should')
  const link = routerLinkOf(network)
  const mine = ({ part, element }: Gap) =>
    isForwarding(part) &&
    (element === null || element === external || (part === 'by_host' && element === link))
  const gap = tableFinding(facts, 'ip', null, mine)
  return gap ?? ok(`the host's own rules let ${external} in and out`)
}

function route(subject: AtElastic, facts: Facts): Finding {
  const { external, network } = subject.elastic
  if (!isArmed(subject, facts)) return unarmed
  const differs = stepFinding(
    facts,
    (step) =>
      (step.kind === 'route-set' || step.kind === 'route-delete') &&
      step.at === null &&
      step.route.destination === external,
  )
  return differs ?? ok(`${external} is routed into ${namespaceOf(network)}`)
}

function foreign({ elastic }: AtElastic, facts: Facts): Finding | null {
  const { publicDevice } = facts.wanted
  if (publicDevice === null) return null
  const link = routerLinkOf(elastic.network)
  const inward = { from: publicDevice, to: link, source: null, destination: elastic.external }
  const outward = { from: link, to: publicDevice, source: elastic.external, destination: null }
  return routedFilter(facts, [
    { ...inward, state: 'new', bridged: false },
    { ...outward, state: 'established', bridged: false },
    { ...outward, state: 'new', bridged: false },
  ])
}

function nat(subject: AtElastic, facts: Facts): Finding {
  const { external, address, network } = subject.elastic
  if (!isArmed(subject, facts)) return unarmed
  const name = namespaceOf(network)
  if (isUnread(facts, name)) return unread(name)
  const concerns = ({ part, element }: Gap) =>
    element === null
      ? part !== 'through' && part !== 'leave'
      : element.split(' : ').some((side) => side === external || side === address)
  return (
    tableFinding(facts, 'ip', name, concerns) ??
    ok(`${name} turns ${external} into ${address} and back`)
  )
}

function vmSide(subject: AtElastic, facts: Facts): Finding {
  const { address, gateway, network } = subject.elastic
  if (!isArmed(subject, facts)) return unarmed
  const name = namespaceOf(network)
  if (isUnread(facts, name)) return unread(name)
  const differs = stepFinding(
    facts,
    (step) =>
      'at' in step &&
      step.at === name &&
      ((step.kind === 'route-set' && step.route.destination === address) ||
        (step.kind === 'neighbour-set' &&
          step.neighbour.mac === null &&
          step.neighbour.address === gateway)),
  )
  return differs ?? ok(`the VM asks for its gateway ${gateway} and ${name} answers`)
}
