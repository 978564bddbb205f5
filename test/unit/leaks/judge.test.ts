import t from 'tap'
import { suspicionsOf } from '../../../controller/leaks/judge.ts'
import { ownerOf } from '../../../controller/scaleway/ownership.ts'
import { cloud, dead, item, living, nowMs, type Parts, provision, viewOf } from './samples.ts'

const codes = (parts: Parts) => suspicionsOf(viewOf(parts)).map(({ id, code }) => `${id} ${code}`)

const whole = [
  item('vpc'),
  item('private-network', { holds: ['vpc-1'] }),
  item('gateway-ip'),
  item('gateway', { holds: ['private-network-1', 'gateway-ip-1'] }),
  item('ssh-key'),
  item('server', { id: 's0', holds: ['ssh-key-1'] }),
  item('server', { id: 's1', key: 'host-1', holds: ['ssh-key-1'] }),
]

t.test('a provision that has what it should have leaks nothing', async (t) => {
  t.same(codes({ objects: whole, servers: { s0: 10, s1: 11 } }), [])
})

t.test('everything of a provision that is gone is a leak at once, with the evidence', async (t) => {
  const objects = [item('server', { provision: dead, id: 's9' }), item('vpc', { provision: dead })]
  const found = suspicionsOf(viewOf({ objects }))
  t.match(found, [
    {
      ...{ id: 'server/s9', code: 'provision-gone', certain: true, providers: [1], provisionId: 3 },
      evidence: [`OpenNebula has no provision ${dead}, once number 3`, /Scaleway lists it in/],
    },
    { id: 'vpc/vpc-1', code: 'provision-gone' },
  ])
  t.match(found[0]?.evidence.at(-1), `provision=${dead}`, 'with the tags it says so by')
  const done = provision({ uuid: dead, id: 3, state: 'DONE', standing: 'gone' })
  t.match(suspicionsOf(viewOf({ objects, provisions: [done] })), [
    { certain: true, evidence: [`Provision 3 (${dead}) is DONE`, /./] },
    {},
  ])
})

t.test('where virtual machines live on what is left, the evidence says so', async (t) => {
  const objects = [item('server', { provision: dead })]
  const [found] = suspicionsOf(viewOf({ objects, guests: { [dead]: [4, 5] } }))
  t.match(found, { guests: [4, 5], evidence: [/./, /./, 'Virtual machines 4, 5 are on its hosts'] })
})

t.test('they live there also where their host does not say whose it is', async (t) => {
  const of = { provision: dead }
  const objects = [item('server', { ...of, id: 's9' }), item('vpc', of), item('server')]
  const host = {
    ...{ kind: 'one-host' as const, id: 12, name: '51.15.0.9', ...of, key: 'host-0' },
    ...{ provisionId: 3, providerId: 4 },
  }
  const guests = { s9: [4], [dead]: [4, 5] }
  const found = suspicionsOf(viewOf({ objects, one: [host], guests: { s9: [4] } }))
  t.same(
    found.map(({ id, guests: on }) => [id, on]),
    [
      ['server/s9', [4]],
      ['vpc/vpc-1', [4]],
      ['one-host/12', [4]],
    ],
  )
  t.same(suspicionsOf(viewOf({ objects, guests }))[0]?.guests, [4, 5])
})

t.test('a provision at work, or one that a retry puts right, is left alone', async (t) => {
  const objects = [
    item('server', { id: 's9', key: 'host-9' }),
    item('flexible-ip'),
    item('gateway', { key: 'gateway-2' }),
  ]
  for (const standing of ['busy', 'unfinished'] as const)
    t.same(codes({ objects, provisions: [provision({ standing })] }), [], standing)
  t.equal(codes({ objects }).length, 3)
})

t.test('a document that somebody wrote to veils what it may have', async (t) => {
  const objects = [item('server', { provision: dead }), item('ssh-key', { provision: dead })]
  t.same(codes({ objects, unreadable: { 3: 'unclear' } }), [])
  t.same(
    codes({ objects, unreadable: { 3: 'other' } }),
    ['ssh-key/ssh-key-1 provision-gone'],
    'one of another engine has no SSH key of ours',
  )
  t.equal(codes({ objects, unreadable: { 4: 'other' } }).length, 2)
})

t.test('a server of a host that the provision does not have is a leak', async (t) => {
  const removed = item('server', { id: 's2', key: 'host-2' })
  t.match(suspicionsOf(viewOf({ objects: [...whole, removed], servers: { s0: 1, s1: 2 } })), [
    {
      ...{ id: 'server/s2', code: 'host-removed', certain: false },
      evidence: ['Provision 7 has no host-2: host-0, host-1', /No host of OpenNebula/, /Scaleway/],
    },
  ])
  t.same(codes({ objects: [removed], servers: { s2: 4 } }), [], 'but not one that is a host still')
  const unknown = provision({ hosts: undefined })
  t.same(
    codes({ objects: [removed], provisions: [unknown] }),
    [],
    'nor where nobody knows the hosts',
  )
})

