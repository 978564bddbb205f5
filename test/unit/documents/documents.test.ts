import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createEnvelope } from '../../../controller/documents/envelope.ts'
import {
  createDocuments,
  derive,
  historicLimit,
  loadControllerDocument,
  stateName,
  states,
  withHistory,
} from '../../../controller/documents/index.ts'
import { createSerial } from '../../../controller/documents/serial.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { memoryOpenNebula } from './memory-opennebula.ts'
import { providerBody, provisionBody } from './samples.ts'

const master = Buffer.alloc(32, 7)

t.test('a derived secret depends on master and purpose and on nothing else', async (t) => {
  t.equal(derive(master, 'a').length, 32)
  t.strictSame(derive(master, 'a'), derive(Buffer.from(master), 'a'))
  t.notSame(derive(master, 'a'), derive(master, 'b'))
  t.notSame(derive(master, 'a'), derive(randomBytes(32), 'a'))
})

t.test('a sealed value opens only under its own key and field', async (t) => {
  const envelope = createEnvelope(derive(master, 'x'))
  const sealed = envelope.seal('secret_key', 'geheim')
  t.match(sealed, /^enc:v1:/)
  t.not(sealed, envelope.seal('secret_key', 'geheim'), 'no two seals are alike')
  t.equal(envelope.open('secret_key', sealed), 'geheim')
  t.equal(envelope.open('secret_key', 'never sealed'), 'never sealed')
  t.throws(() => envelope.open('project_id', sealed), { code: 'EDGE_SECRET_UNREADABLE' })
  t.throws(() => createEnvelope(randomBytes(32)).open('secret_key', sealed), {
    code: 'EDGE_SECRET_UNREADABLE',
  })
  t.throws(() => envelope.open('secret_key', 'enc:v1:AAAA'), { code: 'EDGE_SECRET_UNREADABLE' })
})

t.test(
  'works of one key keep their order, failures included; other keys do not wait',
  async (t) => {
    const serial = createSerial()
    const seen: string[] = []
    const work = (name: string, ms: number, error?: Error) => async () => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      seen.push(name)
      if (error) throw error
    }
    const first = serial(1, work('slow', 20, new Error('broken')))
    const second = serial(1, work('after', 0))
    await serial(2, work('other', 0))
    await t.rejects(first, { message: 'broken' })
    await second
    t.strictSame(seen, ['other', 'slow', 'after'])
  },
)

t.test('the controller document', async (t) => {
  t.test('is created once, private, and its epoch rises at each start', async (t) => {
    const one = memoryOpenNebula()
    const first = await loadControllerDocument(one)
    const second = await loadControllerDocument(one)
    t.equal(first.epoch, 1)
    t.equal(second.epoch, 2)
    t.equal(second.cloud, first.cloud)
    t.strictSame(second.master, first.master)
    t.equal(one.stored.size, 1)
    const [stored] = one.stored.values()
    t.match(stored, { type: 105, attribute: 'PROVISION_BODY', permissions: { groupU: false } })
  })
  t.test('planted by another user is not believed', async (t) => {
    const one = memoryOpenNebula()
    const forged = {
      engine: 'edgectl',
      cloud: 'evil',
      epoch: 9,
      master: Buffer.alloc(32).toString('base64'),
    }
    await one.as('alice:wonder').documents.create(105, 'controller', 'PROVISION_BODY', forged)
    t.not((await loadControllerDocument(one)).cloud, 'evil')
  })
  t.test('is not made anew while documents exist that only the old one opens', async (t) => {
    const one = memoryOpenNebula()
    const { providers } = createDocuments(one, await loadControllerDocument(one))
    const { id } = await providers.create(providerBody())
    const [controller] = await one.documents.list(105)
    await one.documents.delete(controller?.id ?? -1)
    await t.rejects(loadControllerDocument(one), {
      code: 'EDGE_CONTROLLER_DOCUMENT_LOST',
      message: `The controller document is gone and documents ${id} were written under it`,
    })
    await one.documents.delete(id)
    await t.resolves(loadControllerDocument(one))
  })
  t.test('twice, or unreadable, stops the controller with a sentence', async (t) => {
    const one = memoryOpenNebula()
    await one.documents.create(105, 'a', 'PROVISION_BODY', { cloud: 'x' })
    await t.rejects(loadControllerDocument(one), { code: 'EDGE_CONTROLLER_DOCUMENT_INVALID' })
    await one.documents.create(105, 'b', 'PROVISION_BODY', {})
    await t.rejects(loadControllerDocument(one), {
      code: 'EDGE_CONTROLLER_DOCUMENT_AMBIGUOUS',
      message: /3, 4/,
    })
  })
})

