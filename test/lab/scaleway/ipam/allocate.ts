import {
  contains,
  ipv4ToNumber,
  isIpv4,
  numberToIpv4,
  parseCidr,
} from '../../../../lib/net/index.ts'
import type { Sim } from '../engine/sim.ts'
import {
  alreadyExists,
  invalidArgument,
  notFound,
  preconditionFailed,
} from '../transport/errors.ts'
import type { PrivateNetwork, Subnet } from '../vpc/model.ts'
import type { IpamIp, IpamResource } from './model.ts'

export interface Booking {
  readonly project: string
  readonly network: PrivateNetwork
  readonly ipv6: boolean
  readonly booked: boolean
  readonly resource: IpamResource | null
  readonly tags: readonly string[]
  /** Without prefix length; the lowest free one unless given. */
  readonly address?: string
}

/** Takes an address of a private network. 400 outside its subnet or reserved, 409 when taken. */
export function takeIp(sim: Sim, booking: Booking): IpamIp {
  const { network, ipv6 } = booking
  const subnet = network.subnets.find((candidate) => candidate.subnet.includes(':') === ipv6)
  if (!subnet) throw invalidArgument('is_ipv6', 'constraint', 'no such subnet in this network')
  const taken = takenIn(sim, subnet)
  const address = booking.address
    ? checked(subnet, taken, booking.address)
    : ipv6
      ? freeIpv6(sim, subnet, taken)
      : freeIpv4(subnet, taken)
  const now = sim.clock.stamp()
  const id = sim.chance.uuid()
  const ip: IpamIp = {
    id,
    address: `${address}/${subnet.subnet.split('/')[1]}`,
    project_id: booking.project,
    is_ipv6: ipv6,
    created_at: now,
    updated_at: now,
    source: { subnet_id: subnet.id },
    resource: booking.resource?.type === 'custom' ? { ...booking.resource, id } : booking.resource,
    tags: booking.tags,
    reverses: [],
    region: network.region,
    zone: null,
    hidden: { network: network.id, vpc: network.vpc_id, booked: booking.booked },
  }
  sim.store.ipamIps.set(id, ip)
  sim.store.born.set(ip, sim.clock.now())
  return ip
}

/** The booked addresses given to a managed resource, or without any an IPv4 and an IPv6 of its own. */
export function claimIp(
  sim: Sim,
  network: PrivateNetwork,
  resource: IpamResource,
  bookedIds: readonly string[],
): IpamIp[] {
  if (bookedIds.length > 0)
    return needBooked(sim, network, bookedIds).map((ip) => Object.assign(ip, { resource }))
  const families = resource.type === 'vpc_gateway_network' ? [false] : [false, true]
  return families.map((ipv6) =>
    takeIp(sim, {
      project: network.project_id,
      network,
      ipv6,
      booked: false,
      resource,
      tags: [],
    }),
  )
}

/** What a leaving resource does with its address: booked ones stay, its own vanish. */
export function releaseIp(sim: Sim, id: string): void {
  const ip = sim.store.ipamIps.get(id)
  if (!ip) return
  if (ip.hidden.booked) ip.resource = null
  else sim.store.ipamIps.delete(id)
}

/** Booked addresses of that network that nothing uses yet. */
export function needBooked(sim: Sim, network: PrivateNetwork, ids: readonly string[]): IpamIp[] {
  return ids.map((id) => {
    const ip = sim.store.ipamIps.get(id)
    if (!ip) throw notFound('ip', id)
    if (ip.hidden.network !== network.id)
      throw invalidArgument('ipam_ip_ids', 'constraint', 'IP is not in this Private Network')
    if (ip.resource) throw alreadyExists('ip', id, 'IP is attached to another resource')
    return ip
  })
}

function takenIn(sim: Sim, subnet: Subnet): Set<string> {
  return new Set(
    [...sim.store.ipamIps.values()]
      .filter(({ source }) => source.subnet_id === subnet.id)
      .map(({ address }) => address.split('/')[0] ?? ''),
  )
}

function checked(subnet: Subnet, taken: Set<string>, address: string): string {
  if (!subnet.subnet.includes(':')) {
    const range = parseCidr(subnet.subnet)
    if (!isIpv4(address) || !contains(range, address) || reserved(range, ipv4ToNumber(address)))
      throw invalidArgument('address', 'constraint', 'address is not usable in this subnet')
  }
  if (taken.has(address)) throw alreadyExists('ip', '', `${address} is already in use`)
  return address
}

/** Network, first address (the network's own services) and broadcast. */
const reserved = ({ first, last }: { first: number; last: number }, value: number) =>
  value <= first + 1 || value >= last

function freeIpv4(subnet: Subnet, taken: Set<string>): string {
  const range = parseCidr(subnet.subnet)
  for (let value = range.first + 2; value < range.last; value += 1) {
    const address = numberToIpv4(value)
    if (!taken.has(address)) return address
  }
  throw preconditionFailed('unknown_precondition', 'no address left in this subnet')
}

function freeIpv6(sim: Sim, subnet: Subnet, taken: Set<string>): string {
  const prefix = (subnet.subnet.split('/')[0] ?? '').replace(/::$/, '')
  for (;;) {
    const address = `${prefix}:${Array.from({ length: 4 }, () => `1${sim.chance.hex(3)}`).join(':')}`
    if (!taken.has(address)) return address
  }
}
