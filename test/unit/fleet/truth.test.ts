import t from 'tap'
import { type Truth, truthOf, type View } from '../../../controller/fleet/index.ts'
import { server } from './samples.ts'

type HostView = View['hosts'] extends ReadonlyMap<string, infer H> ? H : never

const external = '195.154.0.1'
const minutes = 60_000
const a = server(1)
const b = server(2)

const free: View['cloud'][number] = {
  ...{ provisionId: 1, id: 'f1', external, ip: '100.64.0.2', gateway: '100.64.0.3', key: 'ip-0' },
  ...{ status: 'ready', server: null, reverse: '' },
}
const onA = { ...free, status: 'attached', server: a.server }
const onB = { ...free, status: 'attached', server: b.server }
const onStranger = { ...free, status: 'attached', server: '5e000000-0000-4000-8000-00000000000f' }

const atA: View['claims'][number] = {
  ...{ provisionId: 1, server: a.server, hostId: a.hostId, vm: 7, nicId: 0, external },
  ...{ ip: '100.64.0.2', phase: 'rest', moment: '3/3/0', forMs: 5 * minutes },
}
const during = (phase: (typeof atA)['phase'], forMs = 1 * minutes) => ({ ...atA, phase, forMs })
const range: View['ranges'][number] = {
  ...{ provisionId: 1, network: 3, range: 0, ip: '100.64.0.2', external },
}

const well: HostView = { connected: true, unsettledMs: 0, faults: [], armed: null }
const view = (parts: Partial<View>): View => ({
  provisions: [{ id: 1, servers: [a, b] }],
  cloud: [free],
  claims: [],
  ranges: [range],
  hosts: new Map([a, b].map(({ server }) => [server, well])),
  underWay: new Set(),
  idleBefore: new Set(),
  ...parts,
})

/** One line for each address, one for each finding. */
function told({ addresses, findings }: Truth): string[] {
  const name = (id: string) => (id === a.server ? 'a' : id === b.server ? 'b' : id)
  return [
    ...addresses.map(({ verdict, sentence, repair }) => {
      const action = repair && `${repair.kind} ${name(repair.place.server)}`
      return [verdict, sentence, action].filter((one) => one !== null).join('; ')
    }),
    ...findings.map(({ sentence }) => sentence),
  ]
}

type Row = readonly [name: string, parts: Partial<View>, ...want: string[]]

const hostA = (more: Partial<HostView>) => new Map([[a.server, { ...well, ...more }]])

