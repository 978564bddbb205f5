import { type Attempt, attempt, claimed, forged, tunnelled } from './attempts.ts'
import { arpClaim, broadcast, ethernet, experiment, udpFrame } from './frames.ts'
import type { Guard } from './guards.ts'
import type { Site } from './site.ts'
import type { Row } from './table.ts'
import { type VmName, vms } from './vms.ts'

const gatewayMac = '02:00:5e:00:01:01'
const outside = '203.0.113.10'
const macOf = (name: VmName): string => vms[name].nic.mac
const addressOf = (name: VmName): string => vms[name].secured.address
const nothing: Attempt = async () => 'passes'
const known = 'the guard of VM ports and the set of known VMs'

/** router-namespaces.md §1: a VM that says it is somebody else gets nothing out and moves nothing. */
export const spoofingRows: readonly Row[] = [
  fromApi(
    "with a neighbour's address",
    addressOf('web'),
    'the guard of VM ports',
    'source 195.154.0.1',
  ),
  fromApi(
    "with a neighbour's MAC and address",
    addressOf('web'),
    'the guard of VM ports',
    'source 195.154.0.1',
    macOf('web'),
  ),
  fromApi('with an address nobody has', '100.64.0.99', known, 'source 100.64.0.99'),
  fromApi('with its own gateway as source', '100.64.0.4', known, 'source 100.64.0.4'),
  fromApi("with a neighbour's gateway as source", '100.64.0.2', known, 'source 100.64.0.2'),
  fromApi(
    "with a neighbour's elastic address as source",
    '195.154.0.1',
    known,
    'source 195.154.0.1',
  ),
  fromApi('with the VTEP of another host as source', '10.180.0.12', known, 'source 10.180.0.12'),
  {
    ...forgedRow(
      'from a private VM with an address outside its network',
      "the private router's filter",
      'source 51.15.0.99',
    ),
    why: "the router passes its network's addresses alone",
    run: forged('red2', (text) =>
      udpFrame(gatewayMac, macOf('red2'), { from: '8.8.8.8', to: outside, port: 53, text }),
    ),
  },
  {
    ...{ probe: 'a forged frame', path: "from a private VM with its neighbour's address" },
    ...{
      expected: 'source 51.15.0.99',
      why: "inside a private network addresses are the tenant's own",
    },
    run: forged('red2', (text) =>
      udpFrame(gatewayMac, macOf('red2'), { from: addressOf('red1'), to: outside, port: 53, text }),
    ),
  },
  {
    ...forgedRow(
      'directly to a neighbour on the public bridge',
      'isolated ports',
      'source 100.64.0.5',
    ),
    why: 'ports of the public bridge are isolated',
    run: forged('api', (text) =>
      udpFrame(macOf('db'), macOf('api'), {
        from: addressOf('api'),
        to: addressOf('db'),
        port: 53,
        text,
      }),
    ),
  },
  deaf('api', 'onebr4', outside, "from a VM to the public bridge's own MAC, for the internet"),
  deaf('api', 'onebr4', '51.15.0.11', "from a VM to the public bridge's own MAC, for the host"),
  deaf('red2', 'onebr5', '51.15.0.11', "from a private VM to its bridge's own MAC, for the host"),
  deaf(
    'red2',
    'onebr5',
    '10.180.0.12',
    "from a private VM to its bridge's own MAC, for another host's VTEP",
  ),
  {
    ...forgedRow(
      "out of a listed host's tunnel with the gateway's MAC",
      'the guard of VM ports',
      'source 172.30.0.13',
    ),
    why: 'each host has a gateway of its own',
    run: tunnelled('h2', '10.180.0.11', 105, (text) =>
      udpFrame(macOf('red2'), gatewayMac, {
        from: '172.30.0.13',
        to: addressOf('red2'),
        port: 53,
        text,
      }),
    ),
  },
  {
    ...claimRow(
      "with a neighbour's MAC",
      'the forwarding entry of the neighbour',
      'the guard of VM ports',
    ),
    run: claimed(
      'api',
      () => [experimentFrame(macOf('web'))],
      fdbAt('onebr4', macOf('web'), 'one-1-0'),
      attempt('web', outside, 'icmp'),
    ),
  },
  {
    ...claimRow(
      "with a neighbour's MAC in a private network",
      'the forwarding entry of the neighbour',
      'the guard of VM ports',
    ),
    run: claimed(
      'red2',
      () => [experimentFrame(macOf('red1'))],
      fdbAt('onebr5', macOf('red1'), 'one-11-0'),
      attempt('red1', outside, 'icmp'),
    ),
  },
  {
    ...claimRow(
      "with the gateway's MAC",
      'the forwarding entry of the gateway',
      'the guard of VM ports and the pinned gateway',
    ),
    run: claimed(
      'api',
      () => [experimentFrame(gatewayMac)],
      fdbAt('onebr4', gatewayMac, 'fxr4'),
      nothing,
    ),
  },
  {
    ...claimRow(
      "that claims a neighbour's address to the router (ARP)",
      "the router's neighbour entry",
      'the guard of VM ports and permanent neighbours',
    ),
    run: claimed(
      'api',
      () => [arpClaim(gatewayMac, macOf('api'), addressOf('web'), '100.64.0.4')],
      neighbour('h1', 'ip netns exec fx4 ip neigh show dev r0', addressOf('web'), macOf('web')),
      // From the VM: an earlier probe may have moved what the bridge knows of it.
      attempt('web', outside, 'icmp'),
    ),
  },
  {
    ...claimRow(
      'that claims the gateway to a private VM (ARP)',
      "the victim's neighbour entry",
      'the guard of VM ports',
    ),
    run: claimed(
      'red2',
      () => [arpClaim(macOf('red1'), macOf('red2'), '172.30.0.1', addressOf('red1'))],
      neighbour('red1', 'ip neigh show dev eth0', '172.30.0.1', gatewayMac),
      attempt('red1', '172.30.0.1', 'icmp'),
    ),
  },
  {
    ...claimRow(
      "that claims another host's VM to a private VM (ARP)",
      "the victim's neighbour entry",
      'the guard of VM ports',
    ),
    run: claimed(
      'red2',
      () => [arpClaim(macOf('red1'), macOf('red2'), addressOf('red3'), addressOf('red1'))],
      neighbour('red1', 'ip neigh show dev eth0', addressOf('red3'), macOf('red3')),
      attempt('red1', addressOf('red3'), 'icmp'),
    ),
  },
]

