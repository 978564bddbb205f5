import { contains, isIpv4, overlaps, parseCidr } from '../../lib/net/index.ts'
import { scalarOf } from '../../lib/opennebula/index.ts'
import type { Network } from '../opennebula/index.ts'
import type { Pools, ProvisionFacts } from './facts.ts'
import { nameOf, type Refuse } from './refuse.ts'

/** Nothing a VM network may use as its gateway: this-host, loopback, link-local, multicast and up. */
const reserved = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map(parseCidr)

/** The gateway with its prefix length, or null and a refusal where it would harm somebody else. */
export function gatewayOf(
  network: Network,
  facts: ProvisionFacts,
  pools: Pools,
  refuse: Refuse,
): string | null {
  const gateway = scalarOf(network.template, 'GATEWAY')
  if (gateway === undefined) return null
  const no = (why: string): null => {
    refuse(`${nameOf(network)} has the gateway ${gateway}, ${why}`)
    return null
  }
  if (!isIpv4(gateway)) return no('which is not an IPv4 address')
  const bits = prefixLength(scalarOf(network.template, 'NETWORK_MASK') ?? '255.255.255.0')
  if (bits === undefined) return no('but no valid NETWORK_MASK')
  const prefix = parseCidr(`${gateway}/${bits}`)
  const address = scalarOf(network.template, 'NETWORK_ADDRESS')
  if (address !== undefined && !(isIpv4(address) && contains(prefix, address))) {
    return no(`which is outside its network ${address}/${bits}`)
  }
  const underlays = facts.servers.map(({ underlay }) => parseCidr(underlay.address))
  if (underlays.some((underlay) => overlaps(underlay, prefix))) {
    return no('whose prefix overlaps the underlay')
  }
  const own = [pools.links, pools.elastic].map(parseCidr)
  if (own.some((pool) => overlaps(pool, prefix))) return no('whose prefix overlaps our own pools')
  if (reserved.some((range) => overlaps(range, prefix))) return no('whose prefix is reserved')
  if (facts.servers.some(({ publicAddress }) => contains(prefix, publicAddress))) {
    return no('whose prefix holds a public address of a host')
  }
  return `${gateway}/${bits}`
}

function prefixLength(mask: string): number | undefined {
  if (!isIpv4(mask)) return undefined
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('')
  const length = bits.indexOf('0') === -1 ? 32 : bits.indexOf('0')
  return bits.slice(length).includes('1') || length < 8 || length > 30 ? undefined : length
}
