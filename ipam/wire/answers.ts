import { isIPv4 } from 'node:net'
import { renderTemplate, type Vector } from '../../lib/opennebula/index.ts'
import { ipamFault } from './faults.ts'
import type { DriverRequest } from './request.ts'

/** The address of a range whose lease oned wants. Throws EDGE_IPAM_SIZE, EDGE_IPAM_ADDRESS. */
export function getAddress({ range, address }: DriverRequest): string {
  refuseMany(address.size)
  return renderTemplate({ ADDRESS: { IP: addressOf(range), SIZE: 1 } })
}

/** Takes the one address asked for; any other is refused. oned ignores what is printed. */
export function allocateAddress({ range, address }: DriverRequest): string {
  refuseMany(address.size)
  const held = addressOf(range)
  if (address.ip !== undefined && address.ip !== held) {
    throw ipamFault('EDGE_IPAM_ADDRESS', `The range holds ${held} only, not ${address.ip}`)
  }
  return ''
}

/**
 * Always succeeds: a failure would leave the lease in oned for ever, and oned frees addresses that
 * were never held.
 */
export function freeAddress(_request: DriverRequest): string {
  return ''
}

/** The range's attributes as they go to the controller. Throws what could never be registered. */
export function registrable({ range }: DriverRequest): Vector {
  const size = range['SIZE'] ?? '1'
  if (size !== '1') throw tooLarge(size)
  const family = (range['SCALEWAY_IP_TYPE'] ?? 'ipv4').toLowerCase()
  if (family !== 'ipv4' || (range['TYPE'] ?? 'IP4').toUpperCase() !== 'IP4') {
    throw ipamFault('EDGE_IPAM_FAMILY', 'IPv6 address ranges are not offered')
  }
  if (!/^\d+$/.test(range['PROVISION_ID'] ?? '')) {
    throw ipamFault('EDGE_IPAM_PROVISION', 'The address range has no PROVISION_ID')
  }
  return range
}

/**
 * The controller's range as oned's answer, whole: it replaces the AR, and without IPAM_MAD oned
 * would never call us again. Throws EDGE_IPAM_CONTROLLER when something needed is missing.
 */
export function rangeAnswer(range: Vector): string {
  for (const name of ['TYPE', 'IP', 'SIZE', 'IPAM_MAD', 'EXTERNAL_IP', 'GATEWAY']) {
    if (!range[name]) {
      throw ipamFault('EDGE_IPAM_CONTROLLER', `The controller answered a range without ${name}`)
    }
  }
  return renderTemplate({ AR: range })
}

function addressOf(range: Vector): string {
  const ip = range['IP'] ?? ''
  if (isIPv4(ip)) return ip
  throw ipamFault('EDGE_IPAM_REQUEST', `The range's IP "${ip.slice(0, 40)}" is not an IPv4 address`)
}

function refuseMany(size: number): void {
  if (size === 1) return
  throw ipamFault('EDGE_IPAM_SIZE', `One address at a time, not ${size}`, {
    hint: 'Reserve addresses one by one: onevnet reserve -s 1.',
  })
}

function tooLarge(size: string): Error {
  return ipamFault('EDGE_IPAM_SIZE', `A range of size ${size.slice(0, 20)} was asked for`, {
    hint: 'Each flexible IP is a range of its own: edgectl provision add-ip PROVISION --amount N.',
  })
}