t.test('a flexible IP is known by any of four marks of any range', async (t) => {
  const old = `handed_out=${nowMs / 1000 - 3600}`
  const address = item('flexible-ip', {
    ...{ id: 'f', name: '195.154.0.9', tags: ['private=100.64.0.8/31', old] },
  })
  const nothing = {
    ip: undefined,
    external: undefined,
    flexibleIpId: undefined,
    edgeKey: undefined,
  }
  const other = { ...nothing, ip: '100.64.0.6', external: '195.154.0.8' }
  t.match(suspicionsOf(viewOf({ objects: [address], ranges: [other] })), [
    { code: 'address-unused', certain: false, evidence: [/None of 1 address ranges/, /./, /./] },
  ])
  for (const mark of [
    { ip: '100.64.0.8' },
    { external: '195.154.0.9' },
    { flexibleIpId: 'f' },
    { edgeKey: `${living}/ip-0` },
  ])
    t.same(
      codes({ objects: [address], ranges: [{ ...nothing, ...mark }] }),
      [],
      JSON.stringify(mark),
    )
  t.same(codes({ objects: [address], creating: [7] }), [], 'nor while a network is being made')
})

t.test('an address handed out in the last ten minutes is on its way to a range', async (t) => {
  const handed = (secondsAgo: number) =>
    codes({ objects: [item('flexible-ip', { tags: [`handed_out=${nowMs / 1000 - secondsAgo}`] })] })
  t.same(handed(599), [])
  t.equal(handed(601).length, 1)
})

t.test('of two with one key the one in use stays, and without such evidence both', async (t) => {
  const second = item('gateway', { id: 'gateway-2' })
  t.match(suspicionsOf(viewOf({ objects: [...whole, second] })), [
    {
      ...{ id: 'gateway/gateway-2', code: 'second', certain: false },
      evidence: [/gateway-1\) has the same key gateway, and is on private network/, /./, /./],
    },
  ])
  t.same(codes({ objects: [item('gateway'), second] }), [], 'nobody knows which')
  const both = item('gateway', { id: 'gateway-2', holds: ['private-network-1'] })
  t.same(codes({ objects: [...whole, both] }), [], 'both are in use')
  const twins: Parts['objects'] = [
    ...whole,
    item('server', { id: 'sx' }),
    item('vpc', { id: 'vpc-2' }),
    item('private-network', { id: 'private-network-2', holds: ['vpc-2'] }),
    item('gateway-ip', { id: 'gateway-ip-2' }),
    item('ssh-key', { id: 'ssh-key-2' }),
  ]
  t.same(codes({ objects: twins, servers: { s0: 1, s1: 2 } }).sort(), [
    'gateway-ip/gateway-ip-2 second',
    'private-network/private-network-2 second',
    'server/sx second',
    'ssh-key/ssh-key-2 second',
    'vpc/vpc-2 second',
  ])
})

t.test('what OpenNebula has of a provision that is gone is told, and costs nothing', async (t) => {
  const host = {
    ...{ kind: 'one-host' as const, id: 12, name: '51.15.0.9', provision: dead, key: 'host-0' },
    ...{ provisionId: 3, providerId: 4 },
  }
  t.match(suspicionsOf(viewOf({ one: [host, { ...host, id: 13, provision: living }] })), [
    {
      ...{ id: 'one-host/12', code: 'provision-gone', certain: true, providers: [4], place: '' },
      evidence: [/no provision/, `OpenNebula has host 12 with EDGE_KEY ${dead}/host-0`],
    },
  ])
})

t.test('only what says in full, and once, whose it is, is looked at', async (t) => {
  const seen = { ...item('server'), name: 's' }
  const tags = [...seen.tags]
  t.match(ownerOf(cloud, 'server', seen), { provision: living, provisionId: 7, key: 'host-0' })
  const altered = [
    tags.filter((tag) => tag !== 'managed-by=edgectl'),
    tags.filter((tag) => !tag.startsWith('cloud=')),
    tags.filter((tag) => !tag.startsWith('key=')),
    tags.filter((tag) => !tag.startsWith('role=')),
    tags.filter((tag) => !tag.startsWith('provision=')),
    tags.map((tag) => (tag.startsWith('cloud=') ? 'cloud=another' : tag)),
    tags.map((tag) => (tag === 'role=server' ? 'role=vpc' : tag)),
    tags.map((tag) => (tag.startsWith('provision=') ? 'provision=7' : tag)),
    [...tags, `provision=${dead}`],
    [...tags, 'cloud=another'],
  ]
  for (const other of altered)
    t.equal(ownerOf(cloud, 'server', { ...seen, tags: other }), undefined, other.join(' '))
})
