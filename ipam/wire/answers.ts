import { isIpv4 } from '../../lib/net/ipv4.ts'
import { renderTemplate, type Vector } from '../../lib/opennebula/template.ts'
import { ipamFault } from './faults.ts'
import type { DriverRequest } from './request.ts'
import { short } from './short.ts'

/**
 * The address of a range whose lease oned wants. A range of ours has one, whatever SIZE somebody gave
 * it since. Throws EDGE_IPAM_SIZE, EDGE_IPAM_ADDRESS.
 */
export function getAddress({ range, address }: DriverRequest): string {
  refuseMany(address.size)
  const held = addressOf(range)
  if (/^0*[1-9]/.test(range['USED_LEASES'] ?? '')) {
    throw ipamFault('EDGE_IPAM_ADDRESS', `The range holds ${held} only, which is in use`, {
      hint: `Set its SIZE back to 1: onevnet updatear NETWORK ${short(range['AR_ID'] ?? 'AR')}.`,
    })
  }
  return renderTemplate({ ADDRESS: { IP: held, SIZE: 1 } })
}

/** Takes the one address asked for. Throws EDGE_IPAM_SIZE, EDGE_IPAM_ADDRESS for any other. */
export function allocateAddress({ range, address }: DriverRequest): void {
  refuseMany(address.size)
  const held = addressOf(range)
  if (address.ip === held) return
  const asked = address.ip === undefined ? 'no address was named' : `not ${short(address.ip)}`
  throw ipamFault('EDGE_IPAM_ADDRESS', `The range holds ${held} only, ${asked}`)
}

/**
 * The controller's range as oned's answer, whole: it replaces the AR, and without IPAM_MAD oned
 * would never call us again. Throws EDGE_IPAM_CONTROLLER when something needed is missing, or is
 * what oned could not take: it would keep neither the range nor the address.
 */
export function rangeAnswer(range: Vector): string {
  for (const name of ['TYPE', 'IP', 'SIZE', 'IPAM_MAD', 'EXTERNAL_IP', 'GATEWAY']) {
    if (!range[name]) {
      throw ipamFault('EDGE_IPAM_CONTROLLER', `The controller answered a range without ${name}`)
    }
  }
  const wrong =
    range['TYPE'] !== 'IP4' || range['SIZE'] !== '1' || range['MAC'] !== undefined
      ? 'TYPE, SIZE or MAC'
      : ['IP', 'EXTERNAL_IP', 'GATEWAY'].find((name) => !isIpv4(range[name] ?? ''))
  if (wrong === undefined && isTemplate(range)) return renderTemplate({ AR: range })
  throw ipamFault(
    'EDGE_IPAM_CONTROLLER',
    `The controller answered a range with a wrong ${wrong ?? 'attribute'}`,
  )
}

/** Whether oned's parser reads back what would be printed: it takes `ip` for IP, and the first of two. */
export function isTemplate(range: Vector): boolean {
  if (!Object.keys(range).every((name) => /^[A-Z0-9_]+$/.test(name))) return false
  try {
    renderTemplate({ AR: range })
    return true
  } catch {
    return false
  }
}

function addressOf(range: Vector): string {
  const ip = range['IP'] ?? ''
  if (isIpv4(ip)) return ip
  throw ipamFault('EDGE_IPAM_REQUEST', `The range's IP "${short(ip)}" is not an IPv4 address`)
}

function refuseMany(size: number): void {
  if (size === 1) return
  throw ipamFault('EDGE_IPAM_SIZE', `One address at a time, not ${size}`, {
    hint: 'Reserve addresses one by one: onevnet reserve NETWORK -s 1.',
  })
}
