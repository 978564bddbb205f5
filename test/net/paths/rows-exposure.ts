import { attempt, tunnelled } from './attempts.ts'
import { udpFrame } from './frames.ts'
import type { Party } from './site.ts'
import type { Row } from './table.ts'
import { vms } from './vms.ts'

const vtep = { own: '10.180.0.11', other: '10.180.0.12' }
const tenants = [
  ['api', 'a VM with an elastic address'],
  ['red2', 'a private VM'],
  ['green', 'a private VM that leaves by its host'],
] as const

/** router-namespaces.md §3: nobody reaches what carries the networks. */
export const exposureRows: readonly Row[] = [
  ...tenants.flatMap(([from, who]) => [
    ...Object.entries(vtep).flatMap(([whose, address]) =>
      closed(
        from,
        `from ${who} to the VTEP of its ${whose} host`,
        address,
        "the underlay is no tenant's",
        ['icmp', 'tcp 22', 'udp 53'],
      ),
    ),
    ...closed(
      from,
      `from ${who} to its host's public address`,
      '51.15.0.11',
      'the host serves no tenant',
      ['tcp 22', 'tcp 179', 'udp 53'],
    ),
    ...closed(
      from,
      `from ${who} to the cloud's secrets`,
      '169.254.169.254',
      'they are for the host alone',
      ['icmp', 'tcp 80'],
    ),
    ...closed(
      from,
      `from ${who} to the router link of another network`,
      '100.96.0.12',
      "links are no tenant's",
      ['icmp', 'tcp 22'],
    ),
    {
      ...{ probe: 'icmp', path: `from ${who} to its host's public address`, expected: 'passes' },
      why: 'the host may be pinged',
      run: attempt(from, '51.15.0.11', 'icmp'),
    },
  ]),
  ...closed(
    'internet',
    'from the internet to a host',
    '51.15.0.11',
    'only neighbours speak BGP and BFD',
    ['tcp 179', 'udp 3784'],
  ),
  open(
    'internet',
    'from the internet to a host',
    '51.15.0.11',
    'SSH is open while no management network is set',
    'tcp 22',
  ),
  ...closed(
    'stranger',
    'from an unlisted machine of the private network to a host',
    vtep.own,
    'only neighbours speak BGP and BFD',
    ['tcp 179', 'udp 3784'],
  ),
  open('h2', 'from a neighbour to a host', vtep.own, 'it is listed', 'tcp 179'),
  open('h2', 'from a neighbour to a host', vtep.own, 'it is listed', 'udp 3784'),
  ...closed(
    'internet',
    'from the internet to a host',
    '51.15.0.11',
    'nothing is open that nobody opened',
    ['tcp 81'],
  ),
  injected('h2', 'from a listed host', vtep.own, 'passes', 'it is a VTEP'),
  injected(
    'stranger',
    'from an unlisted machine of the private network',
    vtep.own,
    'drops',
    'it is no VTEP',
  ),
  injected(
    'internet',
    "from the internet to a host's public address",
    '51.15.0.11',
    'drops',
    'tunnels come over the private network',
  ),
  injected(
    'api',
    "from a VM to its host's public address",
    '51.15.0.11',
    'drops',
    'tunnels come over the private network',
  ),
  injected(
    'api',
    'from a VM to the VTEP of its own host',
    vtep.own,
    'drops',
    'tunnels come over the private network',
  ),
  injected(
    'far',
    "from a VM to another host's public address",
    '51.15.0.11',
    'drops',
    'tunnels come over the private network',
  ),
  injected(
    'green',
    'from a private VM to the VTEP of its own host',
    vtep.own,
    'drops',
    'tunnels come over the private network',
  ),
]

function closed(
  from: Party,
  path: string,
  to: string,
  why: string,
  probes: readonly string[],
): Row[] {
  return probes.map((probe) => ({
    ...{ probe, path, why, expected: 'drops', guard: "the host's table" as const },
    run: attempt(from, to, probe),
  }))
}

function open(from: Party, path: string, to: string, why: string, probe: string): Row {
  return { probe, path, why, expected: 'passes', run: attempt(from, to, probe) }
}

/** A tunnel packet for the red network, with a datagram for a VM on host 1 in it. */
function injected(
  from: Party,
  path: string,
  to: string,
  expected: 'passes' | 'drops',
  why: string,
): Row {
  const [target, sender] = [vms.red2, vms.red3]
  const datagram = { from: sender.secured.address, to: target.secured.address, port: 53 }
  const run = tunnelled(from, to, 105, (text) =>
    udpFrame(target.nic.mac, sender.nic.mac, { ...datagram, text }),
  )
  const guard = expected === 'drops' ? { guard: "the host's table" as const } : {}
  return { probe: 'a tunnel packet', path, expected, why, run, ...guard }
}
