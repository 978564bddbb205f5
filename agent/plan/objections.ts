import {
  type ElasticAddress,
  type HostSpec,
  type PrivateNetwork,
  type PublicNetwork,
  underlayName,
  type VmPort,
} from '../../lib/contract/index.ts'
import {
  addressOf,
  type Cidr,
  contains,
  holds,
  ipv4ToNumber,
  isIpv4,
  overlaps,
  parseCidr,
} from '../../lib/net/index.ts'
import type { Link, Observed } from '../host/index.ts'
import { gatewayMac, linkGroup, linkNamed } from '../host/index.ts'

/** Whom an object of the spec could harm. */
export interface Host {
  readonly spec: HostSpec
  readonly observed: Observed
  readonly publicDevice: string | null
  /** Where addresses of VMs with elastic ones come from. */
  readonly pool: Cidr
  /** Ranges no tenant may use, and whose they are. */
  readonly kept: readonly (readonly [Cidr, string])[]
  /** Addresses the host cannot do without, and why. */
  readonly needed: ReadonlyMap<string, string>
  /** Devices by the other names that lead to them. */
  readonly otherNames: ReadonlyMap<string, string>
  /** VXLAN devices by their VNI. */
  readonly tunnels: ReadonlyMap<number, readonly Link[]>
}

export function hostOf(spec: HostSpec, observed: Observed, publicDevice: string | null): Host {
  const tunnels = observed.host.links.filter(({ vxlan }) => vxlan !== null)
  return {
    ...{ spec, observed, publicDevice },
    pool: parseCidr(spec.pools.elastic),
    kept: keptToTheHost(spec),
    needed: neededByTheHost(observed),
    otherNames: new Map(
      observed.host.links.flatMap(({ name, altnames = [] }) =>
        altnames.map((other) => [other, name] as const),
      ),
    ),
    tunnels: Map.groupBy(tunnels, ({ vxlan }) => vxlan?.id ?? 0),
  }
}

/** Two link addresses per network id are cut from the pool, without any allocation to remember. */
export function idObjection(id: number, spec: HostSpec): string | null {
  const { first, last } = parseCidr(spec.pools.links)
  return first + 2 * id + 1 > last
    ? `its id does not fit into the link pool ${spec.pools.links}`
    : null
}

export function bridgeObjection(
  { bridge }: PublicNetwork | PrivateNetwork,
  { observed, publicDevice, spec, otherNames }: Host,
): string | null {
  if (isReserved(bridge, publicDevice, spec)) return `bridge name ${bridge} is the host's own`
  const other = otherNames.get(bridge)
  if (other !== undefined) return `bridge name ${bridge} is another name of ${other}`
  const link = linkNamed(observed.host, bridge)
  if (link === undefined || link.group === linkGroup) return null
  if (link.kind !== 'bridge') return `${bridge} is not a bridge but ${link.kind ?? 'hardware'}`
  const uplink = observed.host.links.find(({ master, kind }) => master === bridge && kind === null)
  if (uplink !== undefined)
    return `bridge ${bridge} belongs to the host, ${uplink.name} is plugged into it`
  const carried = observed.host.addresses.some(({ device }) => device === bridge)
  return carried ? `bridge ${bridge} belongs to the host, it carries an address` : null
}

export function deviceObjection(
  { device, vni }: PrivateNetwork,
  { observed, spec, tunnels }: Host,
): string | null {
  if (device !== `${underlayName}.${vni}`)
    return `device ${device} should be ${underlayName}.${vni}`
  const link = linkNamed(observed.host, device)
  if (link !== undefined && link.kind !== 'vxlan' && link.group !== linkGroup)
    return `${device} is not a VXLAN device`
  const carrying = (tunnels.get(vni) ?? []).find(
    ({ name }) => name !== device && !spec.networks.some((network) => network.device === name),
  )
  return carrying !== undefined && carrying.group !== linkGroup
    ? `VNI ${vni} is in use by ${carrying.name}`
    : null
}

const notForTenants: readonly (readonly [Cidr, string])[] = [
  [parseCidr('0.0.0.0/8'), 'this host'],
  [parseCidr('127.0.0.0/8'), 'loopback'],
  [parseCidr('169.254.0.0/16'), 'link-local'],
  [parseCidr('224.0.0.0/3'), 'multicast or reserved'],
]

