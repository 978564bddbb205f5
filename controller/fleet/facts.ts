import type { Firewall, HostSpec, Underlay } from '../../lib/contract/index.ts'

/** What provisioning knows of a metal server and OpenNebula does not. */
export interface ServerFacts {
  /** Scaleway's server id, without the zone. */
  readonly server: string
  /** Id of the OpenNebula host. */
  readonly hostId: number
  readonly hostname: string
  readonly publicAddress: string
  /** Whether the host answers ARP for elastic addresses; `proxy` on Scaleway. */
  readonly neighbour: HostSpec['public']['neighbour']
  readonly underlay: Underlay
}

export interface ProvisionFacts {
  readonly provisionId: number
  readonly uuid: string
  /** Id of the OpenNebula cluster. */
  readonly clusterId: number
  readonly servers: readonly ServerFacts[]
  /** 65000 unless given. */
  readonly asn?: number
  /** Whom the operator lets in beside the hosts themselves; nothing beyond SSH unless given. */
  readonly firewall?: Pick<Firewall, 'management' | 'open'>
}

export interface Pools {
  /** Link addresses of router namespaces, 100.96.0.0/11 unless configured. */
  readonly links: string
  /** VM addresses of elastic NICs, 100.64.0.0/16 unless configured. */
  readonly elastic: string
}

export const defaultPools: Pools = { links: '100.96.0.0/11', elastic: '100.64.0.0/16' }