function forgedRow(path: string, guard: Guard, lifted: string) {
  return { probe: 'a forged frame', path, expected: 'drops', guard, lifted }
}

function claimRow(path: string, what: string, guard: Guard) {
  return {
    ...{ probe: 'a forged frame', path, guard, expected: 'stays', lifted: 'moves', alone: true },
    why: `${what} is not for VMs to change`,
  }
}

/** A datagram for the internet by way of the router. */
function fromApi(
  path: string,
  source: string,
  guard: Guard,
  lifted: string,
  mac = macOf('api'),
): Row {
  return {
    ...forgedRow(`from a VM ${path}`, guard, lifted),
    ...{ why: 'a port passes its own MAC and address alone', alone: true },
    run: forged('api', (text) =>
      udpFrame(gatewayMac, mac, { from: source, to: outside, port: 53, text }),
    ),
  }
}

/** A datagram that asks the host itself, not the router, to carry it. */
function deaf(from: VmName, bridge: string, to: string, path: string): Row {
  return {
    ...forgedRow(path, 'the deaf bridge', `source ${addressOf(from)}`),
    why: 'the host hears nothing on VM bridges',
    run: forged(from, async (text, site) => {
      const mac = await site.machine('h1').sh(`ip -br link show ${bridge} | awk '{print $3}'`)
      return udpFrame(mac, macOf(from), { from: addressOf(from), to, port: 53, text })
    }),
  }
}

const experimentFrame = (from: string): Buffer =>
  ethernet(broadcast, from, experiment, Buffer.alloc(46))

function fdbAt(bridge: string, mac: string, port: string) {
  return async (site: Site) => {
    const entries = await site.machine('h1').sh(`bridge fdb show br ${bridge}`)
    return entries.split('\n').some((line) => line.startsWith(`${mac} dev ${port} `))
  }
}

function neighbour(at: 'h1' | VmName, command: string, address: string, mac: string) {
  return async (site: Site) => {
    const lines = await site.machine(at).sh(command)
    return lines.split('\n').some((line) => line.startsWith(`${address} lladdr ${mac} `))
  }
}
