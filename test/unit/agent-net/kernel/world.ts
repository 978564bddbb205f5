import { emptyStack, type Link, type Stack } from '../../../../agent/host/index.ts'

/** What differs between kernels, distributions and servers, and what a plan must not depend on. */
export interface Knobs {
  /** `promote_secondaries`: systemd sets it, the kernel's default is off. */
  readonly promotes: boolean
  /** Kernels before 6.16 drop a netdev chain with its device. */
  readonly chainsDie: boolean
  /** Off: the keys under net/ipv6 do not exist. */
  readonly ipv6: boolean
  /** br_netfilter is in the kernel, or loaded already. */
  readonly bridgeFilter: boolean
}

export const plainKnobs: Knobs = {
  promotes: false,
  chainsDie: false,
  ipv6: true,
  bridgeFilter: false,
}

export type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K]
}

/** A link with what only the kernel knows of it. */
export interface KernelLink extends Mutable<Link> {
  readonly index: number
  /** The index of a veth's other end. */
  peer: number | null
  /** A bridge's MTU follows its ports until somebody changes it; making it with one does not count. */
  mtuIsSet: boolean
}

/** One stack. Everything refers to devices by name, and is renamed with them, rules excepted. */
export interface World extends Omit<Mutable<Stack>, 'links' | 'sysctls'> {
  links: KernelLink[]
  sysctls: Record<string, string>
  /** Device of each netdev chain, by the chain's name. */
  hooks: Record<string, string>
}

/** A kernel of plain values: its stacks by namespace, the host's own under null. */
export interface Kernel {
  readonly knobs: Knobs
  readonly worlds: Map<string | null, World>
  /** Names under /run/netns that lead nowhere. */
  readonly broken: Set<string>
  indexes: number
}

/** A server as it is delivered: a public NIC with a default route, a second one unnamed. */
export function createKernel(knobs: Knobs = plainKnobs): Kernel {
  const kernel: Kernel = { knobs, worlds: new Map(), broken: new Set(), indexes: 0 }
  kernel.worlds.set(null, emptyWorld(kernel))
  const host = worldOf(kernel, null)
  linkOf(kernel, null, 'lo').up = true
  appear(kernel, null, { ...blank('eth0', null, 1500), up: true })
  appear(kernel, null, blank('eth1', null, 1500))
  host.addresses.push({ device: 'eth0', address: '51.15.0.11/24' })
  host.routes.push(defaultRoute)
  return kernel
}

export const defaultRoute: Stack['routes'][number] = {
  table: 'main',
  type: 'unicast',
  destination: 'default',
  via: '51.15.0.1',
  device: 'eth0',
  source: null,
  metric: 0,
  protocol: 'boot',
}

/** A stack as the kernel makes it: `lo`, down, and the settings' defaults. */
export function emptyWorld(kernel: Kernel): World {
  const { ipv6, bridgeFilter } = kernel.knobs
  const world: World = {
    ...structuredClone({ ...emptyStack, links: [], sysctls: {} } as unknown as World),
    hooks: {},
  }
  world.sysctls = {
    'net/ipv4/ip_forward': '0',
    'net/ipv4/conf/all/send_redirects': '1',
    'net/ipv4/conf/default/send_redirects': '1',
    'net/ipv4/conf/all/rp_filter': '0',
    ...(ipv6 ? { 'net/ipv6/conf/all/disable_ipv6': '0' } : {}),
    ...(bridgeFilter ? bridgeKeys : {}),
  }
  world.links.push(numbered(kernel, blank('lo', null, 65536)))
  Object.assign(world.sysctls, deviceKeys(kernel, world, 'lo'))
  return world
}

export const bridgeKeys = {
  'net/bridge/bridge-nf-call-iptables': '1',
  'net/bridge/bridge-nf-call-ip6tables': '1',
} as const

/** Throws as entering does when there is no such namespace, or only its name is left. */
export function worldOf({ worlds, broken }: Kernel, at: string | null): World {
  const found = worlds.get(at)
  if (found === undefined || (at !== null && broken.has(at)))
    throw new Error(`namespace ${at} does not exist`)
  return found
}

export function linkOf(kernel: Kernel, at: string | null, name: string): KernelLink {
  const link = worldOf(kernel, at).links.find((candidate) => candidate.name === name)
  if (link === undefined) throw new Error(`${name} does not exist`)
  return link
}

/** A device comes into being with its settings at their defaults. Throws when the name is taken. */
export function appear(
  kernel: Kernel,
  at: string | null,
  link: Link,
  peer: number | null = null,
): KernelLink {
  const world = worldOf(kernel, at)
  if (world.links.some(({ name }) => name === link.name)) throw new Error(`${link.name} exists`)
  const made = { ...numbered(kernel, link), peer }
  world.links.push(made)
  Object.assign(world.sysctls, deviceKeys(kernel, world, link.name))
  return made
}

export function blank(name: string, kind: string | null, mtu: number): Link {
  return {
    name,
    kind,
    up: false,
    mtu,
    mac: '0a:00:00:00:00:01',
    group: 'default',
    master: null,
    alias: '',
    bridge: null,
    vxlan: null,
    vlan: null,
    port: null,
  }
}

const numbered = (kernel: Kernel, link: Link): KernelLink => {
  kernel.indexes += 1
  return { ...structuredClone(link), index: kernel.indexes, peer: null, mtuIsSet: false }
}

function deviceKeys({ knobs }: Kernel, { sysctls }: World, name: string): Record<string, string> {
  return {
    [`net/ipv4/conf/${name}/rp_filter`]: '0',
    [`net/ipv4/conf/${name}/send_redirects`]:
      sysctls['net/ipv4/conf/default/send_redirects'] ?? '1',
    [`net/ipv4/conf/${name}/arp_ignore`]: '0',
    [`net/ipv4/neigh/${name}/proxy_delay`]: '80',
    ...(knobs.ipv6
      ? {
          [`net/ipv6/conf/${name}/disable_ipv6`]: sysctls['net/ipv6/conf/all/disable_ipv6'] ?? '0',
        }
      : {}),
  }
}
