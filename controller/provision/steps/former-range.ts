import type { AdoptedRange } from '../../documents/index.ts'
import type { AddressRange } from '../../opennebula/index.ts'
import { fault } from '../faults.ts'

/** Whether this is still that range of the stock IPAM driver: ids of ranges are given again. */
export function isOld(range: AddressRange, { id, ip }: AdoptedRange): boolean {
  return range.id === id && range.ip === ip
}

/** Whether it still knows whose public address it has, so that a driver would release it with the range. */
export function isArmed({ attributes }: AddressRange): boolean {
  return attributes['EXTERNAL_IP'] !== undefined || Boolean(attributes['SCALEWAY_IP_ID'])
}

/** What keeps a range from going, by name. */
export function usedFault({ external }: AdoptedRange, { ip, leases }: AddressRange) {
  const vms = [...new Set(leases.flatMap(({ vm }) => (vm === undefined || vm < 0 ? [] : [vm])))]
  const who =
    vms.length > 0 ? `virtual machines ${vms.join(', ')}` : 'a hold or a reservation of somebody'
  return fault(
    'EDGE_STOCK_GUESTS',
    `The former inner address ${ip ?? '?'} of ${external} is used by ${who}`,
  )
}