const rows: readonly Row[] = [
  ['an address of no VM that is attached nowhere is at rest', {}, 'idle'],
  ['one that is where its VM is, is right', { cloud: [onA], claims: [atA] }, 'right'],
  [
    'attached nowhere, it is attached where its VM runs',
    { claims: [atA] },
    `wrong; ${external} of VM 7 is attached nowhere, and is wanted on 51.15.0.11; place a`,
  ],
  [
    'attached to another host, it is moved',
    { cloud: [onB], claims: [atA] },
    `wrong; ${external} of VM 7 is attached to 51.15.0.12, and is wanted on 51.15.0.11; place a`,
  ],
  [
    'attached to a server of nobody we know, it is moved as well',
    { cloud: [onStranger], claims: [atA] },
    `wrong; ${external} of VM 7 is attached to server ${onStranger.server}, and is wanted on 51.15.0.11; place a`,
  ],
  ...(['updating', 'detaching'] as const).map(
    (status): Row => [
      `left ${status} by a controller that died, it is pursued`,
      { cloud: [{ ...free, status }], claims: [atA] },
      `wrong; ${external} of VM 7 is ${status}, and is wanted on 51.15.0.11; place a`,
    ],
  ),
  ...(['error', 'locked', 'unheard_of'] as const).map(
    (status): Row => [
      `${status} is Scaleway’s to put right`,
      { cloud: [{ ...free, status }], claims: [atA] },
      `broken; ${external} of VM 7 is ${status} at Scaleway, and out of use until its support has seen to it`,
    ],
  ),
  [
    'what work of ours is busy with is left to it',
    { cloud: [onB], claims: [atA], underWay: new Set([external]) },
    'moving',
  ],
  ...(['starting', 'leaving', 'migrating', 'plugging'] as const).flatMap((phase): Row[] => [
    [
      `while a driver is at work (${phase}), it is left to it`,
      { cloud: [onB], claims: [during(phase)] },
      'moving',
    ],
    [
      `but not for ever (${phase})`,
      { cloud: [onB], claims: [during(phase, 11 * minutes)] },
      `wrong; ${external} of VM 7 is attached to 51.15.0.12, and is wanted on 51.15.0.11; place a`,
    ],
  ]),
  [
    'an address where no VM holds it may just be let go of',
    { cloud: [onA], underWay: new Set() },
    'idle',
  ],
  [
    'and is taken away when it is still there at the next look',
    { cloud: [onA], idleBefore: new Set([external]) },
    `wrong; ${external} is attached to 51.15.0.11, where no VM holds it; release a`,
  ],
  [
    'unless work of ours is busy with it',
    { cloud: [onA], idleBefore: new Set([external]), underWay: new Set([external]) },
    'idle',
  ],
  [
    'or the server is none of the provision’s: somebody put it there by hand',
    { cloud: [onStranger], idleBefore: new Set([external]) },
    'idle',
  ],
  [
    'a VM’s claim on another pair is no claim on the address',
    { cloud: [onA], claims: [{ ...atA, ip: '100.64.0.8', server: b.server }] },
    'idle',
    `VM 7 has ${external}, which belongs to 100.64.0.2, not to 100.64.0.8`,
  ],
  [
    'nor is one of another provision',
    {
      provisions: [
        { id: 1, servers: [a] },
        { id: 2, servers: [b] },
      ],
      cloud: [onA],
      claims: [{ ...atA, provisionId: 2, server: b.server }],
    },
    'idle',
    `VM 7 has ${external}, which is of provision 1`,
  ],
  [
    'what VMs and ranges have and the cloud has not is named',
    { cloud: [], claims: [atA] },
    `VM 7 has ${external}, which is no flexible IP of the provision`,
    `Range 0 of network 3 is for ${external}, which is no flexible IP of the provision`,
  ],
  [
    'a range that lost its EXTERNAL_IP gives no new VM its address',
    { ranges: [{ ...range, external: undefined }] },
    'idle',
    `Range 0 of network 3 has no EXTERNAL_IP; new VMs get ${external} once onevnet updatear has given it back`,
  ],
  [
    'and so does one that says another',
    { ranges: [{ ...range, external: '195.154.0.9' }] },
    'idle',
    `Range 0 of network 3 says EXTERNAL_IP 195.154.0.9; new VMs get ${external} once onevnet updatear has given it back`,
  ],
  [
    'of a provision that could not be read nothing is said',
    { provisions: [], cloud: [onB], claims: [atA], ranges: [{ ...range, external: undefined }] },
  ],
  [
    'a port that is not plugged in where its VM runs is named',
    { cloud: [onA], claims: [atA], hosts: hostA({ armed: new Map([[external, false]]) }) },
    `wrong; ${external} of VM 7 is attached to 51.15.0.11, where the VM's port is not plugged in`,
  ],
  ...[during('rest', 10_000), during('leaving')].map(
    (claim): Row => [
      `but not while it may just be coming or going (${claim.phase})`,
      { cloud: [onA], claims: [claim], hosts: hostA({ armed: new Map([[external, false]]) }) },
      'right',
    ],
  ),
  [
    'a plugged one is right',
    { cloud: [onA], claims: [atA], hosts: hostA({ armed: new Map([[external, true]]) }) },
    'right',
  ],
  [
    'a host that does not take its state is named with what hangs on it',
    {
      cloud: [onA],
      claims: [atA],
      hosts: hostA({ unsettledMs: 2 * minutes, faults: ['nft: no', 'ip: no'] }),
    },
    'right',
    `Host 51.15.0.11 shall serve ${external}, but its agent has not taken its newest state: nft: no; ip: no`,
  ],
  [
    'so is one that is silent',
    {
      cloud: [onA],
      claims: [atA],
      hosts: hostA({ connected: false, unsettledMs: 2 * minutes }),
    },
    'right',
    `Host 51.15.0.11 shall serve ${external}, but its agent is not connected`,
  ],
  [
    'it gets a minute to follow',
    { cloud: [onA], claims: [atA], hosts: hostA({ unsettledMs: 30_000 }) },
    'right',
  ],
  [
    'and one on which nothing hangs is nobody’s matter here',
    { hosts: hostA({ connected: false, unsettledMs: 2 * minutes }) },
    'idle',
  ],
]

for (const [name, parts, ...want] of rows) {
  t.test(name, async (t) => {
    t.strictSame(told(truthOf(view(parts))), want)
  })
}
