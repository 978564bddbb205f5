import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import { call, connection, type DocumentAnswer, makeProvision, open } from './calls.ts'
import { type Bench, recorded } from './support.ts'

const provisionBody = (answer: DocumentAnswer) => answer.DOCUMENT.TEMPLATE['PROVISION_BODY']

async function get<T>(it: Bench, path: string, session?: string): Promise<T> {
  return JSON.parse((await call(it, `GET /api/v1${path}`, undefined, session)).text) as T
}

t.test('lists have the newest first, as OneForm’s', async (t) => {
  const it = open(t)
  const first = await makeProvision(it)
  const second = await makeProvision(it)
  const ids = (all: DocumentAnswer[]) => all.map(({ DOCUMENT }) => Number(DOCUMENT.ID))
  t.strictSame(ids(await get(it, '/provisions')), [second, first])
  t.strictSame(ids(await get(it, '/providers')), [second - 1, first - 1])
  t.match(JSON.parse(recorded('providers').text), [
    { DOCUMENT: { ID: '3' } },
    { DOCUMENT: { ID: '2' } },
  ])
})

t.test('a provision is shown', async (t) => {
  t.test('with its provider where that is asked for, and without its secrets', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    const { provider_id } = (await it.documents.provisions.get(id)).body
    const provider = {
      name: 'scw',
      connection: { ...connection, secret_key: '__redacted__', project_id: '__redacted__' },
      provision_ids: [id],
    }
    const answers = [
      await get<DocumentAnswer>(it, `/provisions/${id}?include_provider=true`),
      ...(await get<DocumentAnswer[]>(it, '/provisions?include_provider=true')),
    ]
    t.equal(answers.length, 2)
    for (const answer of answers) {
      t.match(provisionBody(answer), { provider })
      t.notOk('provider_id' in (provisionBody(answer) ?? {}))
    }
    const path = `/provisions/${id}?include_provider=true&include_sensitive=true`
    t.match(provisionBody(await get(it, path)), { provider: { connection } })
    t.match(provisionBody(await get(it, `/provisions/${id}`)), { provider_id })
  })
  t.test('with the id of a provider that its user may not see', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    await it.one.documents.chmod(id, '644')
    const path = `/provisions/${id}?include_provider=true&include_sensitive=true`
    const shown = provisionBody(await get(it, path, 'bob:builder'))
    t.match(shown, { provider_id: id - 1 })
    t.notOk('provider' in (shown ?? {}))
  })
  t.test('with sensitive inputs only when asked, and only to who may manage it', async (t) => {
    const it = open(t)
    const id = await makeProvision(it, 'alice:wonder')
    await it.one.documents.chmod(id, '640')
    await it.documents.provisions.update(id, (draft) => ({
      ...draft,
      user_inputs: [{ ...draft.user_inputs[0], name: 'token', sensitive: true } as never],
      user_inputs_values: { token: 'geheim' },
    }))
    const values = async (query: string, session: string) =>
      provisionBody(await get(it, `/provisions/${id}${query}`, session))?.['user_inputs_values']
    const asked = '?include_sensitive=true'
    t.strictSame(await values('', 'alice:wonder'), { token: '__redacted__' })
    t.strictSame(await values(asked, 'bob:builder'), { token: '__redacted__' })
    t.strictSame(await values(asked, 'alice:wonder'), { token: 'geheim' })
  })
  t.test('alike with and without `decode`, for there is no state of Terraform', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    t.strictSame(await get(it, `/provisions/${id}?decode=true`), await get(it, `/provisions/${id}`))
  })
})

t.test('what others keep on a provision is told as recorded', async (t) => {
  const it = open(t)
  const id = await makeProvision(it, 'alice:wonder')
  const path = `/api/v1/provisions/${id}/unmanaged`
  const clean = await call(it, `GET ${path}`)
  t.match(clean, { status: 200, text: recorded('unmanaged-clean').text })
  it.unmanaged.set(id, { hosts: { 12: { vm: ['11'] } } })
  const held = await call(it, `GET ${path}`)
  t.match(held, { status: 200, text: recorded('unmanaged-hostvm').text })
  t.equal((await call(it, `GET ${path}`, undefined, 'bob:builder')).status, 403)
  t.equal((await call(it, 'GET /api/v1/provisions/9999/unmanaged')).status, 404)
})

t.test('a provision goes on from the failure that is named', async (t) => {
  const it = open(t)
  const id = await makeProvision(it, 'alice:wonder')
  const recover = (body: unknown, session?: string) =>
    call(it, `POST /api/v1/provisions/${id}/recover`, body, session)
  const inState = (state: number) =>
    it.documents.provisions.update(id, (body) => ({ ...body, state }))
  it.asked.length = 0
  await inState(states.RUNNING)
  const { status, text } = recorded('recover-bad')
  t.match(await recover({ recover_state: 'RUNNING' }), { status, text })
  await inState(states.APPLYING_FAILURE)
  const other = { err_code: 405, message: 'Cannot recover to state PLANNING from APPLYING_FAILURE' }
  t.match(await recover({ recover_state: 'PLANNING' }), {
    status: 405,
    text: JSON.stringify(other),
  })
  for (const wrong of ['', 'APPLYING_FAILURE', 'applying', 'nonsense'])
    t.equal((await recover({ recover_state: wrong })).status, 405, wrong)
  t.match(await recover({}), { status: 400, text: /Missing `recover_state` attribute/ })
  t.match(await recover(undefined), { status: 400, text: /Missing request body/ })
  t.match(await recover({ recover_state: 'APPLYING', force: 'yes' }), {
    ...{ status: 400, text: /`force` must be a boolean value/ },
  })
  t.equal((await recover({ recover_state: 'APPLYING' }, 'bob:builder')).status, 403)
  t.strictSame(it.asked, [])
  t.match(await recover({ recover_state: 'APPLYING' }), { status: 204, text: '' })
  t.match(await recover({ recover_state: 'APPLYING', force: true }), { status: 204 })
  t.strictSame(it.asked, [`retry ${id}`, `retry ${id} forced`])
})
