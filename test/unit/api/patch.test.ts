import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import {
  call,
  connection,
  type DocumentAnswer,
  makeProvider,
  makeProvision,
  open,
} from './calls.ts'
import { type Bench, recorded, refusedKey, shape } from './support.ts'

const bodyOf = (text: string) =>
  Object.values((JSON.parse(text) as DocumentAnswer).DOCUMENT.TEMPLATE)[0] as Record<
    string,
    unknown
  >

async function secrets(it: Bench, id: number) {
  return (await it.documents.providers.get(id)).body.connection
}

t.test('a provider is updated', async (t) => {
  t.test('by one request at a time: a slow one does not bring the old key back', async (t) => {
    const fresh = '77777777-7777-4777-8777-777777777777'
    const rotate = { connection_values: { secret_key: fresh } }
    let id: number | undefined
    const it = open(t, {
      checking: async (values) => {
        if (id === undefined || values.access_key !== 'SCWAAAAAAAAAAAAAAAAA') return
        t.equal((await call(it, `PATCH /api/v1/providers/${id}`, rotate)).status, 200)
      },
    })
    id = await makeProvider(it)
    const slow = { connection_values: { access_key: 'SCWAAAAAAAAAAAAAAAAA' } }
    const answer = await call(it, `PATCH /api/v1/providers/${id}`, slow)
    t.match(answer, { status: 405, text: /changed at the same time/ })
    t.match(await secrets(it, id), { ...connection, secret_key: fresh })
  })
  t.test('in name and description, with the recorded answer', async (t) => {
    const it = open(t)
    const id = await makeProvider(it)
    const url = `/api/v1/providers/${id}`
    const answer = await call(it, `PATCH ${url}`, { name: 'newname', description: 'newdesc' })
    const skip = ['fireedge']
    t.equal(answer.status, 200)
    t.strictSame(
      shape(JSON.parse(answer.text), skip),
      shape(JSON.parse(recorded('provider-patch').text), skip),
    )
    t.match(bodyOf(answer.text), { name: 'newname', description: 'newdesc' })
    t.equal(it.one.stored.get(id)?.name, 'newname', 'for OpenNebula’s own tools too')
    t.notMatch(answer.text, connection.secret_key)
    t.equal((await call(it, `GET ${url}`)).text, answer.text)
    t.equal(it.checked.length, 1, 'the cloud is asked about keys only')
  })
  t.test('in its keys, which the cloud is asked about first', async (t) => {
    const it = open(t)
    const id = await makeProvider(it)
    const url = `/api/v1/providers/${id}`
    const secret_key = '33333333-3333-4333-8333-333333333333'
    t.equal((await call(it, `PATCH ${url}`, { connection_values: { secret_key } })).status, 200)
    t.strictSame(await secrets(it, id), { ...connection, secret_key })
    t.strictSame(it.checked.at(-1), { ...connection, secret_key })
    const refused = { connection: { secret_key: refusedKey } }
    t.match(await call(it, `PATCH ${url}`, { name: 'x', ...refused }), { status: 403 })
    t.strictSame(await secrets(it, id), { ...connection, secret_key })
    t.equal((await it.documents.providers.get(id)).name, 'scw', 'all of it or nothing')
  })
  t.test('keeping what comes back as it was redacted', async (t) => {
    const it = open(t)
    const id = await makeProvider(it)
    const url = `/api/v1/providers/${id}`
    const shown = bodyOf((await call(it, `GET ${url}`)).text)
    const body = { ...shown, connection_values: shown['connection'], name: 'again' }
    t.equal((await call(it, `PATCH ${url}`, body)).status, 200)
    t.strictSame(await secrets(it, id), connection)
    t.equal(it.checked.length, 1)
  })
  t.test('in its zone, from which its region follows, and the other way round', async (t) => {
    const it = open(t)
    const id = await makeProvider(it)
    const move = (values: object) =>
      call(it, `PATCH /api/v1/providers/${id}`, { connection_values: values })
    for (const [given, want] of [
      [{ zone: 'nl-ams-2' }, { region: 'nl-ams', zone: 'nl-ams-2' }],
      [{ region: 'nl-ams' }, { region: 'nl-ams', zone: 'nl-ams-2' }],
      [{ region: 'pl-waw' }, { region: 'pl-waw', zone: 'pl-waw-2' }],
      [
        { region: 'fr-par', zone: 'fr-par-2' },
        { region: 'fr-par', zone: 'fr-par-2' },
      ],
    ]) {
      t.equal((await move(given as object)).status, 200)
      t.match(await secrets(it, id), want)
    }
    const wrong = await move({ zone: 'mars-1' })
    t.match(wrong, { status: 400, text: /invalid value 'mars-1' for 'zone'/ })
    t.match(await move({ planet: 'mars' }), { status: 400, text: /"planet":\["is not expected"\]/ })
    t.match(await move({ region: 'fr-par', zone: 'nl-ams-1' }), { status: 400 })
    t.match(await secrets(it, id), { zone: 'fr-par-2' })
  })
  t.test('but stays where its provisions are', async (t) => {
    const it = open(t)
    const provision = await makeProvision(it)
    const { body } = await it.documents.provisions.get(provision)
    const url = `/api/v1/providers/${body.provider_id}`
    const project_id = '44444444-4444-4444-8444-444444444444'
    for (const [values, names] of [
      [{ project_id }, 'project_id'],
      [{ zone: 'fr-par-1' }, 'zone'],
      [{ zone: 'nl-ams-1' }, 'region and zone'],
    ] as const) {
      const answer = await call(it, `PATCH ${url}`, { name: 'x', connection_values: values })
      const text = new RegExp(`Cannot change ${names} of .* with existing provisions: ${provision}`)
      t.match(answer, { status: 405, text })
    }
    t.match(await it.documents.providers.get(body.provider_id), {
      name: 'scw',
      body: { connection },
    })
    const secret_key = '33333333-3333-4333-8333-333333333333'
    const rotated = await call(it, `PATCH ${url}`, { connection_values: { secret_key } })
    t.equal(
      rotated.status,
      200,
      'another key of the same project is what providers are updated for',
    )
    await it.documents.provisions.update(provision, (draft) => ({ ...draft, state: states.DONE }))
    t.equal((await call(it, `PATCH ${url}`, { connection_values: { project_id } })).status, 200)
  })
  t.test('by who may manage it, and with what can be', async (t) => {
    const it = open(t)
    const id = await makeProvider(it, 'alice:wonder')
    await it.one.documents.chmod(id, '640')
    const url = `/api/v1/providers/${id}`
    t.equal((await call(it, `PATCH ${url}`, { name: 'x' }, 'bob:builder')).status, 403)
    const cases: [unknown, RegExp][] = [
      [undefined, /Missing request body/],
      ['[]', /Error validating Provider/],
      [{ name: '' }, /name/],
      [{ name: 7 }, /name/],
      [{ connection: 'x' }, /connection/],
      [{ driver: 'aws' }, /"driver":\["is scaleway and cannot be changed"\]/],
    ]
    for (const [body, text] of cases)
      t.match(await call(it, `PATCH ${url}`, body), { status: 400, text }, JSON.stringify(body))
    t.equal((await call(it, 'PATCH /api/v1/providers/9999', { name: 'x' })).status, 404)
    t.equal((await call(it, `PATCH ${url}`, { driver: 'Scaleway' })).status, 200)
  })
})

