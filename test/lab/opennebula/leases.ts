import type { Cloud, Network, Range } from './cloud.ts'
import { addressElement, ipamDocument } from './ipam.ts'
import { driverRange, indexOf, ipAt, macAt, sizeOf } from './ranges.ts'
import { errno, Refusal } from './refusal.ts'
import { parseTemplate } from './template-text.ts'
import { plain } from './xml.ts'

export interface Taken {
  readonly range: Range
  readonly ip: string
  readonly mac: string
}

/** Takes an address for a VM, range after range; full ranges are passed without a call. */
export async function takeLease(
  cloud: Cloud,
  network: Network,
  vm: number,
  wantedIp?: string,
): Promise<Taken> {
  for (const range of network.ranges) {
    const index = await (wantedIp === undefined
      ? anyIndex(cloud, range)
      : wantedIndex(cloud, range, wantedIp))
    if (index === undefined) continue
    range.leases.set(index, vm)
    range.attributes['NEXT_INDEX'] = String((index + 1) % sizeOf(range))
    return { range, ip: ipAt(range, index), mac: macAt(range, index) }
  }
  const lease = `Cannot get IP/MAC lease from virtual network ${network.id}.`
  throw new Refusal(errno.allocate, lease)
}

/** A failing driver keeps the lease, as in oned: only rmar --force removes the range then. */
export async function freeLease(cloud: Cloud, range: Range, ip: string): Promise<void> {
  const index = indexOf(range, ip)
  if (index === undefined) return
  const mad = range.attributes['IPAM_MAD']
  if (mad !== undefined) {
    const address = addressElement(macAt(range, index), ip)
    await cloud.ipam.run(mad, 'free_address', ipamDocument(driverRange(range), address))
  }
  range.leases.delete(index)
}

async function anyIndex(cloud: Cloud, range: Range): Promise<number | undefined> {
  const size = sizeOf(range)
  if (range.leases.size >= size) return undefined
  const mad = range.attributes['IPAM_MAD']
  if (mad === undefined) return nextFree(range, size)
  const document = ipamDocument(driverRange(range), plain('SIZE', 1))
  try {
    const answer = await cloud.ipam.run(mad, 'get_address', document)
    const [address] = parseTemplate(answer).vectors('ADDRESS')
    const index = indexOf(range, address?.['IP'] ?? '')
    return index === undefined || range.leases.has(index) ? undefined : index
  } catch (error) {
    cloud.logger.warn('get_address failed', { reason: String(error) })
    return undefined
  }
}

async function wantedIndex(cloud: Cloud, range: Range, ip: string): Promise<number | undefined> {
  const index = indexOf(range, ip)
  if (index === undefined || range.leases.has(index)) return undefined
  const mad = range.attributes['IPAM_MAD']
  if (mad === undefined) return index
  const address = addressElement(macAt(range, index), ip)
  await cloud.ipam.run(mad, 'allocate_address', ipamDocument(driverRange(range), address))
  return index
}

function nextFree(range: Range, size: number): number | undefined {
  const first = Number(range.attributes['NEXT_INDEX'] ?? 0)
  for (let step = 0; step < size; step += 1) {
    const index = (first + step) % size
    if (!range.leases.has(index)) return index
  }
  return undefined
}
