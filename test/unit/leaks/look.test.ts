import t from 'tap'
import { createDocuments, type states as S, states } from '../../../controller/documents/index.ts'
import { suspicionsOf } from '../../../controller/leaks/judge.ts'
import { lookAtDocuments, overTime } from '../../../controller/leaks/look-documents.ts'
import { lookAtOpenNebula } from '../../../controller/leaks/look-opennebula.ts'
import { createMemory, graceMs } from '../../../controller/leaks/memory.ts'
import type { DocumentsView, ProvisionView } from '../../../controller/leaks/view.ts'
import { memoryOpenNebula } from '../documents/memory-opennebula.ts'
import { providerBody, provisionBody } from '../documents/samples.ts'
import { createMemoryOne } from '../provision/memory-one.ts'
import { dead, item, living, provision, viewOf } from './samples.ts'

const ipam = { register: () => ({ external: '', ip: '' }), unregister: () => {} }

t.test('a provision stands as its document says', async (t) => {
  const store = memoryOpenNebula()
  const documents = createDocuments(store, { master: Buffer.alloc(32, 1) })
  const { id: provider } = await documents.providers.create(providerBody())
  const { id } = await documents.provisions.create(provisionBody(provider))
  const standing = async (state: keyof typeof S, change: object = {}) => {
    await documents.provisions.update(id, (body) => ({
      ...{ ...body, user_inputs_values: { oneform_hosts: 2 }, ...change },
      state: states[state],
    }))
    const [seen] = (await lookAtDocuments(documents.provisions)).provisions
    return seen
  }
  for (const state of ['PENDING', 'APPLYING', 'SCALING', 'DEPROVISIONING'] as const)
    t.equal((await standing(state))?.standing, 'busy', state)
  for (const state of ['SCALING_FAILURE', 'DEPROVISIONING_ONE_FAILURE'] as const)
    t.equal((await standing(state))?.standing, 'unfinished', state)
  for (const state of ['RUNNING', 'APPLYING_FAILURE'] as const)
    t.equal((await standing(state))?.standing, 'settled', state)
  t.equal((await standing('DONE'))?.standing, 'gone')
  t.equal((await standing('RUNNING', { scaling: { hosts_up: [] } }))?.standing, 'unfinished')
  t.same((await standing('RUNNING', { scaling: undefined }))?.hosts, new Set(['host-0', 'host-1']))
  t.same((await standing('RUNNING', { host_keys: ['host-3'] }))?.hosts, new Set(['host-3']))
  const unknown = { host_keys: undefined, user_inputs_values: {} }
  t.equal((await standing('RUNNING', unknown))?.hosts, undefined)
})

t.test('documents that cannot be read as ours are known by their ids', async (t) => {
  const store = memoryOpenNebula()
  const documents = createDocuments(store, { master: Buffer.alloc(32, 1) })
  const { id: provider } = await documents.providers.create(providerBody())
  const { id } = await documents.provisions.create(provisionBody(provider))
  const stock = await store.documents.create(104, 'stock', 'PROVISION_BODY', { name: 'a' })
  const broken = await store.documents.create(104, 'broken', 'PROVISION_BODY', null)
  const unreadable = async () => (await lookAtDocuments(documents.provisions)).unreadable
  t.same(
    await unreadable(),
    new Map([
      [stock, 'other'],
      [broken, 'unclear'],
    ]),
  )
  await store.documents.update(id, 'PROVISION_BODY', { ...provisionBody(provider), name: 'mine' })
  t.equal((await unreadable()).get(id), 'unclear')
  t.match(await documents.providers.census(), { ours: [{ id: provider }], others: [] })
})

t.test('what changed while everything was read counts as busy', async (t) => {
  const seen = (...provisions: ProvisionView[]): DocumentsView => ({
    provisions,
    unreadable: new Map(),
  })
  const [settled, gone] = [provision(), provision({ standing: 'gone', state: 'DONE' })]
  const both = (before: DocumentsView, after: DocumentsView) =>
    overTime(before, after).provisions.map(({ standing }) => standing)
  t.same(both(seen(settled), seen(settled)), ['settled'])
  t.same(both(seen(gone), seen(gone)), ['gone'])
  t.same(both(seen(settled), seen(gone)), ['busy'], 'undeployed just now')
  t.same(both(seen(), seen(settled)), ['busy'], 'created just now')
  t.same(both(seen(settled), seen()), ['busy'], 'deleted just now')
  t.same(both(seen(gone), seen()), [], 'done, and deleted just now')
  const grown = provision({ hosts: new Set(['host-0', 'host-1', 'host-2']) })
  t.same(both(seen(settled), seen(grown)), ['busy'], 'scaled just now')
})

