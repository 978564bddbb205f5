import t from 'tap'
import { createAdoption } from '../../../controller/adopt/index.ts'
import type { Document, ProviderBody } from '../../../controller/documents/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { providerBody } from '../../unit/documents/samples.ts'
import { simulatedProject } from '../scaleway/index.ts'
import { createSite, type Site } from './site.ts'
import { createStockStage, type StockStage } from './stock-stage.ts'

t.setTimeout(120_000)

function adoptionOf(site: Site, { one }: StockStage, refused: readonly string[] = []) {
  return createAdoption({
    one,
    client: () => site.scaleway,
    login: async (address) => {
      if (refused.includes(address)) throw new Fault('EDGE_SSH_DENIED', 'denied', 'It takes no key')
    },
    cloud: '77777777-7777-4777-8777-777777777777',
    uuidOf: () => 'a0000000-0000-8000-8000-000000000005',
    ...{ provisions: { adopt: asked }, describe: asked, ready: asked, start: asked },
    clock: { now: () => 0 },
  })
}

/** Looking does nothing of this. */
const asked = async () => {
  throw new Error('A plan asks for nothing to be done')
}

/** A provider of edgectl for the simulated project. */
const ours = (change: object = {}): Document<ProviderBody> => {
  const body = providerBody()
  const place = { project_id: simulatedProject, zone: 'fr-par-2', ...change }
  return {
    ...{ id: 8, name: 'scw', type: 103, attribute: 'PROVIDER_BODY' },
    owner: { uid: 0, gid: 0, uname: 'oneadmin', gname: 'oneadmin' },
    permissions: {} as Document<ProviderBody>['permissions'],
    body: { ...body, connection: { ...body.connection, ...place } },
  }
}

t.test('a stock cluster is found whole, by look-up, and left as it is', async (t) => {
  const site = await createSite(t)
  const stage = await createStockStage(t, site, 2)
  const { one, id, servers } = stage
  const document = await one.documents.get(id)
  const before = (await site.asked()).length
  const adoption = adoptionOf(site, stage)
  const plan = await adoption.plan({ document, providers: [ours()] })
  t.strictSame(plan.inTheWay, [])
  const found = plan.found.map(({ what }) => what).join('\n')
  for (const { address } of servers)
    t.match(found, new RegExp(`server provision_.*${address}, ready`))
  t.match(found, /VPC provision_\d+_vpc_0a1b2c3d4e5f\n/)
  t.notMatch(found, /ffffffffffff/, 'what another cloud has under the same number is not meant')
  t.match(
    found,
    /public gateway provision_\d+_internet_gateway_0a1b2c3d4e5f, VPC-GW-S, \d.*running/,
  )
  t.match(plan.more, { perMonth: 2 * 0.03 * 730 })

  const asked = (await site.asked()).slice(before)
  t.ok(asked.length > 6)
  t.strictSame(
    asked.filter((one) => !one.startsWith('GET ')),
    [],
  )
  t.strictSame(await one.documents.get(id), document)

  t.test('what is missing or in use is in the way by name', async (t) => {
    const [first, second] = servers
    await site.scaleway.baremetal.updateServer({
      ...{ serverId: first?.id ?? '', tags: ['managed-by=edgectl'] },
    })
    const refusing = adoptionOf(site, stage, [second?.address ?? ''])
    const elsewhere = ours({ zone: 'fr-par-1' })
    const { inTheWay } = await refusing.plan({ document, providers: [elsewhere, ours()] })
    t.equal(inTheWay.length, 2, inTheWay.join('\n'))
    t.match(inTheWay.join('\n'), /host_0 has the tags of an edgectl already\n.*It takes no key/)
    const none = await refusing.plan({ document, providers: [elsewhere] })
    t.match(none.inTheWay.join('\n'), /No provider of edgectl/)
    t.equal(none.provider, undefined)
    await t.rejects(adoption.plan({ document, providers: [elsewhere], providerId: 8 }), {
      code: 'EDGE_ADOPT_PROVIDER',
    })
  })
  t.test('a document that names another server of the project takes nothing', async (t) => {
    const { body } = document as { body: { one_objects: { hosts: { resource_id: string }[] } } }
    const [, second] = servers
    const other = { ...body.one_objects.hosts[0], resource_id: `fr-par-2/${second?.id}` }
    const one_objects = { ...body.one_objects, hosts: [other, body.one_objects.hosts[1]] }
    const forged = { ...document, body: { ...body, one_objects } }
    const { inTheWay } = await adoption.plan({ document: forged, providers: [ours()] })
    t.match(inTheWay.join('\n'), /names the server .* 2 times\n.*, and the document says fr-par-2/)
  })
  t.test('what the stock driver installed and its document does not name is told', async (t) => {
    const { staysBehind } = await adoption.plan({
      document: withoutLast(document),
      providers: [ours()],
    })
    t.match(staysBehind.join('\n'), new RegExp(`host_1 \\(${servers[1]?.id}\\).* costs on`))
  })
  t.test('objects that OpenNebula gave to somebody else count as gone', async (t) => {
    const [host] = await one.hosts.list()
    await one.hosts.update(host?.id ?? -1, { ONEFORM: { PROVISION_ID: id + 1 } })
    const refusing = adoptionOf(site, stage, [host?.name ?? ''])
    const { inTheWay } = await refusing.plan({ document, providers: [ours()] })
    t.notMatch(inTheWay.join('\n'), /takes no key/, 'nobody logs in there')
    t.match(inTheWay.join('\n'), new RegExp(`host ${host?.id} .* is gone, or another’s`))
  })
})

