import { type Cidr, overlaps, parseCidr } from '../../lib/net/index.ts'
import { scalarOf } from '../../lib/opennebula/index.ts'
import type { Network } from '../opennebula/index.ts'
import { fault } from './faults.ts'

/**
 * Hosts route between the private network and the networks of VMs, so these must not overlap.
 * `networks` are OpenNebula's without those of the provision itself. Throws EDGE_INPUTS_INVALID.
 */
export function checkAddressRanges(networks: readonly Network[], cidr: string): void {
  const wanted = parseCidr(cidr)
  for (const { id, name, template, vnMad } of networks) {
    const address = scalarOf(template, 'NETWORK_ADDRESS')
    const mask = scalarOf(template, 'NETWORK_MASK')
    const range = vnMad === 'vxlan' && address && mask ? rangeOf(address, mask) : undefined
    if (range && overlaps(range, wanted)) {
      const message = `cidr_block ${cidr} overlaps network ${id} (${name})`
      throw fault('EDGE_INPUTS_INVALID', message, { context: { cidr_block: [message] } })
    }
  }
}

function rangeOf(address: string, mask: string): Cidr | undefined {
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
