import type { FdbEntry, Neighbour, Route, Rule } from '../host/index.ts'
import { linkGroup, protocol } from '../host/index.ts'
import type { LinkSetting, NetworkStep, NewLink } from '../plan/index.ts'

/** The lines of `ip -batch` that carry out a step; empty for steps that are not ip's. */
export function ipLines(step: NetworkStep): string[] {
  switch (step.kind) {
    case 'link-rename':
      return [`link set dev ${step.from} down`, `link set dev ${step.from} name ${step.to}`]
    case 'link-add':
      return [addLine(step.link)]
    case 'link-set':
      return setLines(step.name, step.to)
    case 'link-delete':
      return [`link delete dev ${step.name}`]
    case 'mark':
      return [`link set dev ${step.link} alias ${step.mark}`]
    case 'namespace-add':
      return [`netns add ${step.name}`]
    case 'namespace-delete':
      return [`netns delete ${step.name}`]
    case 'address-add':
      return [`address replace ${step.address.address} dev ${step.address.device}`]
    case 'address-delete':
      return [`address delete ${step.address.address} dev ${step.address.device}`]
    case 'route-set':
      return [`route replace ${routeWords(step.route)}`]
    case 'route-delete':
      return [`route delete ${routeWords(step.route)}`]
    case 'rule-add':
      return [`rule add ${ruleWords(step.rule)}`]
    case 'rule-delete':
      return [`rule delete ${ruleWords(step.rule)}`]
    case 'neighbour-set':
      return [neighbourLine('replace', step.neighbour)]
    case 'neighbour-delete':
      return [neighbourLine('delete', step.neighbour)]
    default:
      return []
  }
}

/** The line of `bridge -batch` for a forwarding entry; empty for other steps. */
export function bridgeLines(step: NetworkStep): string[] {
  if (step.kind === 'fdb-set')
    return [
      step.entry.destination === null
        ? `fdb replace ${pinWords(step.entry)}`
        : `fdb append ${floodWords(step.entry)}`,
    ]
  if (step.kind === 'fdb-delete')
    return [
      step.entry.destination === null
        ? `fdb delete ${pinWords({ ...step.entry, sticky: false })}`
        : `fdb delete ${floodWords(step.entry)}`,
    ]
  if (step.kind === 'fdb-forget')
    return [`fdb delete ${step.mac} dev ${step.device} self permanent`]
  return []
}

/** None that is ever wanted, so that giving a new bridge its own is a change. */
const newBridgeMtu = 65_535

function addLine(link: NewLink): string {
  const head = `link add name ${link.name}`
  switch (link.kind) {
    case 'vlan':
      return `link add link ${link.parent} name ${link.name} group ${linkGroup} type vlan id ${link.id}`
    case 'bridge':
      return `${head} group ${linkGroup} mtu ${newBridgeMtu} address ${link.mac} type bridge ${bridgeWords(link.options)}`
    case 'vxlan':
      return `${head} group ${linkGroup} mtu ${link.mtu} type vxlan id ${link.id} dstport ${link.port} local ${link.local} nolearning`
    case 'veth': {
      const { peer } = link
      const mac = peer.mac === null ? '' : ` address ${peer.mac}`
      return `${head} group ${linkGroup} mtu ${link.mtu} type veth peer name ${peer.name} mtu ${peer.mtu}${mac} netns ${peer.namespace}`
    }
  }
}

/**
 * The kernel sets a bridge's delay before it switches STP off, and with STP on it refuses one of less
 * than 2 s (br_set_forward_delay), the whole line with it.
 */
function setLines(name: string, to: LinkSetting): string[] {
  const line = setLine(name, to)
  return to.what === 'bridge' && to.options.stp === 0
    ? [`link set dev ${name} type bridge stp_state 0`, line]
    : [line]
}

function setLine(name: string, to: LinkSetting): string {
  const head = `link set dev ${name}`
  switch (to.what) {
    case 'up':
      return `${head} up`
    case 'mtu':
      return `${head} mtu ${to.mtu}`
    case 'mac':
      return `${head} address ${to.mac}`
    case 'group':
      return `${head} group ${linkGroup}`
    case 'master':
      return `${head} master ${to.master}`
    case 'nomaster':
      return `${head} nomaster`
    case 'bridge':
      return `${head} type bridge ${bridgeWords(to.options)}`
    case 'vxlan':
      return `${head} type vxlan local ${to.local} nolearning`
    case 'port': {
      const { learning, neighSuppress, isolated } = to.flags
      const words = { neigh_suppress: neighSuppress, learning, isolated }
      return `${head} type bridge_slave ${Object.entries(words)
        .filter(([, on]) => on !== undefined)
        .map(([flag, on]) => `${flag} ${on ? 'on' : 'off'}`)
        .join(' ')}`
    }
  }
}

const bridgeWords = ({
  snooping,
  stp,
  forwardDelay,
}: {
  snooping: number
  stp: number
  forwardDelay: number
}): string => `mcast_snooping ${snooping} stp_state ${stp} forward_delay ${forwardDelay}`

function routeWords({
  type,
  destination,
  via,
  device,
  source,
  table,
  metric,
  protocol: proto,
}: Route): string {
  return [
    ...(type === 'unreachable' ? ['unreachable'] : []),
    destination,
    ...(via === null ? [] : ['via', via]),
    ...(device === null || type === 'unreachable' ? [] : ['dev', device]),
    ...(source === null ? [] : ['src', source]),
    ...(table === 'main' ? [] : ['table', table]),
    ...(metric === 0 ? [] : ['metric', metric]),
    'proto',
    proto,
  ].join(' ')
}

const ruleWords = ({ priority, iif, table, protocol: proto }: Rule): string =>
  `pref ${priority} iif ${iif} lookup ${table} protocol ${proto}`

function neighbourLine(verb: 'replace' | 'delete', { device, address, mac }: Neighbour): string {
  if (verb === 'delete')
    return `neighbour delete ${mac === null ? 'proxy ' : ''}${address} dev ${device}`
  const entry =
    mac === null
      ? `proxy ${address} dev ${device}`
      : `${address} lladdr ${mac} dev ${device} nud permanent`
  return `neighbour replace ${entry} protocol ${protocol}`
}

const pinWords = ({ mac, device, state, sticky }: FdbEntry): string =>
  `${mac} dev ${device} master ${state}${sticky ? ' sticky' : ''}`

const floodWords = ({ mac, device, destination, via, state }: FdbEntry): string =>
  `${mac} dev ${device} dst ${destination}${via === null ? '' : ` via ${via}`} self ${state}`
