import { addressOf, isIpv4, parseCidr } from '../../lib/net/index.ts'
import { type Template, type TemplateInput, vectorOf } from '../../lib/opennebula/index.ts'

/** What OpenNebula's host remembers of its server, so that nothing else has to. */
export interface HostFacts {
  /** Scaleway's server id. */
  readonly server: string
  /** "host-0". */
  readonly key: string
  /** Public IPv4. */
  readonly address: string
  /** VLAN of the private network on this server. */
  readonly vlan: number
  /** IPAM address on the private network, with prefix length. */
  readonly underlay: string
  /** The public gateway's address on the private network. */
  readonly gateway: string
}

/** The attribute EDGE_HOST of a host's template. */
export function hostAttributes(facts: HostFacts): TemplateInput {
  return {
    EDGE_HOST: {
      SERVER: facts.server,
      KEY: facts.key,
      ADDRESS: facts.address,
      VLAN: facts.vlan,
      UNDERLAY: facts.underlay,
      GATEWAY: facts.gateway,
    },
  }
}

/** Reads EDGE_HOST back; undefined for hosts that are not ours, or whose facts somebody has spoilt. */
export function hostFacts(template: Template): HostFacts | undefined {
  const edge = vectorOf(template, 'EDGE_HOST')
  const { SERVER, KEY, ADDRESS, VLAN, UNDERLAY, GATEWAY } = edge ?? {}
  if (!SERVER || !KEY || !ADDRESS || !VLAN || !UNDERLAY || !GATEWAY) return undefined
  const sound =
    isIpv4(ADDRESS) && /^\d{1,4}$/.test(VLAN) && isPrefix(UNDERLAY) && isIpv4(addressOf(GATEWAY))
  if (!sound) return undefined
  return {
    server: SERVER,
    key: KEY,
    address: ADDRESS,
    vlan: Number(VLAN),
    underlay: UNDERLAY,
    gateway: GATEWAY,
  }
}

function isPrefix(text: string): boolean {
  try {
    return parseCidr(text).bits > 0
  } catch {
    return false
  }
}
