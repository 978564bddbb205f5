import { type Cidr, overlaps, parseCidr } from '../../lib/net/index.ts'
import { scalarOf } from '../../lib/opennebula/index.ts'
import type { Network } from '../opennebula/index.ts'
import { fault } from './faults.ts'

/**
 * Hosts route between the private network and the networks of VMs, so these must not overlap.
 * `networks` are OpenNebula's without those of the provision itself. Throws EDGE_INPUTS_INVALID, which
 * names every network in the way.
 */
export function checkAddressRanges(networks: readonly Network[], cidr: string): void {
  const wanted = parseCidr(cidr)
  const inTheWay = networks.filter((network) => {
    const range = rangeOf(network)
    return range && overlaps(range, wanted)
  })
  if (inTheWay.length === 0) return
  const names = inTheWay.map(({ id, name }) => `network ${id} (${name})`).join(', ')
  const message = `cidr_block ${cidr} overlaps ${names}`
  throw fault('EDGE_INPUTS_INVALID', message, { context: { cidr_block: [message] } })
}

/** Another provision, as far as its addresses go. */
export interface Neighbour {
  readonly id: number
  readonly cidr: string
}

/** Provisions with the same addresses; each has its own VPC, so they only can never be joined. */
export function neighbourWarnings(neighbours: readonly Neighbour[], cidr: string): string[] {
  const wanted = parseCidr(cidr)
  return neighbours
    .filter((neighbour) => overlaps(parseCidr(neighbour.cidr), wanted))
    .map(
      ({ id, cidr: theirs }) =>
        `cidr_block ${cidr} overlaps ${theirs} of provision ${id}; the two can never be joined`,
    )
}

function rangeOf({ vnMad, template }: Network): Cidr | undefined {
  const address = scalarOf(template, 'NETWORK_ADDRESS')
  const mask = scalarOf(template, 'NETWORK_MASK')
  if (vnMad !== 'vxlan' || !address || !mask) return undefined
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).replaceAll('0', '').length)
    .reduce((sum, ones) => sum + ones, 0)
  try {
    return parseCidr(`${address}/${bits}`)
  } catch {
    return undefined
  }
}