function withoutLast<T extends { readonly body: unknown }>(document: T): T {
  const body = document.body as { one_objects: { hosts: unknown[] } }
  const hosts = body.one_objects.hosts.slice(0, -1)
  return { ...document, body: { ...body, one_objects: { ...body.one_objects, hosts } } }
}

t.test('a provision of another driver is none of ours', async (t) => {
  const site = await createSite(t)
  const stage = await createStockStage(t, site, 0)
  const { one, id } = stage
  const provider = await one.documents.create(103, 'aws', 'PROVIDER_BODY', { driver: 'aws' })
  const { body } = (await one.documents.get(id)) as { body: object }
  await one.documents.update(id, 'PROVISION_BODY', { ...body, provider_id: provider })
  const document = await one.documents.get(id)
  await t.rejects(adoptionOf(site, stage).plan({ document, providers: [] }), {
    code: 'EDGE_ADOPT_OTHER',
  })
})

t.test('work begins once the document is ours, also where only the answer was lost', async (t) => {
  const site = await createSite(t)
  const stage = await createStockStage(t, site, 1)
  const { one, id } = stage
  const document = await one.documents.get(id)
  const done: string[] = []
  let refusal: Fault | undefined
  const note = (what: string) => async () => {
    done.push(what)
    if (refusal?.message === what) throw refusal
  }
  const described = { fireedge: {}, user_inputs: [] }
  const adoption = createAdoption({
    ...{ one, client: () => site.scaleway, login: async () => {}, uuidOf: () => 'u', cloud: 'c' },
    describe: async (values) => ({ ...described, user_inputs_values: values }),
    ready: note('ready'),
    provisions: { adopt: (async () => note('adopt')()) as never },
    start: note('start'),
    clock: { now: () => 0 },
  })
  const begin = (more: object = {}) =>
    adoption.begin({ document, providers: [ours()], ...more }).then(
      () => done.splice(0),
      (error: Fault) => [...done.splice(0), error.code],
    )
  t.strictSame(await begin(), ['ready', 'adopt', 'start'])
  t.strictSame(await begin({ digest: '0' }), ['EDGE_ADOPT_CHANGED'])
  t.strictSame(await begin({ providers: [] }), ['EDGE_ADOPT_IN_THE_WAY'])
  refusal = new Fault('EDGE_ONE_KEY', 'invalid', 'ready')
  t.strictSame(await begin(), ['ready', 'EDGE_ONE_KEY'], 'without an agent nothing is begun')
  refusal = new Fault('EDGE_DOCUMENT_MOVED', 'conflict', 'adopt')
  t.strictSame(await begin(), ['ready', 'adopt', 'EDGE_DOCUMENT_MOVED'])
  refusal = new Fault('ONE_UNREACHABLE', 'transient', 'adopt')
  t.strictSame(await begin(), ['ready', 'adopt', 'start', 'ONE_UNREACHABLE'])
})
