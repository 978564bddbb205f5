import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { type Customer, createCustomer } from './customer.ts'
import { createSimulator, foreignProject, simulatedKey, simulatedProject } from './index.ts'

const fips = '/flexible-ip/v1alpha1/zones/fr-par-2/fips'
const unknownId = '00000000-0000-4000-8000-000000000000'

t.test('success bodies are exactly application/json, 204 and 429 have no type', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const list = await customer.raw('GET', fips)
  t.equal(list.headers.get('content-type'), 'application/json')
  t.match(list.headers.get('x-request-id'), /^[0-9a-f-]{36}$/)
  t.equal(list.headers.get('server'), 'Scaleway API Gateway (fr-par-2;edge01)')

  const made = await customer.raw('POST', fips, { project_id: simulatedProject, description: '' })
  t.equal(made.status, 200, 'creates answer 200, not 201')
  const { id } = (await made.json()) as { id: string }
  const gone = await customer.raw('DELETE', `${fips}/${id}`, '')
  t.equal(gone.status, 204, 'a DELETE may announce JSON and carry nothing')
  t.equal(gone.headers.get('content-type'), null)

  await customer.admin('POST', '/faults', { action: 'rateLimit' })
  const limited = await customer.raw('GET', fips)
  t.equal(limited.status, 429)
  t.equal(limited.headers.get('content-type'), null)
  t.equal(limited.headers.get('x-envoy-ratelimited'), 'true')
  t.equal(await limited.text(), '')

  await customer.admin('POST', '/faults', { action: 'wrongContentType' })
  await t.rejects(customer.fips.listFlexibleIPs({}), /could not parse/, 'what the SDK does then')
})

t.test('keys, places and ids are checked as the real gateway does', async (t) => {
  const customer = await createCustomer({
    keys: [
      simulatedKey,
      { accessKey: 'SCWEXPIRED0000000XX', secretKey: unknownId, expiresAt: '2020-01-01T00:00:00Z' },
    ],
  })
  t.teardown(customer.sim.close)
  const answer = async (path: string, headers: object = {}) => {
    const response = await customer.raw('GET', path, undefined, headers)
    return { status: response.status, body: (await response.json()) as object }
  }
  t.match(await answer(fips, { 'x-auth-token': 'wrong' }), {
    status: 401,
    body: { type: 'denied_authentication', method: 'api_key', reason: 'not_found' },
  })
  t.match(await answer(fips, { 'x-auth-token': unknownId }), {
    status: 401,
    body: { reason: 'expired' },
  })
  t.same(await answer(fips.replace('fr-par-2', 'fr-par-3')), {
    status: 404,
    body: { message: 'Not Found' },
  })
  t.match(await answer(`${fips}/not-a-uuid`), {
    status: 400,
    body: {
      type: 'invalid_arguments',
      details: [{ reason: 'format', help_message: 'value must be a valid UUID' }],
    },
  })
  t.match(await answer(`${fips}/${unknownId}`), {
    status: 403,
    body: { type: 'permissions_denied', details: [{ action: 'read', resource: 'flexible-ip' }] },
  })
  t.match(await answer(`${fips}?page_size=101`), { status: 400 })
  t.match(await answer(`${fips}?page=0`), { status: 400 })
  t.match(await answer('/nowhere/v1'), { status: 404 })
  await customer.admin('POST', '/faults', { action: { revokeKey: { mode: 'permissions' } } })
  t.match(await answer(fips), { status: 403, body: { type: 'permissions_denied' } })
})

t.test('95 objects come in pages; one un-sized page misses ours behind others', async (t) => {
  const customer = await createCustomer({ foreignFips: 45 })
  t.teardown(customer.sim.close)
  for (let n = 0; n < 50; n += 1)
    await customer.fips.createFlexibleIP({
      isIpv6: false,
      description: '',
      tags: [`n=${n}`, 'ours'],
    })
  const first = await customer.fips.listFlexibleIPs({})
  t.equal(first.totalCount, 95)
  t.equal(first.flexibleIps.length, 20, 'the default page size')
  t.ok(
    first.flexibleIps.every(({ projectId }) => projectId === foreignProject),
    'other projects that the key can see come first',
  )
  const all = await customer.fips.listFlexibleIPs({ pageSize: 40 }).all()
  t.equal(new Set(all.map(({ id }) => id)).size, 95)
  const past = await customer.fips.listFlexibleIPs({ page: 9 })
  t.same([past.flexibleIps.length, past.totalCount], [0, 95])
  const some = await customer.fips.listFlexibleIPs({ tags: ['n=3', 'n=7'], pageSize: 100 })
  t.equal(some.totalCount, 2, 'tags are an OR')
  const one = await customer.fips.listFlexibleIPs({ tags: ['n=3'], status: ['ready'] })
  t.equal(one.totalCount, 1, 'a lone value is a list too')
  const own = await customer.fips.listFlexibleIPs({ projectId: simulatedProject })
  t.equal(own.totalCount, 50)
  const down = await customer.fips.listFlexibleIPs({ orderBy: 'created_at_desc' })
  t.equal(down.flexibleIps[0]?.projectId, simulatedProject)
})