t.test('of OpenNebula, what provisions made, and not what users made of it', async (t) => {
  const one = createMemoryOne(ipam)
  const marks = (key: string, oneform: object = { DRIVER: 'scaleway' }) => ({
    ...{ EDGE_KEY: `${dead}/${key}` },
    ONEFORM: { PROVISION_ID: 3, PROVIDER_ID: 4, ...oneform } as Record<string, string | number>,
  })
  const cluster = await one.clusters.create('edge')
  await one.clusters.update(cluster, marks('cluster'))
  const host = await one.hosts.create('51.15.0.9', 'kvm', 'kvm', cluster)
  await one.hosts.update(host, {
    ...marks('host-0', { DRIVER: 'scaleway', RESOURCE_ID: 'fr-par-2/s9' }),
  })
  Object.assign(one.all.hosts.get(host) ?? {}, { vmIds: [5] })
  const own = await one.networks.create(
    { NAME: 'a', VN_MAD: 'vxlan', ...marks('private-network') },
    1,
  )
  await one.networks.create({ NAME: 'b', VN_MAD: 'vxlan', ...marks('network-template') }, 1)
  await one.networks.create(
    { NAME: 'c', VN_MAD: 'vxlan', ...marks('public-network', { DRIVER: 'aws' }) },
    1,
  )
  const reserved = await one.networks.create(
    { NAME: 'd', VN_MAD: 'x', ...marks('public-network') },
    1,
  )
  Object.assign(one.all.networks.get(reserved) ?? {}, { parentNetworkId: own })
  const view = await lookAtOpenNebula(one, async () => ({ ranges: [], creating: new Set() }))
  t.same(view.objects.map(({ kind, id }) => `${kind}/${id}`).sort(), [
    `one-cluster/${cluster}`,
    `one-host/${host}`,
    `one-network/${own}`,
  ])
  t.match(view.objects[0], { provision: dead, provisionId: 3, providerId: 4 })
  t.same(view.servers, new Map([['s9', host]]))
  t.same([view.guests.get(dead), view.guests.get('s9')], [[5], [5]])
  await one.hosts.update(host, { EDGE_KEY: '' })
  const spoilt = await lookAtOpenNebula(one, async () => ({ ranges: [], creating: new Set() }))
  t.same(spoilt.guests.get('s9'), [5], 'also of a host that lost its mark')
})

t.test('what a living provision does not know must be seen over half an hour', async (t) => {
  let elapsed = 0
  const memory = createMemory({
    elapsed: () => elapsed,
    now: () => 1_000 + elapsed,
    patience: (ms) => ms,
  })
  const suspected = suspicionsOf(
    viewOf({
      objects: [item('server', { id: 's', key: 'host-9' }), item('vpc', { provision: dead })],
    }),
  )
  const age = (list = suspected) => memory.age(list)
  t.match(age().get('server/s'), { sinceMs: 1_000, ripe: false })
  t.equal(age().get('vpc/vpc-1')?.ripe, true, 'the provision is gone')
  elapsed = graceMs - 1
  t.equal(age().get('server/s')?.ripe, false)
  elapsed = graceMs
  t.match(age().get('server/s'), { sinceMs: 1_000, ripe: true })
  age([])
  t.match(age().get('server/s'), { sinceMs: 1_000 + graceMs, ripe: false }, 'forgotten meanwhile')
})

t.test('a provision that is settled again is judged by what it has then', async (t) => {
  const objects = [item('server', { id: 's', key: 'host-1' })]
  const shrunk = provision({ hosts: new Set(['host-0']) })
  t.equal(suspicionsOf(viewOf({ objects, provisions: [shrunk] }))[0]?.code, 'host-removed')
  t.same(suspicionsOf(viewOf({ objects, provisions: [provision({ uuid: living })] })), [])
})