t.test('documents', async (t) => {
  t.test('keep a provider’s sensitive values sealed in OpenNebula and open here', async (t) => {
    const one = memoryOpenNebula()
    const { providers } = createDocuments(one, { master })
    const { id } = await providers.create(providerBody())
    const stored = JSON.stringify(one.stored.get(id))
    t.notMatch(stored, '11111111-1111')
    t.notMatch(stored, '22222222-2222')
    t.match(stored, 'SCWXXXX')
    t.strictSame((await providers.get(id)).body, providerBody())
    t.strictSame(
      (await providers.list()).map(({ body }) => body),
      [providerBody()],
    )
  })
  t.test('of other engines and types are skipped, refused and never deleted', async (t) => {
    const one = memoryOpenNebula()
    const { providers, provisions } = createDocuments(one, { master })
    const foreign = await one.documents.create(104, 'stock', 'PROVISION_BODY', { state: 6 })
    const nothing = await one.documents.create(104, 'empty', 'PROVISION_BODY', null)
    const { id: provider } = await providers.create(providerBody())
    t.strictSame(await provisions.list(), [])
    const missing = (id: number) => ({
      ...{ code: 'EDGE_DOCUMENT_MISSING', message: `Error getting document ${id}` },
    })
    const theirs = { code: 'EDGE_DOCUMENT_FOREIGN', message: /another OneForm server/ }
    for (const [id, refusal] of [
      [foreign, theirs],
      [nothing, theirs],
      [provider, missing(provider)],
      [4711, missing(4711)],
    ] as const) {
      await t.rejects(provisions.get(id), refusal)
      await t.rejects(provisions.delete(id), refusal)
      await t.rejects(
        provisions.update(id, () => undefined),
        refusal,
      )
    }
    t.equal(one.stored.size, 3)
  })
  t.test(
    'of another engine become ours as they were seen, once, and paid by a provider of ours',
    async (t) => {
      const one = memoryOpenNebula()
      const { providers, provisions } = createDocuments(one, { master })
      const seen = { state: 6, hosts: ['a'] }
      const id = await one.documents.create(104, 'stock', 'PROVISION_BODY', seen)
      const { id: provider } = await providers.create(providerBody())
      const body = { ...provisionBody(provider), name: 'stock' }
      const moved = { code: 'EDGE_DOCUMENT_MOVED' }
      await t.rejects(provisions.adopt(id, { ...seen, state: 7 }, body), moved)
      await t.rejects(provisions.adopt(id, seen, { ...body, provider_id: 4711 }), {
        code: 'EDGE_DOCUMENT_MISSING',
      })
      t.strictSame(one.stored.get(id)?.body, seen, 'nothing was written')
      const two = [provisions.adopt(id, seen, body), provisions.adopt(id, seen, body)]
      const [first, second] = await Promise.allSettled(two)
      t.match(first, { status: 'fulfilled', value: { id, body: { uuid: body.uuid } } })
      t.match(second, { status: 'rejected', reason: moved })
      t.strictSame((await provisions.get(id)).body, body)
      await t.rejects(providers.delete(provider), { code: 'EDGE_PROVIDER_IN_USE' })
    },
  )
  t.test('that a user forged, copied or changed are never acted on', async (t) => {
    const one = memoryOpenNebula()
    const admin = createDocuments(one, { master })
    const alice = one.as('alice:wonder')
    const { id: provider } = await admin.providers.create(providerBody())
    const { id } = await admin.provisions.create(provisionBody(provider))
    const genuine = one.stored.get(id)?.body as object
    const forged = await alice.documents.create(
      104,
      'forged',
      'PROVISION_BODY',
      provisionBody(provider),
    )
    const copied = await alice.documents.create(104, 'copied', 'PROVISION_BODY', genuine)
    const odd = { engine: 'edgectl', user_inputs: [null], connection: 7 }
    const hostile = await alice.documents.create(103, 'hostile', 'PROVIDER_BODY', odd)
    for (const document of [forged, copied]) {
      await t.rejects(admin.provisions.get(document), { code: 'EDGE_DOCUMENT_ALTERED' })
    }
    await t.rejects(admin.providers.get(hostile), { code: 'EDGE_DOCUMENT_ALTERED' })
    t.strictSame(
      (await admin.provisions.list()).map((document) => document.id),
      [id],
    )
    t.strictSame(
      (await admin.providers.list()).map((document) => document.id),
      [provider],
    )
    await one.documents.update(id, 'PROVISION_BODY', { ...genuine, provider_id: 99 })
    await t.rejects(admin.provisions.get(id), { code: 'EDGE_DOCUMENT_ALTERED' })
  })
  t.test('lose no update when many come at once, whoever asks', async (t) => {
    const one = memoryOpenNebula()
    const documents = createDocuments(one, { master })
    const { id: provider } = await documents.providers.create(providerBody())
    const { id } = await documents.provisions.create(provisionBody(provider))
    const other = documents.as(one.as('oneadmin:opennebula'))
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? documents : other).provisions.update(id, (body) => {
          body.historic = withHistory(body.historic, 'counted', String(n), 0)
          return undefined
        }),
      ),
    )
    t.equal((await documents.provisions.get(id)).body.historic.length, 20)
  })
  t.test('are written only when they change, and renamed with their body', async (t) => {
    const one = memoryOpenNebula()
    const { providers } = createDocuments(one, { master })
    const { id } = await providers.create(providerBody())
    await providers.update(id, (body) => body)
    t.strictSame(one.calls, [`oneadmin update ${id}`], 'the creation only')
    await providers.update(id, (body) => ({ ...body, name: 'paris' }))
    t.equal((await providers.get(id)).name, 'paris')
    t.equal(one.calls.length, 2)
  })
  t.test('of one user are out of another’s reach', async (t) => {
    const one = memoryOpenNebula()
    const admin = createDocuments(one, { master })
    const alice = admin.as(one.as('alice:wonder'))
    const bob = admin.as(one.as('bob:builder'))
    const { id } = await alice.providers.create(providerBody())
    t.equal((await admin.providers.list()).length, 1)
    t.strictSame(await bob.providers.list(), [])
    await t.rejects(bob.providers.get(id), { code: 'ONE_DENIED' })
    await t.rejects(bob.provisions.create(provisionBody(id)), { code: 'ONE_DENIED' })
  })
  t.test('of a provider stay while its provisions live', async (t) => {
    const { providers, provisions } = createDocuments(memoryOpenNebula(), { master })
    const { id: provider } = await providers.create(providerBody())
    const { id } = await provisions.create(provisionBody(provider))
    await t.rejects(providers.delete(provider), {
      code: 'EDGE_PROVIDER_IN_USE',
      message: `Cannot delete a Provider with existing Provisions: ${id}`,
    })
    await provisions.update(id, (body) => ({ ...body, state: states.DONE }))
    await providers.delete(provider)
    await t.rejects(provisions.create(provisionBody(provider)), { code: 'EDGE_DOCUMENT_MISSING' })
  })
  t.test('are recalled without asking anybody, as they were last read or written', async (t) => {
    const one = memoryOpenNebula()
    const admin = createDocuments(one, { master })
    const alice = admin.as(one.as('alice:wonder'))
    const { id, body } = await alice.providers.create(providerBody())
    const other = createDocuments(one, { master })
    t.equal(other.providers.recall(id), undefined, 'nothing is known before it was read')
    await other.providers.census()
    for (const { providers } of [admin, alice, other])
      t.strictSame(providers.recall(id)?.body, body)
    t.equal(admin.provisions.recall(id), undefined, 'it is of another type')
    await admin.providers.update(id, (draft) => ({ ...draft, name: 'lyon' }))
    t.match(admin.providers.recallAll(), [{ id, name: 'lyon', body: { name: 'lyon' } }])
    await one.documents.delete(id)
    await alice.providers.list()
    t.ok(admin.providers.recall(id), 'who does not see all cannot tell that it is gone')
    await admin.providers.list()
    t.equal(admin.providers.recall(id), undefined)
    await t.rejects(other.providers.get(id), { code: 'EDGE_DOCUMENT_MISSING' })
    t.equal(other.providers.recall(id), undefined)
  })
  t.test(
    'that another server has written over are told, once, by whoever reads them',
    async (t) => {
      const one = memoryOpenNebula()
      const lost: number[] = []
      const { providers, provisions } = createDocuments(one, { master }, ({ id }) => lost.push(id))
      const { id: provider } = await providers.create(providerBody())
      const { id } = await provisions.create(provisionBody(provider))
      await provisions.list()
      t.strictSame(lost, [])
      await one.documents.update(id, 'PROVISION_BODY', { name: 'edge-a', state: 6 })
      await provisions.list()
      await provisions.list()
      await t.rejects(provisions.get(id), { code: 'EDGE_DOCUMENT_FOREIGN' })
      t.strictSame(lost, [id])
      await one.documents.delete(provider)
      await providers.list()
      t.strictSame(lost, [id], 'one that was deleted is not lost to anybody')
    },
  )
  t.test('whose creation is answered with a failure are not there later', async (t) => {
    for (const broken of ['get', 'update'] as const) {
      const one = memoryOpenNebula()
      const cut = async () => {
        throw new Fault('ONE_UNREACHABLE', 'transient', 'oned does not answer')
      }
      const { providers } = createDocuments(
        { ...one, documents: { ...one.documents, [broken]: cut } },
        { master: Buffer.alloc(32, 1) },
      )
      await t.rejects(providers.create(providerBody()), { code: 'ONE_UNREACHABLE' }, broken)
      t.equal(one.stored.size, 0, broken)
    }
  })
  t.test('too large for OpenNebula are refused before they are sent', async (t) => {
    const one = memoryOpenNebula()
    const { providers } = createDocuments(one, { master })
    const body = { ...providerBody(), description: 'x'.repeat(200_000) }
    await t.rejects(providers.create(body), { code: 'EDGE_DOCUMENT_TOO_LARGE' })
    t.equal(one.stored.size, 0)
  })
})

t.test('history keeps the newest entries', async (t) => {
  let entries = withHistory([], 'State changed', 'first', 1_795_335_365_900)
  const [long] = withHistory([], 'Failure', 'x'.repeat(10_000), 0)
  t.equal(long?.description.length, 500, 'a long list of names does not fill the document')
  t.strictSame(entries, [{ action: 'State changed', description: 'first', time: 1795335365 }])
  for (let n = 0; n < historicLimit; n++) entries = withHistory(entries, 'x', String(n), 0)
  t.equal(entries.length, historicLimit)
  t.equal(entries[0]?.description, '0')
})

t.test('states have OneForm’s numbers', async (t) => {
  t.equal(stateName(6), 'RUNNING')
  t.equal(stateName(17), 'DEPROVISIONING_ONE_FAILURE')
  t.throws(() => stateName(99), RangeError)
})
