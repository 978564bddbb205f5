import { createHash } from 'node:crypto'
import { isIPv4 } from 'node:net'

/** How the agent recognises what it made; nothing without one of these marks is ever removed. */
export const linkGroup = '77'
/** Route, rule and neighbour protocol number. */
export const protocol = '88'
/** Name of every nft table of ours, in every family and namespace. */
export const tableName = 'fx'
/** One MAC for every gateway on every host, so that a VM keeps its gateway when it moves. */
export const gatewayMac = '02:00:5e:00:01:01'
/** What a VXLAN device's forwarding entry says of broadcasts and of MACs it does not know. */
export const floodedMac = '00:00:00:00:00:00'
/** FRR installs type-2 routes for this port only (measured with 8.4). */
export const vxlanPort = 4789
/** The kernel's old default port, which a stock device without `dstport` listens on. */
export const oldVxlanPort = 8472
export const rulePriority = 1000

export const namespaceOf = (network: number): string => `fx${network}`
/** The host's end of the veth that is a port of the VM bridge. */
export const routerPortOf = (network: number): string => `fxr${network}`
/** The host's end of the veth between host and namespace. */
export const routerLinkOf = (network: number): string => `fxl${network}`
/** Routing table of a network that leaves by the public gateway. */
export const routeTableOf = (network: number): string => String(100_000 + network)
/** Conntrack zone of a network's bridge: equal prefixes of two tenants stay apart; 16 bits, 0 is the host's. */
export const zoneOf = (network: number): number => (network % 65_535) + 1
/** Whatever group it is in: the host's end of a router namespace's veths is ours by its name. */
export const isRouterLink = (name: string): boolean => /^fx[rl]\d+$/.test(name)
export const isOurNamespace = (name: string): boolean => /^fx\d+$/.test(name)

/** Our rule in iptables' FORWARD, as `iptables -S` writes it: marked by its comment. */
export const forwardRule = (way: 'incoming' | 'outgoing'): readonly string[] => [
  way === 'incoming' ? '-i' : '-o',
  'fxl+',
  ...['-m', 'comment', '--comment', tableName, '-j', 'ACCEPT'],
]

const changing = 'fx:changing'
/** IFALIASZ of linux/if.h, with its closing zero. */
const aliasBytes = 256

/**
 * Alias of a router's port while the inside of its namespace is changed, in place of the hash: an agent
 * that takes over then trusts nothing there, and knows the elastic addresses whose connections are to
 * be forgotten and who are to be announced.
 */
export function changingMark(addresses: readonly string[]): string {
  if (addresses.length === 0) return changing
  const whole = `${changing}:${addresses.join()}`
  return whole.length < aliasBytes ? whole : `${changing}:*`
}

/**
 * The addresses of a change that did not come to its end; `*` stands for all there are. An alias is
 * anybody's to write, and what it names becomes words of a command: all else is left out.
 */
export function changingOf(alias: string): readonly string[] {
  if (!alias.startsWith(`${changing}:`)) return []
  return alias
    .slice(changing.length + 1)
    .split(',')
    .filter((word) => word === '*' || isIPv4(word))
}

/** A short hash of any JSON value, stable as long as its members keep their order. */
export const fingerprint = (value: unknown): string => hashOf(JSON.stringify(value))

export const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16)

/** A locally administered MAC of its own for a bridge, so that it never follows its ports. */
export function bridgeMac(server: string, bridge: string): string {
  const hex = createHash('sha256').update(`${server}/${bridge}`).digest('hex').slice(0, 10)
  return `06:${(hex.match(/../g) ?? []).join(':')}`
}
