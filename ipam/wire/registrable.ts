import type { Vector } from '../../lib/opennebula/template.ts'
import { isTemplate } from './answers.ts'
import { ipamFault } from './faults.ts'
import type { DriverRequest } from './request.ts'
import { short } from './short.ts'

/** What only the cloud or OpenNebula can say of a new range. */
const chosen = {
  IP: 'the private address comes from the pool of elastic VM addresses',
  EXTERNAL_IP: 'Scaleway chooses the public address',
  MAC: 'OpenNebula makes it from the private address',
} as const

/** Sunstone's form wants an IP; the unspecified address asks for none. */
const unspecified = '0.0.0.0'

/**
 * The range's attributes as they go to the controller. Throws what could never be registered before
 * anything is ordered: what fails afterwards is never unregistered by oned.
 */
export function registrable({ range }: DriverRequest): Vector {
  checkFamily(range)
  const provision = range['PROVISION_ID'] ?? ''
  checkSize(range['SIZE'] ?? '1', provision)
  for (const [name, why] of Object.entries(chosen)) {
    const asked = range[name] ?? ''
    if (asked === '' || (name === 'IP' && asked === unspecified)) continue
    throw ipamFault('EDGE_IPAM_FIXED', `${name} ${short(asked)} was asked for, but ${why}`, {
      hint: `Leave out ${name}${name === 'IP' ? `, or set it to ${unspecified}` : ''}.`,
    })
  }
  if (/^yes$/i.test(range['SHARED'] ?? '')) {
    throw ipamFault('EDGE_IPAM_REQUEST', 'A shared range cannot have an IPAM driver', {
      hint: 'Leave out SHARED.',
    })
  }
  if (!/^\d{1,15}$/.test(provision)) {
    throw ipamFault(
      'EDGE_IPAM_PROVISION',
      provision === ''
        ? 'The address range has no PROVISION_ID'
        : `PROVISION_ID "${short(provision)}" is not the number of a provision`,
    )
  }
  for (const [name, value] of Object.entries(range)) {
    if (isTemplate({ [name]: value })) continue
    throw ipamFault(
      'EDGE_IPAM_REQUEST',
      `OpenNebula cannot read back the attribute ${short(name)}`,
      {
        hint: 'Names are upper case; a value must not hold "]]>" nor end with a backslash.',
      },
    )
  }
  return range
}

function checkFamily(range: Vector): void {
  const family = range['SCALEWAY_IP_TYPE'] || 'ipv4'
  const type = range['TYPE'] || 'IP4'
  if (/6/.test(type) || /^ipv6$/i.test(family)) {
    throw ipamFault('EDGE_IPAM_FAMILY', 'OpenNebula leases no IPv6 address of an IPAM driver', {
      hint: 'Leave out SCALEWAY_IP_TYPE, and set TYPE to IP4.',
    })
  }
  if (!/^ip4$/i.test(type)) {
    throw ipamFault('EDGE_IPAM_FAMILY', `A flexible IP is a range of TYPE IP4, not ${short(type)}`)
  }
  if (/^ipv4$/i.test(family)) return
  throw ipamFault('EDGE_IPAM_FAMILY', `SCALEWAY_IP_TYPE "${short(family)}" does not exist`)
}

/** n flexible IPs are n ranges: each is ordered, billed and released by itself. */
function checkSize(size: string, provision: string): void {
  if (size === '1' || size === '') return
  const many = /^[1-9]\d{0,8}$/.test(size)
  throw ipamFault('EDGE_IPAM_SIZE', `A range of SIZE ${short(size)} was asked for`, {
    hint: many
      ? `Each flexible IP is a range of its own: edgectl provision add-ip ${/^\d{1,15}$/.test(provision) ? provision : 'PROVISION'} --amount ${size}.`
      : 'Set SIZE to 1.',
  })
}
