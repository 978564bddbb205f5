import type { HostSpec } from '../../lib/contract/index.ts'
import { isPrivate, type Network } from './subjects.ts'
import { peersOf, type Target } from './target.ts'

/** What the routes of other hosts say of a VM. */
export interface Remote {
  readonly mac: string
  readonly vtep: string
}

/** Networks a target's facts must be read for. */
export function networksOf(target: Target, spec: HostSpec): Network[] {
  const ids = idsOf(target)
  return [...spec.networks, ...spec.publicNetworks].filter(({ id }) => ids.includes(id))
}

function idsOf(target: Target): number[] {
  switch (target.kind) {
    case 'ports':
      return target.ports.map(({ network }) => network)
    case 'elastic':
      return [target.elastic.network]
    case 'peers':
    case 'self':
      return []
    default:
      return [target.network.id]
  }
}

/** Whom on the underlay a target's packets go to: other hosts, the public gateway. */
export function peersFor(target: Target, spec: HostSpec, remote: Remote | null): string[] {
  if (target.kind === 'peers') return [...target.peers]
  if (target.kind === 'self') return peersOf(spec)
  if (remote !== null) return [remote.vtep]
  const networks = networksOf(target, spec).filter(isPrivate)
  const vteps = networks.flatMap((network) => network.vteps)
  const { gateway } = spec.underlay
  const leaving = networks.some(({ egress }) => egress === 'public-gateway')
  return [...new Set([...(leaving && gateway !== null ? [gateway] : []), ...vteps])]
}