t.test('a lost answer leaves the object behind, and the repeat is noticed', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const tags = ['provision=p', 'key=vpc']
  await customer.admin('POST', '/faults', {
    match: { method: 'POST', pathRegex: '/vpcs$' },
    action: 'lostResponse',
  })
  await t.rejects(customer.vpc.createVPC({ name: 'a', tags, enableRouting: true }), /fetch failed/)
  const found = await customer.vpc.listVPCs({ tags })
  t.equal(found.totalCount, 1)
  await customer.vpc.createVPC({ name: 'a', tags, enableRouting: true })
  const { violations } = await customer.admin('GET', '/violations')
  t.match(violations, [{ rule: 'created-twice', what: 'two of vpc key=vpc' }])
  const { requests } = await customer.admin('GET', '/requests')
  t.match(requests?.[0], { method: 'POST', status: null, fault: 'lostResponse' })
})

t.test('faults strike the requests they name, as often as they say', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  const order = (body: object) => customer.admin('POST', '/faults', body)
  const status = async (path = fips) => (await customer.raw('GET', path)).status

  await order({ times: 2, match: { nth: 2, method: 'GET' }, action: { status: { code: 503 } } })
  t.same([await status(), await status(), await status(), await status()], [200, 503, 503, 200])

  await order({ action: 'html502' })
  const html = await customer.raw('GET', fips)
  t.same([html.status, html.headers.get('content-type')], [502, 'text/html'])

  await order({ action: 'reset' })
  await t.rejects(customer.raw('GET', fips), { cause: { code: 'ECONNRESET' } })

  await order({ action: 'hang' })
  await t.rejects(
    fetch(`${customer.sim.url}${fips}`, {
      headers: { 'x-auth-token': simulatedKey.secretKey },
      signal: AbortSignal.timeout(400),
    }),
    { name: 'TimeoutError' },
  )

  await order({ action: { latency: { ms: 5000 } }, match: { pathRegex: 'fips' } })
  const before = customer.sim.clock.now()
  t.equal(await passing(customer, status()), 200)
  t.ok(customer.sim.clock.now() - before >= 5000)

  await order({ action: { rateLimit: { rps: 1, burst: 2 } } })
  t.same([await status(), await status(), await status()], [200, 200, 429])
  await customer.pass(1)
  t.equal(await status(), 200, 'the bucket fills in simulated time')
  await customer.admin('DELETE', '/faults')
  t.equal(await status(), 200)

  const wrong = await customer.raw('POST', '/_sim/faults', { action: 'explode' })
  t.equal(wrong.status, 400, 'an unknown fault is refused')
})

t.test('latency is part of the simulated time', async (t) => {
  const sim = await createSimulator({ timeScale: 0.01, jitter: 0 })
  t.teardown(sim.close)
  const before = sim.clock.now()
  await fetch(`${sim.url}/vpc/v2/regions/fr-par/vpcs`, {
    method: 'POST',
    headers: { 'x-auth-token': simulatedKey.secretKey, 'content-type': 'application/json' },
    body: JSON.stringify({ project_id: simulatedProject, name: 'v' }),
  })
  t.ok(sim.clock.now() - before >= 100, 'a create takes at least 100 simulated milliseconds')
})

t.test('more than ten requests at once and a key in a URL are noted', async (t) => {
  const customer = await createCustomer()
  t.teardown(customer.sim.close)
  await customer.admin('POST', '/faults', { action: { latency: { ms: 1000 } }, times: 11 })
  const many = Array.from({ length: 11 }, () => customer.raw('GET', fips))
  const noted = async () => (await customer.admin('GET', '/violations'))['violations']?.length
  while ((await noted()) === 0) await setTimeout(10)
  await passing(customer, Promise.all(many))
  await customer.raw('GET', `${fips}?tags=${simulatedKey.secretKey}`)
  await customer.admin('PUT', '/budget', { limit: 1 })
  await customer.raw('GET', fips)
  await customer.raw('GET', fips)
  const { violations } = await customer.admin('GET', '/violations')
  t.match(violations, [{ rule: 'in-flight' }, { rule: 'credential' }, { rule: 'budget' }])
})

/** Lets simulated seconds pass until that is answered, however busy the machine is. */
async function passing<T>(customer: Customer, answer: Promise<T>): Promise<T> {
  let waiting = true
  const done = answer.finally(() => {
    waiting = false
  })
  while (waiting) {
    await customer.pass(1)
    await setTimeout(10)
  }
  return await done
}
