import { mkdirSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import {
  call,
  connection,
  type DocumentAnswer,
  makeProvider,
  makeProvision,
  newProvider,
  open,
} from './calls.ts'
import { type Bench, basic, emptyType, recorded, refusedKey, shape, unsoldType } from './support.ts'

async function inState(it: Bench, id: number, state: number): Promise<void> {
  await it.documents.provisions.update(id, (body) => ({ ...body, state }))
}

t.test('credentials', async (t) => {
  t.test('that oned refuses, or none, get the recorded 401', async (t) => {
    const it = open(t)
    const want = recorded('badauth')
    for (const session of ['oneadmin:wrong', 'nobody:x', 'no-colon']) {
      const answer = await call(it, 'GET /api/v1/drivers', undefined, session)
      t.match(answer, { status: want.status, text: want.text })
      t.equal(answer.type, want.type)
    }
    const bare = await it.app.inject('/api/v1/providers/1')
    t.equal(bare.statusCode, recorded('noauth').status)
    t.equal(bare.body, recorded('noauth').text)
  })
  t.test('are believed for ten seconds, then asked again; a no is never kept', async (t) => {
    const it = open(t)
    const asked = () => it.one.calls.filter((line) => line.endsWith(' user')).length
    for (let n = 0; n < 3; n++) await call(it, 'GET /api/v1/drivers')
    t.equal(asked(), 1)
    it.advance(10_001)
    await call(it, 'GET /api/v1/drivers')
    t.equal(asked(), 2)
    for (let n = 0; n < 2; n++) await call(it, 'GET /api/v1/drivers', undefined, 'eve:x')
    t.equal(asked(), 4)
  })
})

t.test('the welcome and unknown paths answer as recorded', async (t) => {
  const it = open(t)
  for (const path of ['/', '/api/v1/']) {
    const answer = await call(it, `GET ${path}`)
    t.match(answer, { status: 200, text: recorded('root').text, type: recorded('root').type })
  }
  const answer = await call(it, 'GET /api/v1')
  t.match(answer, { status: 404, text: recorded('root-slashless').text })
})

t.test('drivers have the recorded keys, and an unknown one the recorded error', async (t) => {
  const it = open(t)
  const driver = JSON.parse((await call(it, 'GET /api/v1/drivers/scaleway')).text) as object
  const want = JSON.parse(recorded('driver-scaleway').text) as object
  t.strictSame(Object.keys(driver), Object.keys(want))
  const [listed] = JSON.parse((await call(it, 'GET /api/v1/drivers?enabled=true')).text) as object[]
  t.strictSame(listed, driver)
  const answer = await call(it, 'GET /api/v1/drivers/nosuch')
  t.equal(answer.status, recorded('driver-missing').status)
  t.equal(answer.text, recorded('driver-missing').text)
})

t.test('a provider', async (t) => {
  t.test('is created, shown and listed with the recorded keys and types', async (t) => {
    const it = open(t)
    const created = await call(it, 'POST /api/v1/providers', newProvider)
    const skip = ['fireedge']
    const want = shape(JSON.parse(recorded('provider-create-dup').text), skip)
    t.equal(created.status, 201)
    t.strictSame(shape(JSON.parse(created.text), skip), want)
    const shown = await call(it, 'GET /api/v1/providers/3')
    t.equal(shown.text, created.text)
    const listed = JSON.parse((await call(it, 'GET /api/v1/providers')).text) as unknown[]
    t.strictSame(listed, [JSON.parse(shown.text)])
    t.strictSame(it.checked, [connection])
  })
  t.test('shows its secrets only when asked, and only to who may manage it', async (t) => {
    const it = open(t)
    const id = await makeProvider(it, 'alice:wonder')
    await it.one.documents.chmod(id, '640')
    const url = `GET /api/v1/providers/${id}`
    const secrets = new RegExp(`${connection.secret_key}|${connection.project_id}`)
    t.notMatch((await call(it, url, undefined, 'alice:wonder')).text, secrets)
    t.match((await call(it, url)).text, '"secret_key":"__redacted__"')
    const sensitive = `${url}?include_sensitive=true`
    t.match((await call(it, sensitive, undefined, 'alice:wonder')).text, connection.secret_key)
    const bob = await call(it, sensitive, undefined, 'bob:builder')
    t.equal(bob.status, 200)
    t.notMatch(bob.text, secrets)
  })
  t.test(
    'that cannot be right is refused in OneForm’s words before the cloud is asked',
    async (t) => {
      const it = open(t)
      const invalid = {
        driver: 'scaleway',
        connection_values: { access_key: 'SCWXXXXXXXXXXXXXXXXX', region: 'xx' },
      }
      const cases: [string, unknown][] = [
        ['provider-create-badjson', '{"driver":'],
        ['provider-create-nobody', undefined],
        ['provider-create-nodriver', {}],
      ]
      for (const [name, body] of cases) {
        const answer = await call(it, 'POST /api/v1/providers', body)
        t.match(answer, { status: recorded(name).status, text: recorded(name).text }, name)
      }
      const answer = await call(it, 'POST /api/v1/providers', invalid)
      const want = JSON.parse(recorded('provider-create-invalid').text) as { context: object }
      t.equal(answer.status, recorded('provider-create-invalid').status)
      t.strictSame(JSON.parse(answer.text), want)
      t.strictSame(it.checked, [])
      t.equal(it.one.stored.size, 0)
    },
  )
  t.test('in a zone without Elastic Metal is refused with the zones that have it', async (t) => {
    const it = open(t)
    for (const [region, zone, others] of [
      ['fr-par', 'fr-par-3', 'fr-par-1, fr-par-2'],
      ['nl-ams', 'nl-ams-3', 'nl-ams-1, nl-ams-2'],
      ['pl-waw', 'pl-waw-1', 'pl-waw-2, pl-waw-3'],
    ]) {
      const connection_values = { ...connection, region, zone }
      const body = { driver: 'scaleway', connection_values }
      const answer = await call(it, 'POST /api/v1/providers', body)
      t.equal(answer.status, 400)
      const { context } = JSON.parse(answer.text) as { context: unknown }
      const message = `invalid value '${zone}' for 'zone'. Choose from: ${others}.`
      t.strictSame(context, { zone: [message] })
    }
  })
  t.test('takes the region from its zone, and the first zone of its region', async (t) => {
    const it = open(t)
    const { access_key, secret_key, project_id } = connection
    const create = (values: object) =>
      call(it, 'POST /api/v1/providers', {
        driver: 'scaleway',
        connection_values: { access_key, secret_key, project_id, ...values },
      })
    for (const values of [{ zone: 'nl-ams-2' }, { region: 'pl-waw' }, {}]) await create(values)
    t.match(it.checked, [
      { region: 'nl-ams', zone: 'nl-ams-2' },
      { region: 'pl-waw', zone: 'pl-waw-2' },
      { region: 'fr-par', zone: 'fr-par-1' },
    ])
  })
  t.test('with a key the cloud refuses is not created', async (t) => {
    const it = open(t)
    const connection_values = { ...connection, secret_key: refusedKey }
    const body = { driver: 'scaleway', connection_values }
    const answer = await call(it, 'POST /api/v1/providers', body)
    t.equal(answer.status, 403)
    t.strictSame(JSON.parse(answer.text), { err_code: 403, message: 'Scaleway refuses this key' })
    t.equal(it.one.stored.size, 0)
  })
  t.test('in use stays, and lists its provisions', async (t) => {
    const it = open(t)
    const provision = await makeProvision(it)
    const shown = JSON.parse((await call(it, 'GET /api/v1/providers/3')).text) as DocumentAnswer
    t.strictSame(shown.DOCUMENT.TEMPLATE['PROVIDER_BODY']?.['provision_ids'], [provision])
    const answer = await call(it, 'DELETE /api/v1/providers/3')
    t.equal(answer.status, recorded('provider-delete-inuse').status)
    t.equal(answer.text, recorded('provider-delete-inuse').text.replace('6', String(provision)))
    await inState(it, provision, states.DONE)
    t.equal((await call(it, 'DELETE /api/v1/providers/3')).status, 204)
  })
  t.test('tells where the elastic plug-in lies', async (t) => {
    const it = open(t)
    const id = await makeProvider(it)
    const answer = await call(it, `GET /api/v1/providers/${id}/path`)
    const want = JSON.parse(recorded('provider-path').text) as object
    t.strictSame(Object.keys(JSON.parse(answer.text) as object), Object.keys(want))
  })
})

t.test('unknown ids answer as recorded, on every route', async (t) => {
  const it = open(t)
  const gone = recorded('provider-404')
  for (const route of ['GET /providers/9999', 'GET /provisions/9999', 'GET /providers/9999/path']) {
    const answer = await call(it, route.replace(' ', ' /api/v1'))
    t.match(answer, { status: gone.status, text: gone.text }, route)
  }
  const more = ['/provisions/9999/logs', '/provisions/9999/logs/poll', '/provisions/9999/events']
  for (const path of more) t.equal((await call(it, `GET /api/v1${path}`)).status, 404, path)
  for (const work of ['POST 9999/undeploy', 'POST 9999/retry', 'DELETE 9999']) {
    const answer = await call(it, work.replace(' ', ' /api/v1/provisions/'))
    t.match(answer, { status: 404, text: gone.text }, work)
  }
  const answer = await call(it, 'GET /api/v1/providers/..%2f')
  t.ok(answer.status >= 400 && answer.status < 500)
})

t.test('a provision', async (t) => {
  t.test('is created with the recorded keys, owned by who asked, and started', async (t) => {
    const it = open(t)
    const provider_id = await makeProvider(it, 'alice:wonder')
    const request = {
      driver: 'scaleway',
      deployment_type: 'ssh_cluster',
      provider_id: String(provider_id),
      name: 'edge-a',
      user_inputs_values: { oneform_hosts: 2, oneform_public_ips: 1, oneform_tags: { owner: 'x' } },
    }
    const answer = await call(it, 'POST /api/v1/provisions', request, 'alice:wonder')
    t.equal(answer.status, 201)
    const want = JSON.parse(recorded('provision-show').text) as DocumentAnswer
    const { DOCUMENT } = JSON.parse(answer.text) as DocumentAnswer
    const skip = ['fireedge', 'user_inputs_values', 'one_objects', 'tags']
    t.strictSame(shape(DOCUMENT, skip), shape(want.DOCUMENT, skip))
    t.strictSame(it.asked, [`create ${DOCUMENT.ID}`])
    const { body, owner } = await it.documents.provisions.get(Number(DOCUMENT.ID))
    t.equal(owner.uname, 'alice')
    t.match(body, {
      state: states.PENDING,
      tags: { owner: 'x' },
      user_inputs_values: { oneform_hosts: 2, instance_public_ips: 1 },
      uuid: /^[0-9a-f-]{36}$/,
    })
  })
  t.test('with inputs that cannot be right is refused by field, and nothing exists', async (t) => {
    const it = open(t)
    const provider_id = await makeProvider(it)
    const create = (values: object, more: object = {}) =>
      call(it, 'POST /api/v1/provisions', {
        ...{ driver: 'scaleway', provider_id, user_inputs_values: values },
        ...more,
      })
    for (const [field, values] of Object.entries({
      oneform_hosts: { oneform_hosts: 0 },
      cidr_block: { cidr_block: '10.0.0.0/99' },
      nonsense: { nonsense: 1 },
    })) {
      const answer = await create(values)
      t.equal(answer.status, 400, field)
      const { message, context } = JSON.parse(answer.text) as Record<string, unknown>
      t.equal(message, 'Error validating Provision')
      t.strictSame(Object.keys(context as object), [field])
    }
    t.match(await create({}, { provider_id: 77 }), {
      status: 404,
      text: '{"err_code":404,"message":"Error getting document 77"}',
    })
    t.match(await create({}, { provider_id: 'x' }), { status: 400, text: /provider_id/ })
    t.match(await create({}, { driver: 'aws' }), { status: 404, text: /aws OneForm driver/ })
    t.match(await create({}, { deployment_type: 'nfs' }), { status: 400, text: /ssh_cluster/ })
    t.strictSame(it.asked, [])
    t.equal(it.one.stored.size, 1)
  })
  t.test('without a deployment type is of the only one there is', async (t) => {
    const it = open(t)
    const provider_id = await makeProvider(it)
    const request = { driver: 'scaleway', provider_id }
    const { status, text } = await call(it, 'POST /api/v1/provisions', request)
    t.equal(status, 201)
    t.match(text, /"deployment_file":"ssh_cluster"/)
  })
  t.test('is created and started even where its log cannot be written', async (t) => {
    const it = open(t)
    rmSync(it.logDirectory, { recursive: true })
    const id = await makeProvision(it)
    t.strictSame(it.asked, [`create ${id}`])
    mkdirSync(it.logDirectory)
  })
  t.test(
    'that the cloud cannot deliver is refused in a sentence, and nothing exists',
    async (t) => {
      const it = open(t)
      const provider_id = await makeProvider(it)
      const user_inputs_values = { instance_type: unsoldType }
      const request = { driver: 'scaleway', provider_id, user_inputs_values }
      t.match(await call(it, 'POST /api/v1/provisions', request), {
        status: 400,
        text: `{"err_code":400,"message":"Nobody sells ${unsoldType}"}`,
      })
      t.strictSame(it.asked, [])
      t.equal(it.one.stored.size, 1, 'the provider and no other document')
    },
  )
  t.test('that is out of stock is a conflict, not a wrong request', async (t) => {
    const it = open(t)
    const provider_id = await makeProvider(it)
    const request = { driver: 'scaleway', provider_id, user_inputs_values: {} }
    const user_inputs_values = { instance_type: emptyType }
    const answer = await call(it, 'POST /api/v1/provisions', { ...request, user_inputs_values })
    t.match(answer, { status: 409, text: /No em_empty_nvme is left/ })
  })
  t.test('asked for as a dry run is answered with its price, and nothing exists', async (t) => {
    const it = open(t)
    const provider_id = await makeProvider(it)
    const user_inputs_values = { oneform_hosts: 2 }
    const request = { driver: 'scaleway', provider_id, user_inputs_values }
    const answers = await Promise.all([
      call(it, 'POST /api/v1/provisions?dry_run=true', request),
      call(it, 'POST /api/v1/provisions', { ...request, dry_run: true }),
    ])
    for (const { status, text } of answers) {
      t.equal(status, 200)
      t.match(JSON.parse(text), {
        dry_run: true,
        zone: 'fr-par-2',
        user_inputs_values: { oneform_hosts: 2, instance_type: 'em_a116x_ssd', billing: 'hourly' },
        create: [
          { what: 'VPC', count: 1, price: { per_hour: 0, source: 'free' } },
          { what: 'EM-A116X-SSD', count: 2, price: { per_hour: 0.2, per_month: 146, once: 0 } },
          { what: 'public gateway', price: null },
        ],
        total: { per_hour: 0.2, per_month: 146, once: 12, currency: 'EUR', complete: false },
        opennebula: [
          ...['cluster', 'datastore scaleway_system_ds', 'datastore scaleway_image_ds'],
          ...['network private_scaleway_network', 'network public_scaleway_network'],
          ...['network template private_scaleway_network', '2 hosts'],
        ],
        warnings: ['EM-A116X-SSD runs out'],
      })
    }
    const wrong = { ...request, user_inputs_values: { oneform_hosts: 99 }, dry_run: true }
    t.match(await call(it, 'POST /api/v1/provisions', wrong), { status: 400 })
    t.match(await call(it, 'POST /api/v1/provisions', { ...request, dry_run: 'yes' }), {
      ...{ status: 400, text: /dry_run/ },
    })
    for (const word of ['1', 'yes', 'True', ''])
      t.match(await call(it, `POST /api/v1/provisions?dry_run=${word}`, request), {
        ...{ status: 400, text: /`dry_run` must be a boolean value/ },
      })
    t.strictSame(it.asked, [])
    t.equal(it.one.stored.size, 1, 'the provider and no other document')
  })
  t.test('is undeployed, retried and deleted only in states that allow it', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    const url = `/api/v1/provisions/${id}`
    const expect = async (request: string, body: unknown, name: string) => {
      const answer = await call(it, request, body)
      t.match(answer, { status: recorded(name).status, text: recorded(name).text }, name)
    }
    await inState(it, id, states.RUNNING)
    await expect(`POST ${url}/retry`, { force: false }, 'retry-running')
    await expect(`POST ${url}/retry`, { force: 'yes' }, 'retry-force')
    await inState(it, id, states.PENDING)
    t.match(await call(it, `POST ${url}/retry`, {}), { status: 405, text: /PENDING from PENDING/ })
    await inState(it, id, states.RUNNING)
    await expect(`DELETE ${url}?force=false`, undefined, 'delete-running')
    await inState(it, id, states.APPLYING_FAILURE)
    await expect(`POST ${url}/undeploy`, { force: false }, 'undeploy-in-failure')
    it.asked.length = 0
    t.equal((await call(it, `POST ${url}/retry`, { force: false })).status, 204)
    t.equal((await call(it, `POST ${url}/undeploy`, { force: true })).status, 204)
    const { RUNNING, SCALING_FAILURE, DEPROVISIONING_ONE_FAILURE } = states
    const unforced = [RUNNING, SCALING_FAILURE, DEPROVISIONING_ONE_FAILURE]
    for (const state of unforced) {
      await inState(it, id, state)
      t.equal((await call(it, `POST ${url}/undeploy`)).status, 204)
    }
    const undeployed = unforced.map(() => `undeploy ${id}`)
    t.strictSame(it.asked, [`retry ${id}`, `undeploy ${id} forced`, ...undeployed])
  })
  t.test(
    'deleted by force is undeployed first, so that no paid server is left behind',
    async (t) => {
      const it = open(t)
      const id = await makeProvision(it)
      await inState(it, id, states.RUNNING)
      it.asked.length = 0
      t.equal((await call(it, `DELETE /api/v1/provisions/${id}?force=true`)).status, 204)
      t.strictSame(it.asked, [`undeploy ${id} forced`])
      t.ok(it.one.stored.has(id))
      await inState(it, id, states.DONE)
      t.equal((await call(it, `DELETE /api/v1/provisions/${id}`)).status, 204)
      t.notOk(it.one.stored.has(id))
    },
  )
  t.test('is listed until it is done, then only on request', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    await inState(it, id, states.DONE)
    t.equal((await call(it, 'GET /api/v1/provisions?include_sensitive=false')).text, '[]')
    t.match((await call(it, 'GET /api/v1/provisions?all=true')).text, '"state":"DONE"')
  })
  t.test(
    'of one user cannot be seen by another, nor worked on by one who may only use it',
    async (t) => {
      const it = open(t)
      const id = await makeProvision(it, 'alice:wonder')
      it.asked.length = 0
      const url = `/api/v1/provisions/${id}`
      const bob = (request: string, body?: unknown) => call(it, request, body, 'bob:builder')
      for (const path of ['', '/logs', '/logs/poll', '/events']) {
        t.equal((await bob(`GET ${url}${path}`)).status, 403, path)
      }
      t.equal((await bob('GET /api/v1/provisions')).text, '[]')
      await it.one.documents.chmod(id, '640')
      t.equal((await bob(`GET ${url}`)).status, 200)
      for (const request of [
        `POST ${url}/undeploy`,
        `POST ${url}/retry`,
        `DELETE ${url}?force=true`,
      ]) {
        t.equal((await bob(request)).status, 403, request)
      }
      t.strictSame(it.asked, [])
    },
  )
})

