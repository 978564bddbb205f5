import { underlayName } from '../../lib/contract/index.ts'
import type { FrrModel, PeerGroup } from './model.ts'

/** List and route-maps of what passes BGP, into this host and out of it. */
export const policy = { list: 'FXGW', in: 'FXEVPNIN', out: 'FXEVPN' } as const
const bfdProfile = 'edge'

/**
 * The whole frr.conf. Lines stand in the form and nesting FRR itself shows them, so that the running
 * configuration can be compared line by line; definitions come before their use.
 */
export function renderFrr(model: FrrModel): string {
  return [
    '! Written by edge-agent; changes are overwritten.',
    'frr defaults traditional',
    `hostname ${model.hostname}`,
    'service integrated-vtysh-config',
    '!',
    ...bfd(model),
    '!',
    ...routePolicy(model.gatewayMac),
    '!',
    ...bgp(model),
    '!',
    '',
  ].join('\n')
}

/**
 * 3 × 300 ms: a dead host is noticed in under a second. bgpd would ask for the session it needs by
 * itself, in one form before it has connected to a neighbour (multihop) and in the other after; FRR
 * 10.2 to 10.2.2 and 10.3 (Debian 13) do not connect before it is up, so that two hosts that are not
 * at the same point wait for each other forever (https://github.com/FRRouting/frr/issues/18742, seen
 * with 10.3 and gone with this). So both forms are there from the start, whoever asks.
 */
function bfd({ address, neighbours }: FrrModel): string[] {
  return [
    'bfd',
    ` profile ${bfdProfile}`,
    '  detect-multiplier 3',
    '  transmit-interval 300',
    '  receive-interval 300',
    ' exit',
    ' !',
    ...neighbours.flatMap((neighbour) =>
      [
        ` peer ${neighbour.address} multihop local-address ${address}`,
        ` peer ${neighbour.address} local-address ${address} interface ${underlayName}`,
      ].flatMap((peer) => [peer, `  profile ${bfdProfile}`, ' exit', ' !']),
    ),
    'exit',
  ]
}

/**
 * Every host has the same gateway MAC; announced, each would pull the others' traffic to itself.
 * Who floods to whom (type 3) is announced, and shown, but not obeyed: without route targets it is
 * imported nowhere. The flood list is the agent's own, so that losing BGP loses no packet;
 * `flooding disable` would do the same, and silence the announcements too. FRR 8.5 to 8.5.2 look
 * every route up as an IP prefix first and find no EVPN route in any map
 * (https://github.com/FRRouting/frr/issues/13259), unless that optimization is off.
 */
function routePolicy(mac: string): string[] {
  return [
    `mac access-list ${policy.list} seq 5 permit ${mac}`,
    '!',
    ...[policy.out, policy.in].flatMap((map) => [
      `route-map ${map} deny 10`,
      ` match mac address ${policy.list}`,
      'exit',
      '!',
    ]),
    `route-map ${policy.in} permit 20`,
    ' match evpn route-type multicast',
    ' set extcommunity none',
    'exit',
    '!',
    `route-map ${policy.in} permit 30`,
    'exit',
    '!',
    `route-map ${policy.out} permit 30`,
    'exit',
    '!',
    ...[policy.out, policy.in].map((map) => `no route-map ${map} optimization`),
  ]
}

function bgp(model: FrrModel): string[] {
  const groups: PeerGroup[] = model.clusterId === null ? ['fabric'] : ['fabric', 'clients']
  return [
    `router bgp ${model.asn}`,
    ` bgp router-id ${model.address}`,
    ' no bgp default ipv4-unicast',
    ...(model.clusterId === null ? [] : [` bgp cluster-id ${model.clusterId}`]),
    ...groups.flatMap((group) => peerGroup(model, group)),
    ...model.neighbours.map(({ address, group }) => ` neighbor ${address} peer-group ${group}`),
    ' !',
    ' address-family l2vpn evpn',
    ...groups.flatMap(evpnOf),
    '  advertise-all-vni',
    ' exit-address-family',
    'exit',
  ]
}

function peerGroup({ asn, address, password }: FrrModel, group: PeerGroup): string[] {
  return [
    ` neighbor ${group} peer-group`,
    ` neighbor ${group} remote-as ${asn}`,
    ` neighbor ${group} bfd`,
    ` neighbor ${group} bfd profile ${bfdProfile}`,
    ...(password === null ? [] : [` neighbor ${group} password ${password}`]),
    ` neighbor ${group} update-source ${address}`,
    ` neighbor ${group} timers 3 9`,
    // FRR's own default of 120 s would keep a restarted reflector's clients away for two minutes.
    ` neighbor ${group} timers connect 1`,
  ]
}

function evpnOf(group: PeerGroup): string[] {
  return [
    `  neighbor ${group} activate`,
    ...(group === 'clients' ? ['  neighbor clients route-reflector-client'] : []),
    `  neighbor ${group} route-map ${policy.in} in`,
    `  neighbor ${group} route-map ${policy.out} out`,
  ]
}