export function gatewayObjection(
  { gateway, vteps }: PrivateNetwork,
  { spec, kept }: Host,
): string | null {
  const malformed = vteps.find((text) => !isIpv4(text))
  if (malformed !== undefined) return `VTEP ${malformed} is not an IPv4 address`
  if (gateway === null) return null
  const prefix = cidrOrNull(gateway)
  const [address = ''] = gateway.split('/')
  if (prefix === null) return `gateway ${gateway} is not an address with prefix length`
  if (prefix.bits < 8 || prefix.bits > 30)
    return `gateway ${gateway} has no usable prefix length (8 to 30)`
  const value = ipv4ToNumber(address)
  if (value === prefix.first || value === prefix.last)
    return `gateway ${address} is the network's or broadcast address`
  if (overlaps(prefix, parseCidr(spec.pools.links)))
    return `its prefix overlaps the link pool ${spec.pools.links}`
  const inside = kept.find(([range]) => contains(range, address))
  return inside === undefined ? null : `gateway ${address} lies inside ${inside[1]}`
}

/** The hypervisor names taps so; a tenant's own TARGET could name somebody else's. */
export function portObjection({ port, vm, nic, mac }: VmPort): string | null {
  if (port !== `one-${vm}-${nic}`) return `it is not named one-${vm}-${nic}`
  if (port.length > 15) return 'no device may have so long a name'
  if (mac === gatewayMac) return `its MAC ${mac} is the gateway's`
  const isGroup = Number.parseInt(mac.slice(0, 2), 16) % 2 === 1
  return isGroup || mac === '00:00:00:00:00:00' ? `its MAC ${mac} is none a VM may have` : null
}

/** Whether a VM may have this address in a network with this gateway. */
export function isForVms(text: string, gateway: string | null): boolean {
  if (!isIpv4(text)) return false
  const value = ipv4ToNumber(text)
  if (notForTenants.some(([range]) => holds(range, value))) return false
  if (gateway === null) return true
  const prefix = parseCidr(gateway)
  return text !== addressOf(gateway) && value !== prefix.first && value !== prefix.last
}

export function elasticObjection(
  elastic: ElasticAddress,
  networks: readonly PublicNetwork[],
  { spec, pool, kept, needed }: Host,
): string | null {
  const { external, address, gateway, network } = elastic
  const malformed = [external, address, gateway].find((text) => !isIpv4(text))
  if (malformed !== undefined) return `${malformed} is not an IPv4 address`
  if (!networks.some(({ id }) => id === network))
    return `its public network ${network} is not on this host`
  const inner = ipv4ToNumber(address)
  if (!holds(pool, inner)) return `VM address ${address} is outside ${spec.pools.elastic}`
  if (ipv4ToNumber(gateway) !== otherOfPair(inner))
    return `gateway ${gateway} is not the other address of the pair of ${address}`
  const outer = ipv4ToNumber(external)
  const inside = kept.find(([range]) => holds(range, outer))
  return inside === undefined ? (needed.get(external) ?? null) : `it lies inside ${inside[1]}`
}

/** Of a /31. */
const otherOfPair = (value: number): number => (value % 2 === 0 ? value + 1 : value - 1)

/** Routed to a VM, these would cut the host off, or let a tenant answer in their place. */
function neededByTheHost({ host, controllers = [] }: Observed): ReadonlyMap<string, string> {
  return new Map([
    ...controllers.map((address) => [address, 'a controller comes from it'] as const),
    ...host.routes.flatMap(({ via }) =>
      via === null ? [] : [[via, 'the host routes by it'] as const],
    ),
    ...host.addresses.map(
      ({ address, device }) => [addressOf(address), `it is the address of ${device}`] as const,
    ),
  ])
}

function keptToTheHost(spec: HostSpec): (readonly [Cidr, string])[] {
  return [
    ...notForTenants,
    [parseCidr(spec.underlay.address), `the underlay ${spec.underlay.address}`],
    [parseCidr(spec.pools.links), `the link pool ${spec.pools.links}`],
    [parseCidr(spec.pools.elastic), `the elastic pool ${spec.pools.elastic}`],
    [parseCidr(`${spec.public.address}/32`), "the host's public address"],
  ]
}

function cidrOrNull(text: string): Cidr | null {
  try {
    return parseCidr(text)
  } catch {
    return null
  }
}

function isReserved(name: string, publicDevice: string | null, { underlay }: HostSpec): boolean {
  return (
    name === underlayName ||
    name === publicDevice ||
    (underlay.medium.kind === 'link' && name === underlay.medium.device) ||
    ['lo', 'all', 'default', '.', '..'].includes(name) ||
    // Another network's VXLAN device is called so.
    name.startsWith(`${underlayName}.`) ||
    // Rules speak of every link that begins so.
    /^fx[rl]/.test(name) ||
    // iproute2 takes it for the device with that number when there is none of that name.
    /^if\d+$/.test(name) ||
    // No device may have it, in any kernel.
    name.includes(':') ||
    name.startsWith('-') ||
    /^one-\d/.test(name)
  )
}
