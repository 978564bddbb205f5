import type { FrrModel, PeerGroup } from './model.ts'

/** Route-map and list that keep the gateways' MAC out of BGP, both ways. */
export const guard = { list: 'FXGW', map: 'FXEVPN' } as const
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
    ...bfd,
    '!',
    ...gatewayGuard(model.gatewayMac),
    '!',
    ...bgp(model),
    '!',
    '',
  ].join('\n')
}

/** 3 × 300 ms: a dead host is noticed in under a second at 0.2 % of a core. */
const bfd = [
  'bfd',
  ` profile ${bfdProfile}`,
  '  detect-multiplier 3',
  '  transmit-interval 300',
  '  receive-interval 300',
  ' exit',
  ' !',
  'exit',
]

/** Every host has the same gateway MAC; announced, each would pull the others' traffic to itself. */
function gatewayGuard(mac: string): string[] {
  return [
    `mac access-list ${guard.list} seq 5 permit ${mac}`,
    '!',
    `route-map ${guard.map} deny 10`,
    ` match mac address ${guard.list}`,
    'exit',
    '!',
    `route-map ${guard.map} permit 20`,
    'exit',
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
    // The flood list is the agent's own, so that losing BGP loses no packet.
    '  flooding disable',
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
    `  neighbor ${group} route-map ${guard.map} in`,
    `  neighbor ${group} route-map ${guard.map} out`,
  ]
}
