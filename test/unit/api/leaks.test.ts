import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import type { Leak } from '../../../controller/leaks/index.ts'
import { call, makeProvider, makeProvision, open } from './calls.ts'
import { basic } from './support.ts'

const price = {
  ...{ perHour: 0.107, perMonth: 78.11, once: 0, currency: 'EUR', source: 'Scaleway’s offer' },
}
const leak = (id: string, providers: readonly number[]): Leak => ({
  ...{ id, code: 'host-removed', kind: 'server', name: 'provision_7_host_2', providers, price },
  ...{ provision: 'u', provisionId: 7, place: 'project p in fr-par-2', evidence: ['a', 'b'] },
  ...{ certain: false, guests: [], sinceMs: 1_700_000_000_000 },
})

t.test('leaks', async (t) => {
  const it = open(t)
  const [mine, hers] = [await makeProvider(it), await makeProvider(it, 'alice:wonder')]
  it.leaks.report = {
    ...it.leaks.report,
    leaks: [leak('server/a1', [mine]), leak('server/b2', [hers])],
    watched: [leak('server/c3', [mine])],
    unlooked: [{ place: '', what: 'project q', why: 'no key', providers: [mine] }],
  }
  const list = async (session?: string) =>
    JSON.parse((await call(it, 'GET /api/v1/leaks', undefined, session)).text)

  t.test('are told with evidence, price, and what was not looked at', async (t) => {
    const all = await list()
    t.strictSame(all.leaks[0], {
      ...{ id: 'server/a1', code: 'host-removed', kind: 'server', name: 'provision_7_host_2' },
      ...{ provision_uuid: 'u', provision_id: 7, place: 'project p in fr-par-2' },
      ...{ evidence: ['a', 'b'], since: 1_700_000_000 },
      price: {
        ...{ per_hour: 0.107, per_month: 78.11, once: 0, currency: 'EUR' },
        source: 'Scaleway’s offer',
      },
    })
    t.match(all, {
      ...{ looked_at: 1_700_000_000, leaks: [{}, { id: 'server/b2' }] },
      ...{ watched: [{ id: 'server/c3' }], not_looked_at: [{ what: 'project q', why: 'no key' }] },
    })
  })
  t.test('are told to whoever may manage the provider that pays, and nobody else', async (t) => {
    const hers = await list('alice:wonder')
    t.match(hers, { leaks: [{ id: 'server/b2' }], watched: [], not_looked_at: [] })
    t.equal(hers.leaks.length, 1)
    t.same((await list('bob:builder')).leaks, [])
  })
  t.test('are released by ids of what one may see', async (t) => {
    const release = (ids: unknown, session?: string) =>
      call(it, 'POST /api/v1/leaks/release', { ids }, session)
    it.asked.splice(0)
    const answer = await release(['server/a1', 'server/b2'], 'alice:wonder')
    t.equal(answer.status, 202)
    t.strictSame(JSON.parse(answer.text), { accepted: ['server/b2'], refused: ['server/a1'] })
    t.strictSame(it.asked, ['release server/b2'])
    const seen = (session?: string) =>
      call(it, 'GET /api/v1/leaks/releases', undefined, session).then(({ text }) =>
        JSON.parse(text),
      )
    t.strictSame(await seen('alice:wonder'), [
      { id: 'server/b2', outcome: 'released', sentence: 'It is gone' },
    ])
    t.strictSame(await seen('bob:builder'), [])
    for (const ids of [[], 'server/a1', ['../x'], [7], undefined])
      t.equal((await release(ids)).status, 400, JSON.stringify(ids))
  })
})

t.test('the cost of a provision is asked of the cloud, and tells what is not known', async (t) => {
  const it = open(t)
  const id = await makeProvision(it)
  it.costs.set(id, {
    items: [
      { kind: 'server', id: 's', name: 'host-0', price },
      { kind: 'gateway', id: 'g', name: 'gateway', price: undefined },
    ],
    total: { ...price, complete: false },
    unread: [{ kind: 'vpc', why: 'denied', code: 'EDGE_CLOUD_DENIED' }],
  })
  const answer = await call(it, `GET /api/v1/provisions/${id}/cost`)
  t.match(JSON.parse(answer.text), {
    items: [{ kind: 'server', name: 'host-0', price: { per_month: 78.11 } }, { price: null }],
    total: { per_hour: 0.107, complete: false },
    not_looked_at: [{ what: 'vpc', why: 'denied' }],
  })
  t.equal((await call(it, 'GET /api/v1/provisions/4711/cost')).status, 404)
  await it.documents.provisions.update(id, (body) => ({ ...body, state: states.DONE }))
  const done = await call(it, `GET /api/v1/provisions/${id}/cost`)
  t.match(JSON.parse(done.text), { items: [], total: { per_hour: 0 } }, 'nobody is asked')
  t.notMatch((await call(it, `GET /api/v1/provisions/${id}`)).text, /per_month/)
})

t.test('a refusal has its code beside the body, which is OneForm’s', async (t) => {
  const { app } = open(t)
  const url = '/api/v1/provisions/4711'
  const answer = await app.inject({ method: 'GET', url, headers: basic() })
  t.equal(answer.headers['x-edgectl-code'], 'EDGE_DOCUMENT_MISSING')
  t.strictSame(answer.json(), { err_code: 404, message: 'Error getting document 4711' })
})
