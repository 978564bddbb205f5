import { ipv4ToNumber, isIpv4, numberToIpv4 } from '../../../lib/net/index.ts'
import { vectorInner } from './attributes.ts'
import type { Cloud, Network, Range } from './cloud.ts'
import { ipamDocument, noAddress, requestedRange } from './ipam.ts'
import { errno, Refusal } from './refusal.ts'
import { parseTemplate } from './template-text.ts'
import { cdata, plain, wrapped } from './xml.ts'

/** Adds a range; one with IPAM_MAD is registered first, and the driver's answer replaces it whole. */
export async function addRange(
  cloud: Cloud,
  network: Network,
  wanted: Readonly<Record<string, string>>,
): Promise<void> {
  const mad = wanted['IPAM_MAD']
  const attributes = mad === undefined ? wanted : await register(cloud, mad, wanted)
  // Ids are given again: the highest plus one.
  const id = Math.max(-1, ...network.ranges.map((one) => one.id)) + 1
  network.ranges.push({ id, attributes: completed(attributes, id), leases: new Map() })
}

/** What oned keeps of a range whatever its user writes; all else is dropped unless it is repeated. */
const kept = ['TYPE', 'SHARED', 'MAC', 'IPAM_MAD', 'IP', 'AR_ID', 'NEXT_INDEX'] as const

/** Without a call of any driver. */
export function updateRange(network: Network, wanted: Readonly<Record<string, string>>): void {
  const range = network.ranges.find(({ id }) => String(id) === wanted['AR_ID'])
  if (!range) throw new Refusal(errno.internal, 'Address Range does not exist')
  const own = kept.flatMap((name) => {
    const value = range.attributes[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const size = wanted['SIZE'] ?? range.attributes['SIZE'] ?? '1'
  if ([...range.leases.keys()].some((index) => index >= Number(size)))
    throw new Refusal(
      errno.internal,
      'New SIZE cannot be applied. There are used leases that would fall outside the range.',
    )
  range.attributes = { ...wanted, SIZE: size, ...Object.fromEntries(own) }
}

/** Throws the driver's refusal, and then the range is still there. */
export async function unregister(cloud: Cloud, range: Range): Promise<void> {
  const mad = range.attributes['IPAM_MAD']
  if (mad === undefined) return
  const document = ipamDocument(driverRange(range), noAddress)
  await cloud.ipam.run(mad, 'unregister_address_range', document)
}

async function register(cloud: Cloud, mad: string, wanted: Readonly<Record<string, string>>) {
  const document = ipamDocument(requestedRange(wanted), noAddress)
  const answer = await cloud.ipam.run(mad, 'register_address_range', document)
  const [range] = parseTemplate(answer).vectors('AR')
  if (!range) throw new Refusal(errno.internal, 'AR not found in IPAM driver response')
  return range
}

function completed(attributes: Readonly<Record<string, string>>, id: number) {
  const { IP: ip, SIZE: size } = attributes
  const wantsIp = /^IP4/i.test(attributes['TYPE'] ?? '')
  if (wantsIp && (ip === undefined || !isIpv4(ip))) {
    throw new Refusal(errno.internal, 'Wrong or empty IP attribute')
  }
  if (size === undefined || !/^[1-9]\d*$/.test(size)) {
    throw new Refusal(errno.internal, 'Wrong SIZE for address range')
  }
  const mac = attributes['MAC'] ?? macOf(ip ?? numberToIpv4(id + 1))
  const own = { AR_ID: String(id), MAC: mac, NEXT_INDEX: '0', SHARED: 'NO' }
  return { ...attributes, ...own, SHARED: attributes['SHARED'] ?? 'NO' }
}

/** oned's MAC: its prefix 02:00 and the four octets of the address. */
function macOf(ip: string): string {
  const octets = ip.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'))
  return ['02', '00', ...octets].join(':')
}

export const sizeOf = ({ attributes }: Range): number => Number(attributes['SIZE'])

export function ipAt(range: Range, index: number): string {
  const first = range.attributes['IP']
  return first === undefined ? '' : numberToIpv4(ipv4ToNumber(first) + index)
}

export function macAt(range: Range, index: number): string {
  const first = Number.parseInt((range.attributes['MAC'] ?? '').replaceAll(':', ''), 16)
  const text = (first + index).toString(16).padStart(12, '0')
  return text.match(/../g)?.join(':') ?? ''
}

export function indexOf(range: Range, ip: string): number | undefined {
  const first = range.attributes['IP']
  if (first === undefined || !isIpv4(ip)) return undefined
  const index = ipv4ToNumber(ip) - ipv4ToNumber(first)
  return index >= 0 && index < sizeOf(range) ? index : undefined
}

/** The AR as drivers get it: all but the leases. */
export function driverRange(range: Range): string {
  const last = sizeOf(range) - 1
  return (
    vectorInner(range.attributes) +
    cdata('MAC_END', macAt(range, last)) +
    (range.attributes['IP'] === undefined ? '' : cdata('IP_END', ipAt(range, last))) +
    plain('USED_LEASES', range.leases.size)
  )
}

export function rangeXml(range: Range): string {
  const leases = [...range.leases].sort(([a], [b]) => a - b)
  const lease = ([index, vm]: [number, number]) =>
    wrapped(
      'LEASE',
      cdata('IP', ipAt(range, index)) + cdata('MAC', macAt(range, index)) + cdata('VM', vm),
    )
  const inner = leases.length === 0 ? '<LEASES/>' : wrapped('LEASES', leases.map(lease).join(''))
  return wrapped('AR', driverRange(range) + inner)
}

/** Pools show ranges as stored: without ends, counts and leases. */
export function pooledRangeXml(range: Range): string {
  return wrapped('AR', vectorInner(range.attributes))
}
