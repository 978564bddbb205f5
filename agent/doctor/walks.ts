import type { ElasticAddress, HostSpec, PrivateNetwork, VmPort } from '../../lib/contract/index.ts'
import type { Facts } from './facts.ts'
import { type Seen, walk } from './hop.ts'
import { bridgeHops } from './hops/bridge.ts'
import { conntrackHops } from './hops/conntrack.ts'
import { egressHops } from './hops/egress.ts'
import { acrossHops, doorHops, mappingHops, natHops } from './hops/elastic.ts'
import { bridgedHops, portHops } from './hops/port.ts'
import { publicNicHops } from './hops/public-nic.ts'
import { appliedHops, linkHops, neighbourHops, routerHops } from './hops/router.ts'
import { routingHops } from './hops/routing.ts'
import { networkSpecHops, portSpecHops } from './hops/spec.ts'
import { overlayHops, tunnelHops } from './hops/tunnel.ts'
import { pathHops, underlayHops } from './hops/underlay.ts'
import { announcedHops, receivedHops } from './hops/whereabouts.ts'
import type { Remote } from './scope.ts'
import { type AtElastic, type Elsewhere, isPrivate, type Network, titleOf } from './subjects.ts'
import { peersOf, type Target } from './target.ts'

/** The hops of one way of packets, in their order, under a title. */
export interface Walk {
  readonly title: string
  readonly seen: readonly Seen[]
}

/** Walks every way the target has. `remote` is what is known of a VM on another host. */
export function walks(target: Target, facts: Facts, remote: Remote | null): Walk[] {
  const { spec } = facts
  switch (target.kind) {
    case 'ports':
      return target.ports.flatMap((port) => portWalks(port, facts))
    case 'elastic':
      return [elasticWalk(target.elastic, facts)]
    case 'network':
      return [{ title: capital(titleOf(target.network)), seen: networkSeen(target.network, facts) }]
    case 'elsewhere':
      return [elsewhereWalk({ ...target, mac: null, vtep: null, ...remote }, facts)]
    case 'peers':
      return [
        {
          title: `From ${spec.underlay.address} to ${target.peers.join(', ') || 'no other host'}`,
          seen: [...walk(underlayHops, null, facts), ...fabricSeen(target.peers, facts)],
        },
      ]
    case 'self':
      return [
        {
          title: `This host, ${target.address}`,
          seen: [
            ...walk(publicNicHops, null, facts),
            ...walk(underlayHops, null, facts),
            ...fabricSeen(peersOf(spec), facts),
          ],
        },
      ]
  }
}

function portWalks(port: VmPort, facts: Facts): Walk[] {
  const network = networkOf(port.network, facts.spec)
  const title = `VM ${port.vm}, NIC ${port.nic} (${port.port})`
  if (network === null) return [{ title, seen: [homeless(port)] }]
  const elastics = facts.spec.elastics.filter((elastic) => elastic.port === port.port)
  return [
    {
      title: `${title} in ${titleOf(network)}`,
      seen: [
        ...walk(portSpecHops, { port, network }, facts),
        ...walk(portHops, { port, network }, facts),
        ...walk(bridgeHops, { network }, facts),
        ...walk(bridgedHops, { port, network }, facts),
        ...namespaceSeen(network, facts),
        ...walk(neighbourHops, { port, network }, facts),
        ...(isPrivate(network) ? outwards(network, port, facts) : []),
      ],
    },
    ...elastics.map((elastic) => elasticWalk(elastic, facts)),
  ]
}

function homeless(port: VmPort): Seen {
  return {
    hop: 'spec',
    verdict: 'broken',
    says: `network ${port.network} of ${port.port} is not on this host`,
    fix: 'The front-end sends the specification: `journalctl -u edgectl` there.',
  }
}

/** From the outside in, and the VM's side of it last. */
function elasticWalk(elastic: ElasticAddress, facts: Facts): Walk {
  const port = facts.spec.ports.find((candidate) => candidate.port === elastic.port) ?? null
  const network = networkOf(elastic.network, facts.spec)
  const subject = { elastic, port }
  return {
    title: `Elastic address ${elastic.external} for ${elastic.address} of ${elastic.port}`,
    seen: [
      ...(port === null || network === null ? [] : walk(portSpecHops, { port, network }, facts)),
      ...walk(mappingHops, subject, facts),
      ...walk(doorHops, subject, facts),
      // A route leads over its link, and goes with it.
      ...(network === null ? [] : walk(linkHops, { network }, facts)),
      ...walk(acrossHops, subject, facts),
      ...(network === null ? [] : behindLink(subject, network, facts)),
    ],
  }
}

function behindLink(subject: AtElastic, network: Network, facts: Facts): Seen[] {
  const { port } = subject
  return [
    ...walk(conntrackHops, { network }, facts),
    ...walk(routerHops, { network }, facts),
    ...walk(appliedHops, { network }, facts),
    ...walk(natHops, subject, facts),
    ...(port === null ? [] : walk(neighbourHops, { port, network }, facts)),
    ...walk(bridgeHops, { network }, facts),
    ...(port === null
      ? []
      : [
          ...walk(bridgedHops, { port, network }, facts),
          ...walk(portHops, { port, network }, facts),
        ]),
  ]
}

function namespaceSeen(network: Network, facts: Facts): Seen[] {
  return walk([...routerHops, ...linkHops, ...appliedHops], { network }, facts)
}

function networkSeen(network: Network, facts: Facts): Seen[] {
  return [
    ...walk(networkSpecHops, { network }, facts),
    ...walk(bridgeHops, { network }, facts),
    ...namespaceSeen(network, facts),
    ...(isPrivate(network)
      ? outwards(network, null, facts)
      : walk(conntrackHops, { network }, facts)),
  ]
}

/**
 * Out to the world, then to the network's other hosts. The underlay first: a way out by the public
 * gateway leads over it, and so does everything after.
 */
function outwards(network: PrivateNetwork, port: VmPort | null, facts: Facts): Seen[] {
  return [
    ...walk(underlayHops, null, facts),
    ...walk(egressHops, { network }, facts),
    ...(network.gateway === null ? [] : walk(conntrackHops, { network }, facts)),
    ...walk(tunnelHops, { network }, facts),
    ...fabricSeen(network.vteps, facts),
    ...walk(overlayHops, { network }, facts),
    ...(port === null ? [] : walk(announcedHops, { port, network }, facts)),
  ]
}

function fabricSeen(peers: readonly string[], facts: Facts): Seen[] {
  return [...walk(pathHops, { peers }, facts), ...walk(routingHops, { peers }, facts)]
}

/** The half that can be seen from here: as far as the tunnel to the VM's host. */
function elsewhereWalk(subject: Elsewhere, facts: Facts): Walk {
  const { address, network, mac, vtep } = subject
  const peers = vtep === null ? network.vteps : [vtep]
  const where = vtep === null ? 'on a host nobody names' : `${mac}, on host ${vtep}`
  return {
    title: `${address} (${where}) in ${titleOf(network)}; this half of the way`,
    seen: [
      ...walk(networkSpecHops, { network }, facts),
      ...walk(bridgeHops, { network }, facts),
      ...walk(underlayHops, null, facts),
      ...walk(tunnelHops, { network }, facts),
      ...fabricSeen(peers, facts),
      ...walk(overlayHops, { network }, facts),
      ...walk(receivedHops, subject, facts),
    ],
  }
}

const networkOf = (id: number, { networks, publicNetworks }: HostSpec): Network | null =>
  [...networks, ...publicNetworks].find((network) => network.id === id) ?? null

const capital = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`
