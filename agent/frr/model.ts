import type { Bgp, HostSpec } from '../../lib/contract/index.ts'
import { keepSecret } from '../../lib/log/index.ts'
import { addressOf } from '../../lib/net/index.ts'
import { fault } from './faults.ts'

export type PeerGroup = 'fabric' | 'clients'

/** What FRR shall be on one host; everything the configuration text is made of. */
export interface FrrModel {
  readonly hostname: string
  readonly asn: number
  /** The underlay address: router id, session source and VTEP. */
  readonly address: string
  readonly clusterId: string | null
  readonly password: string | null
  /** Sorted by address; `clients` are those this host reflects to. */
  readonly neighbours: readonly { readonly address: string; readonly group: PeerGroup }[]
  /** The anycast MAC of all gateways, which must not travel in BGP. */
  readonly gatewayMac: string
}

/** FRR's part of a host's desired state. Throws EDGE_FRR_VALUE_UNSAFE. */
export function frrModel(spec: HostSpec, gatewayMac: string): FrrModel {
  const { bgp } = spec
  return {
    hostname: word(spec.hostname, 'The hostname'),
    asn: bgp.asn,
    address: addressOf(spec.underlay.address),
    clusterId: bgp.role === 'reflector' ? bgp.clusterId : null,
    password: bgp.password === null ? null : keepSecret(word(bgp.password, 'The BGP password')),
    neighbours: bgp.neighbours
      .map(({ address, role }) => ({ address, group: groupOf(bgp, role) }))
      .sort((a, b) => compareAddresses(a.address, b.address)),
    gatewayMac,
  }
}

/** The configuration is text: a value with a space or a line end would say more than itself. */
function word(value: string, what: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value
  throw fault(
    'EDGE_FRR_VALUE_UNSAFE',
    `${what} has a character that FRR's configuration cannot hold`,
  )
}

/** A reflector reflects to clients; between reflectors, and in a full mesh, sessions are plain iBGP. */
function groupOf(bgp: Bgp, neighbour: Bgp['role']): PeerGroup {
  return bgp.role === 'reflector' && neighbour === 'client' ? 'clients' : 'fabric'
}

function compareAddresses(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
