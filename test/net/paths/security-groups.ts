import type { Machine } from '../agent/fabric.ts'

/**
 * Which stock driver was the first on a host: it alone makes the jump out of FORWARD, and the elastic
 * driver, whose VMs may be routed to, makes it for everything, not only for what is bridged.
 */
export type DriverOrder = 'vxlan first' | 'elastic first'

/** One rule of an OpenNebula security group; what no rule allows is dropped. */
export interface Rule {
  readonly way: 'in' | 'out'
  readonly protocol: 'all' | 'tcp' | 'udp' | 'icmp'
  /** As in RANGE: `80` or `22,80:90`. */
  readonly ports?: string
  /** What IP and SIZE come to: the source of what comes in, the destination of what goes out. */
  readonly net?: string
}

export interface SecuredNic {
  /** NIC/TARGET. */
  readonly port: string
  readonly driver: 'vxlan' | 'elastic'
  readonly address: string
  readonly group: number
  readonly rules: readonly Rule[]
}

export const allowAll: readonly Rule[] = [
  { way: 'in', protocol: 'all' },
  { way: 'out', protocol: 'all' },
]

/**
 * Programs a host as the stock drivers of OpenNebula 7.5 do, anew: the same chains, sets and order of
 * rules, in one transaction each instead of one process for each rule.
 */
export async function secure(
  host: Machine,
  nics: readonly SecuredNic[],
  order: DriverOrder,
): Promise<void> {
  const sets = nics.flatMap((nic) => nic.rules.flatMap((rule) => setLines(nic, rule)))
  await host.sh(`ip6tables-restore <<'END'\n${filterTable(nics, order, 6)}END
    iptables -F; iptables -X; ipset destroy
    ipset restore -exist <<'END'\n${sets.map((line) => `${line}\n`).join('')}END
    iptables-restore <<'END'\n${filterTable(nics, order, 4)}END`)
}

type Family = 4 | 6

function filterTable(nics: readonly SecuredNic[], order: DriverOrder, family: Family): string {
  const bridged = order === 'vxlan first' ? '-m physdev --physdev-is-bridged ' : ''
  const lines = [
    ...['*filter', ':INPUT ACCEPT', ':FORWARD ACCEPT', ':OUTPUT ACCEPT', ':opennebula -'],
    ...nics.flatMap(({ port }) => [`:${port}-i -`, `:${port}-o -`]),
    `-A FORWARD ${bridged}-j opennebula`,
    '-A opennebula -j ACCEPT',
    ...nics.flatMap((nic) => jumps(nic, family)),
    ...nics.flatMap((nic) => chains(nic, family)),
    'COMMIT',
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** In front of the final ACCEPT, the newest NIC first; a packet returns from there or is dropped. */
function jumps({ port, driver, address }: SecuredNic, family: Family): string[] {
  const bridged = '-I opennebula -m physdev --physdev-is-bridged'
  const inward =
    driver === 'vxlan' ? `${bridged} --physdev-out ${port}` : `-I opennebula -d ${address}`
  // The elastic driver jumps by address, and these VMs have none of IPv6.
  if (family === 6 && driver === 'elastic') return []
  return [
    `${inward} -j ${port}-i`,
    `${bridged} --physdev-in ${port} -j ${port}-o`,
    ...(family === 4 ? [`-A INPUT -m physdev --physdev-in ${port} -j ${port}-o`] : []),
  ]
}

function chains(nic: SecuredNic, family: Family): string[] {
  const sides = [`${nic.port}-i`, `${nic.port}-o`]
  return [
    ...sides.map((chain) => `-A ${chain} -m state --state ESTABLISHED,RELATED -j RETURN`),
    ...(family === 4 ? nic.rules.map((rule) => ruleLine(nic, rule)) : []),
    ...sides.map((chain) => `-A ${chain} -j DROP`),
  ]
}

function ruleLine(nic: SecuredNic, rule: Rule): string {
  const { way, protocol, ports } = rule
  const chain = `-A ${nic.port}-${side(rule)}`
  const end = way === 'in' ? 'src' : 'dst'
  const range = ports === undefined ? '' : ` -m multiport --dports ${ports}`
  if (rule.net === undefined) return `${chain} -p ${protocol}${range} -j RETURN`
  return ports === undefined
    ? `${chain} -p ${protocol} -m set --match-set ${setName(nic, rule)} ${end} -j RETURN`
    : `${chain} -m set --match-set ${setName(nic, rule)} ${end},dst -j RETURN`
}

function setLines(nic: SecuredNic, rule: Rule): string[] {
  const { net, ports, protocol } = rule
  if (net === undefined) return []
  const name = setName(nic, rule)
  if (ports === undefined) return [`create ${name} hash:net family inet`, `add ${name} ${net}`]
  return [
    `create ${name} hash:net,port family inet`,
    ...ports.split(',').map((range) => `add ${name} ${net},${protocol}:${range.replace(':', '-')}`),
  ]
}

const side = ({ way }: Rule): string => (way === 'in' ? 'i' : 'o')
const setName = ({ port, group }: SecuredNic, rule: Rule): string =>
  `${port}-${group}-${side(rule)}-${rule.ports === undefined ? `${rule.protocol}-n` : 'nr'}-inet`