t.test('nonsense gets an answer in OneForm’s shape, never a 500', async (t) => {
  const it = open(t)
  const id = await makeProvision(it)
  const bodies = [
    '[]',
    'null',
    '7',
    '"x"',
    '{"driver":7}',
    '{"__proto__":{"driver":"scaleway"}}',
    '{',
  ]
  const names = ['', 'x'.repeat(200), 'a\u0000b', 7, null, {}]
  const requests: [string, unknown][] = [
    ...bodies.flatMap((body): [string, unknown][] => [
      ['POST /api/v1/providers', body],
      ['POST /api/v1/provisions', body],
      [`POST /api/v1/provisions/${id}/undeploy`, body],
    ]),
    ...names.map((name): [string, unknown] => ['POST /api/v1/providers', { ...newProvider, name }]),
    ['POST /api/v1/providers', { driver: 'scaleway', connection_values: { zone: [1] } }],
    ...[{ zone: { toString: 1 } }, { region: { toString: 1 }, zone: 'nl-ams-2' }].map(
      (connection_values): [string, unknown] => [
        'POST /api/v1/providers',
        { driver: 'scaleway', connection_values: { ...connection, ...connection_values } },
      ],
    ),
    ...['__proto__', 'constructor', 'toString'].map((region): [string, unknown] => [
      'POST /api/v1/providers',
      { driver: 'scaleway', connection_values: { ...connection, region } },
    ]),
    ...[100, 4_000, 60_000].map((depth): [string, unknown] => [
      'POST /api/v1/providers',
      `{"driver":"scaleway","connection_values":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    ]),
    ['POST /api/v1/provisions', { driver: 'scaleway', provider_id: -1 }],
    ['POST /api/v1/providers', 'x'.repeat(300_000)],
    [`GET /api/v1/provisions/${id}/logs/poll?pos=1&pos=2`, undefined],
    [`GET /api/v1/provisions/${id}/logs?page=-1`, undefined],
    ['GET /api/v1/provisions/1e3', undefined],
    ['GET /api/v1/provisions/%zz', undefined],
    ['GET /api/v1/provisions/../../etc/passwd', undefined],
    ['DELETE /api/v1/providers', undefined],
  ]
  for (const [request, body] of requests) {
    const what = `${request} ${JSON.stringify(body)?.slice(0, 40)}`
    const { status, text } = await call(it, request, body)
    if (request.endsWith('undeploy') && status === 204) continue
    t.ok(status >= 400 && status < 500, `${what}: ${status}`)
    if (text.startsWith('<h1>')) continue
    t.match(JSON.parse(text), { err_code: status, message: /./ }, what)
  }
})

t.test('logs', async (t) => {
  t.test('are polled by byte offset, whole lines only, in OneForm’s format', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    const poll = async (pos: string) => {
      const { text } = await call(it, `GET /api/v1/provisions/${id}/logs/poll?pos${pos}`)
      return JSON.parse(text) as { pos: number; lines: { level: string; text: string }[] }
    }
    const end = await poll('')
    t.strictSame(Object.keys(end), Object.keys(JSON.parse(recorded('logs-poll-nopos').text)))
    t.strictSame(end.lines, [])
    const all = await poll('=0')
    t.equal(all.pos, end.pos)
    t.match(all.lines, [
      { level: 'debug', text: /^# Logfile created on / },
      { level: 'info', text: /^\w{3} \w{3} \d\d [\d:]{8} \d{4} \[I\] Provision '.+' allocated$/ },
      { level: 'debug', text: /\[D\] Using 'scw' provider$/ },
    ])
    it.events.emit({ kind: 'log', provision: id, at: 0, level: 'warn', text: 'slow\ncloud' })
    const rest = await poll(`=${all.pos}`)
    t.match(rest.lines, [
      { level: 'warn', text: /\[W\] slow$/ },
      { level: 'warn', text: /\[W\] cloud$/ },
    ])
    t.strictSame((await poll(`=${rest.pos}`)).lines, [])
    t.equal((await call(it, `GET /api/v1/provisions/${id}/logs/poll?pos=-1`)).status, 400)
  })
  t.test('come in pages too', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    const answer = await call(it, `GET /api/v1/provisions/${id}/logs?page=2&per_page=2`)
    const page = JSON.parse(answer.text) as { meta: object; lines: unknown[] }
    t.strictSame(shape(page), shape(JSON.parse(recorded('logs').text)))
    t.strictSame(page.meta, { page: 2, per_page: 2, total_pages: 2, total_lines: 3 })
    t.match(page.lines, [{ text: /^# Logfile/ }], 'the first page has the latest lines')
    t.equal(page.lines.length, 1)
    const ask = async (query: string) =>
      JSON.parse((await call(it, `GET /api/v1/provisions/${id}/logs${query}`)).text) as typeof page
    t.match((await ask('?page=1&per_page=2')).lines, [{ text: /allocated/ }, { text: /Using/ }])
    t.strictSame(await ask('?page=9&per_page=2'), page, 'no page is too far')
    const whole = await ask('?all=true')
    t.strictSame(whole.meta, { mode: 'all', total_lines: 3 })
    t.equal(whole.lines.length, 3)
    rmSync(join(it.logDirectory, `${id}.log`))
    const empty = { page: 1, per_page: 100, total_pages: 0, total_lines: 0 }
    t.strictSame(await ask(''), { meta: empty, lines: [] })
  })
})

t.test('the stream of events', async (t) => {
  const it = open(t)
  const id = await makeProvision(it)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = it.app.server.address() as AddressInfo
  const emit = (name: string) =>
    it.events.emit({ kind: 'step', provision: id, at: 1, name, status: 'done' })

  const first = await follow(port, id)
  t.match(await first.next(), { event: { kind: 'state', state: 'PENDING' }, id: undefined })
  it.events.emit({ kind: 'state', provision: id, at: 1, state: 'INIT' })
  it.events.emit({ kind: 'step', provision: id + 1, at: 1, name: 'of another', status: 'done' })
  emit('vpc')
  t.match(await first.next(), { event: { state: 'INIT' } })
  const { id: last } = await first.next()
  first.close()
  emit('gateway')
  emit('servers')
  const second = await follow(port, id, last)
  t.match(await second.next(), { event: { name: 'gateway' } }, 'resumes after the last event seen')
  t.match(await second.next(), { event: { name: 'servers' } })
  second.close()
  const third = await follow(port, id, 'of an earlier controller')
  t.match(await third.next(), { event: { state: 'INIT' } }, 'starts over when it cannot resume')
  const fourth = await follow(port, id, undefined, '?replay=false')
  emit('later')
  t.match(await fourth.next(), { event: { name: 'later' } }, 'begins now when told so')
  fourth.close()
  const ended = third.ended()
  await it.app.close()
  await ended
  t.pass('ends when the controller stops')
})

async function follow(port: number, id: number, lastId?: string, query = '') {
  const headers = { ...basic(), ...(lastId === undefined ? {} : { 'last-event-id': lastId }) }
  const path = `/api/v1/provisions/${id}/events${query}`
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) => {
    get({ port, path, headers, agent: false }, resolve)
  })
  response.setEncoding('utf8')
  const frames = (async function* () {
    let text = ''
    for await (const chunk of response) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        yield text.slice(0, end)
        text = text.slice(end + 2)
      }
    }
  })()
  return {
    next: async () => {
      const frame = String((await frames.next()).value)
      const event = JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '{}') as unknown
      return { event, id: /^id: (.*)$/m.exec(frame)?.[1] }
    },
    ended: async () => {
      for await (const _ of frames);
    },
    close: () => response.destroy(),
  }
}