t.test('a provision is updated', async (t) => {
  t.test('in name and description, whatever its state', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    const url = `/api/v1/provisions/${id}`
    for (const state of [states.RUNNING, states.APPLYING, states.DONE]) {
      await it.documents.provisions.update(id, (draft) => ({ ...draft, state }))
      const body = { name: `renamed ${state}`, description: 'newdesc' }
      const answer = await call(it, `PATCH ${url}`, body)
      t.match(answer, { status: 200, text: `"NAME":"renamed ${state}"` })
      t.match(bodyOf(answer.text), body)
      t.equal((await call(it, `GET ${url}`)).text, answer.text)
    }
    t.equal(it.one.stored.get(id)?.name, `renamed ${states.DONE}`)
  })
  t.test('with values as they are, in any of their forms', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    const url = `/api/v1/provisions/${id}`
    const shown = bodyOf((await call(it, `GET ${url}`)).text)
    const bodies = [
      { user_inputs_values: { oneform_hosts: 1 } },
      { user_inputs_values: { oneform_hosts: '1', oneform_public_ips: 0 } },
      { ...shown, name: 'whole', historic: [], state: 'DONE' },
      {},
    ]
    for (const body of bodies)
      t.equal((await call(it, `PATCH ${url}`, body)).status, 200, JSON.stringify(body))
    const { body } = await it.documents.provisions.get(id)
    t.match(body, { name: 'whole', state: states.PENDING })
  })
  t.test('in nothing that would be true in its document only', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    const before = (await it.documents.provisions.get(id)).body
    const cases: [object, string][] = [
      [{ user_inputs_values: { oneform_hosts: 2 } }, 'oneform_hosts'],
      [{ user_inputs_values: { oneform_public_ips: 3 } }, 'instance_public_ips'],
      [{ user_inputs_values: { cidr_block: '10.0.0.0/24' } }, 'cidr_block'],
      [{ user_inputs_values: { oneform_tags: { a: 'b' } } }, 'oneform_tags'],
      [{ user_inputs_values: { nonsense: 1 } }, 'nonsense'],
      [{ one_objects: { hosts: [] } }, 'one_objects'],
      [{ provider_id: 77 }, 'provider_id'],
      [{ tags: { a: 'b' } }, 'tags'],
      [{ onedeploy_tags: 'stage2' }, 'onedeploy_tags'],
    ]
    for (const [body, field] of cases) {
      const answer = await call(it, `PATCH /api/v1/provisions/${id}`, { name: 'x', ...body })
      t.equal(answer.status, 405, field)
      const { message, context } = JSON.parse(answer.text) as { message: string; context: object }
      t.match(message, `An update of provision ${id} cannot change ${field}`)
      t.strictSame(Object.keys(context), [field])
    }
    t.strictSame((await it.documents.provisions.get(id)).body, before)
  })
  t.test('by who may manage it', async (t) => {
    const it = open(t)
    const id = await makeProvision(it, 'alice:wonder')
    await it.one.documents.chmod(id, '640')
    const url = `/api/v1/provisions/${id}`
    t.equal((await call(it, `PATCH ${url}`, { name: 'x' }, 'bob:builder')).status, 403)
    t.equal((await call(it, `PATCH ${url}`, { name: 'x' }, 'alice:wonder')).status, 200)
    t.match(await call(it, `PATCH ${url}`), { status: 400, text: /Missing request body/ })
    t.equal((await call(it, 'PATCH /api/v1/provisions/9999', { name: 'x' })).status, 404)
  })
})
