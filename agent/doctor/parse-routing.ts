import type { BfdPeer, MacRoute, Session } from './facts.ts'

type Json = Readonly<Record<string, unknown>>

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string =>
  value === undefined || value === null ? '' : String(value)

/** FRR prints nothing at all where there is nothing to show. Throws SyntaxError. */
const parsed = (output: string): unknown => (output.trim() === '' ? {} : JSON.parse(output))

/** `show interface NAME` of zebra: its IPv4 addresses with prefix length. */
export function parseInterface(output: string): string[] {
  return output.split('\n').flatMap((line) => /^\s+inet (\S+)/.exec(line)?.[1] ?? [])
}

/** `show bgp neighbors json` of bgpd. */
export function parseSessions(output: string): Session[] {
  return Object.entries(object(parsed(output)))
    .map(([neighbour, value]) => ({ neighbour, peer: object(value) }))
    .filter(({ peer }) => 'bgpState' in peer)
    .map(({ neighbour, peer }) => ({
      neighbour,
      state: peer['adminShutDown'] === true ? 'Idle (Admin)' : text(peer['bgpState']),
      reason: reasonOf(peer),
    }))
}

/** FRR says why a session went down last, with the other side's words when it sent some. */
function reasonOf(peer: Json): string | null {
  const reason = text(peer['lastResetDueTo'])
  const said = text(peer['lastNotificationReason'])
  if (reason === '' || reason === 'No AFI/SAFI activated for peer') return said || null
  return said === '' ? reason : `${reason}, ${said}`
}

/** `show bfd peers json` of bfdd. */
export function parseBfd(output: string): BfdPeer[] {
  return list(parsed(output)).map((entry) => ({
    peer: text(object(entry)['peer']),
    status: text(object(entry)['status']),
    diagnostic: text(object(entry)['diagnostic']),
  }))
}

/** `show evpn vni json` of zebra. */
export function parseVnis(output: string): { vni: number; device: string }[] {
  return Object.values(object(parsed(output))).map((entry) => ({
    vni: Number(object(entry)['vni']),
    device: text(object(entry)['vxlanIf']),
  }))
}

/**
 * `show bgp l2vpn evpn route detail type multicast` of bgpd, which is text: only there stands the
 * VNI of a type-3 route whose route targets were taken off (FRR 8.4's JSON leaves the label out).
 */
export function parseFloods(output: string): { vni: number; vtep: string }[] {
  const floods: { vni: number; vtep: string }[] = []
  let vtep = ''
  for (const line of output.split('\n')) {
    vtep =
      /^BGP routing table entry for .*:\[3\]:\[\d+\]:\[32\]:\[([\d.]+)\]/.exec(line)?.[1] ?? vtep
    const [, label] = /PMSI Tunnel Type: Ingress Replication, label: (\d+)/.exec(line) ?? []
    if (label !== undefined) floods.push({ vni: Number(label), vtep })
  }
  return floods
}

/** `show bgp l2vpn evpn route vni N mac M [ip A] json` of bgpd. */
export function parseMacRoute(
  output: string,
  asked: { readonly vni: number; readonly mac: string; readonly address: string | null },
): MacRoute[] {
  return list(object(parsed(output))['paths'])
    .flat()
    .map(object)
    .flatMap((path) => {
      const hop = list(path['nexthops']).map(object)[0]
      const own = path['local'] === true || text(object(path['peer'])['peerId']) === '0.0.0.0'
      return hop === undefined ? [] : [{ ...asked, vtep: text(hop['ip']), own }]
    })
}

/** `show evpn arp-cache vni N ip A json` of zebra: the MAC behind another host; null when it knows none. */
export function parseRemote(output: string): { mac: string; vtep: string } | null {
  const { type, mac, remoteVtep } = object(parsed(output))
  return type === 'remote' && mac !== undefined && remoteVtep !== undefined
    ? { mac: text(mac), vtep: text(remoteVtep) }
    : null
}
