import t from 'tap'
import { type Scaling, states } from '../../../controller/documents/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { call, type DocumentAnswer, makeProvision, open } from './calls.ts'
import { type Bench, recorded } from './support.ts'

async function inState(it: Bench, id: number, state: number): Promise<void> {
  await it.documents.provisions.update(id, (body) => ({ ...body, state }))
}

async function running(it: Bench, session?: string) {
  const id = await makeProvision(it, session)
  await inState(it, id, states.RUNNING)
  it.asked.length = 0
  const post = (route: string, body: unknown, as?: string) =>
    call(it, `POST /api/v1/provisions/${id}/${route}`, body, as ?? session)
  return { id, post }
}

t.test(
  'who may not use the provider any more orders nothing, and may still give back',
  async (t) => {
    const it = open(t)
    const { id, post } = await running(it, 'alice:wonder')
    const { provider_id } = (await it.documents.provisions.get(id)).body
    await it.one.documents.chmod(id, '660')
    await it.one.documents.chmod(provider_id, '600')
    const orders: [string, object][] = [
      ['scale', { direction: 'up', nodes: 1 }],
      ['replace-host', { host_id: 12 }],
      ['add-ip', { amount: 1 }],
    ]
    for (const [route, body] of orders)
      t.match(await post(route, body, 'bob:builder'), { status: 403 }, route)
    await inState(it, id, states.APPLYING_FAILURE)
    t.match(await post('retry', {}, 'bob:builder'), { status: 403 })
    t.match(await post('recover', { recover_state: 'APPLYING' }, 'bob:builder'), { status: 403 })
    t.strictSame(it.asked, [])
    await inState(it, id, states.DEPROVISIONING_ONE_FAILURE)
    t.match(await post('retry', {}, 'bob:builder'), { status: 204 })
    await inState(it, id, states.RUNNING)
    const fewer = { direction: 'down', nodes: 1 }
    t.match(await post('scale', fewer, 'bob:builder'), { status: 204 })
  },
)

t.test('every request of the stock command line is taken, and answered 204', async (t) => {
  const it = open(t)
  const { id, post } = await running(it)
  const requests: [string, object, string][] = [
    ['scale', { direction: 'up', nodes: 3 }, `add 3 hosts to ${id}`],
    [
      'scale',
      { direction: 'down', nodes: 1, force: false },
      `remove hosts of ${id}: {"amount":1}, refuse`,
    ],
    [
      'scale',
      { direction: 'down', nodes: ['101', '102'], force: true },
      `remove hosts of ${id}: {"hostIds":[101,102]}, terminate`,
    ],
    ['add-ip', { amount: 3 }, `add 3 addresses to ${id}`],
    ['remove-ip', { ar_id: 5 }, `remove range 5 of ${id}`],
  ]
  for (const [route, body] of requests) t.match(await post(route, body), { status: 204, text: '' })
  t.strictSame(
    it.asked,
    requests.map(([, , asked]) => asked),
  )
})

t.test('machines are migrated where that is asked for, even with force', async (t) => {
  const it = open(t)
  const { id, post } = await running(it)
  const guests = { migrate: true, force: true }
  await post('scale', { direction: 'down', nodes: 1, ...guests })
  await post('replace-host', { host_id: '12', ...guests })
  await post('replace-host', { host_id: 12 })
  t.strictSame(it.asked, [
    `remove hosts of ${id}: {"amount":1}, migrate`,
    `replace host 12 of ${id}, migrate`,
    `replace host 12 of ${id}, refuse`,
  ])
})

t.test('what cannot be right is refused as recorded', async (t) => {
  const it = open(t)
  const { id, post } = await running(it)
  const expect = async (body: object, name: string, change = (text: string) => text) => {
    const { status, text } = recorded(name)
    t.match(await post('scale', body), { status, text: change(text) }, name)
  }
  const renamed = (text: string) => text.replace('provision 7', `provision ${id}`)
  await expect({ direction: 'sideways', nodes: 1 }, 'scale-bad-direction')
  await expect({ direction: 'up' }, 'scale-nodes-missing')
  await inState(it, id, states.APPLYING_FAILURE)
  await expect({ direction: 'up', nodes: 1 }, 'scale-in-failure', renamed)
  await inState(it, id, states.DEPROVISIONING_ONE)
  await expect({ direction: 'down', nodes: ['1'] }, 'scaledown-busyhost-topforce', renamed)
  t.strictSame(it.asked, [])
})

t.test('hosts with virtual machines are refused with OneForm’s context', async (t) => {
  const it = open(t)
  const { post } = await running(it)
  const want = recorded('scaledown-busyhost')
  const { message, context } = JSON.parse(want.text) as {
    message: string
    context: Record<string, unknown>
  }
  it.play.refusal = new Fault('EDGE_PROVISION_UNMANAGED', 'conflict', message, { context })
  const answer = await post('scale', { direction: 'down', nodes: ['12'], force: false })
  t.match(answer, { status: want.status, text: want.text })
})

t.test('each wrong member is named', async (t) => {
  const it = open(t)
  const { post } = await running(it)
  const cases: [string, unknown, RegExp][] = [
    ['scale', { direction: 'up', nodes: ['1.1.1.1'] }, /`nodes` must be a number: servers are/],
    ['scale', { direction: 'down', nodes: ['one'] }, /ids of OpenNebula hosts, not .*one/],
    ['scale', { direction: 'down', nodes: 0 }, /nodes/],
    ['scale', { direction: 'down', nodes: [] }, /nodes/],
    ['scale', { direction: 'down', nodes: 1, force: 'yes' }, /`force` must be a boolean/],
    ['scale', { direction: 'down', nodes: 1, migrate: 1 }, /`migrate` must be a boolean/],
    ['scale', { nodes: 1 }, /Missing `direction` attribute/],
    ['add-ip', {}, /Missing `amount` attribute/],
    ['add-ip', { amount: -1 }, /amount/],
    ['remove-ip', {}, /Missing `ar_id` attribute/],
    ['replace-host', {}, /Missing `host_id` attribute/],
    ['add-ip', undefined, /Missing request body/],
  ]
  for (const [route, body, text] of cases)
    t.match(await post(route, body), { status: 400, text }, JSON.stringify(body))
  t.strictSame(it.asked, [])
})

t.test('addresses are answered when they are there, or with what they failed with', async (t) => {
  const it = open(t)
  const { id, post } = await running(it)
  it.play.idle = async () => {
    await it.documents.provisions.update(id, (body) => ({
      ...body,
      state: states.SCALING_FAILURE,
      historic: [{ action: 'Failure', description: 'No flexible IP is left', time: 1 }],
    }))
    return undefined
  }
  t.match(await post('add-ip', { amount: 1 }), { status: 500, text: /No flexible IP is left/ })
  await inState(it, id, states.RUNNING)
  t.equal((await post('add-ip', { amount: 1, wait: false })).status, 204)
  await inState(it, id, states.RUNNING)
  it.play.idle = async () => {
    await inState(it, id, states.SCALING)
    return undefined
  }
  const stopped = { status: 503, text: /has not ended.*goes on when the controller starts/ }
  t.match(await post('add-ip', { amount: 1 }), stopped, 'a controller that stops')
})

t.test('an answer is about the change that was asked for, not the next one', async (t) => {
  const it = open(t)
  const { id, post } = await running(it)
  it.play.idle = async () => {
    await inState(it, id, states.SCALING)
    return { state: 'RUNNING' }
  }
  t.match(await post('add-ip', { amount: 1 }), { status: 204 }, 'somebody else’s is under way')
  await inState(it, id, states.RUNNING)
  it.play.idle = async () => {
    await inState(it, id, states.RUNNING)
    return { state: 'SCALING_FAILURE', why: 'No flexible IP is left' }
  }
  const failed = { status: 500, text: /No flexible IP is left/ }
  t.match(await post('remove-ip', { ar_id: 1 }), failed, 'which somebody else has given up since')
  it.play.idle = async () => {
    await inState(it, id, states.DEPROVISIONING_ONE)
    return undefined
  }
  t.match(await post('add-ip', { amount: 1 }), { status: 500, text: /in DEPROVISIONING_ONE/ })
})

t.test('who may not manage a provision changes nothing of it', async (t) => {
  const it = open(t)
  const { id, post } = await running(it, 'alice:wonder')
  await it.one.documents.chmod(id, '640')
  const requests: [string, object][] = [
    ['scale', { direction: 'up', nodes: 1 }],
    ['scale', { direction: 'down', nodes: 1 }],
    ['replace-host', { host_id: 1 }],
    ['add-ip', { amount: 1 }],
    ['remove-ip', { ar_id: 1 }],
  ]
  for (const [route, body] of requests)
    t.equal((await post(route, body, 'bob:builder')).status, 403, route)
  t.strictSame(it.asked, [])
  t.equal((await call(it, 'POST /api/v1/provisions/9999/add-ip', { amount: 1 })).status, 404)
})

t.test('retry can leave out what has not come', async (t) => {
  const it = open(t)
  const { id, post } = await running(it)
  await inState(it, id, states.SCALING_FAILURE)
  t.equal((await post('retry', { force: false, give_up: true })).status, 204)
  t.equal((await post('retry', {})).status, 204)
  t.match(await post('retry', { give_up: 'yes' }), { status: 400, text: /`give_up` must be/ })
  t.strictSame(it.asked, [`retry ${id} without what has not come`, `retry ${id}`])
})

t.test('what is to come and go is shown while it is, and not at rest', async (t) => {
  const it = open(t)
  const { id } = await running(it)
  const shown = async () => {
    const answer = JSON.parse(
      (await call(it, `GET /api/v1/provisions/${id}`)).text,
    ) as DocumentAnswer
    return answer.DOCUMENT.TEMPLATE['PROVISION_BODY']
  }
  t.notOk('scaling' in ((await shown()) ?? {}))
  const scaling: Scaling = {
    ...{ hosts_up: ['host-2'], hosts_down: [], hosts_kept: [], guests: 'refuse' },
    ...{ ips_up: [], ips_given_up: [], ranges_down: [] },
  }
  const state = states.SCALING_FAILURE
  await it.documents.provisions.update(id, (body) => ({ ...body, state, scaling }))
  t.match(await shown(), { state: 'SCALING_FAILURE', scaling })
})
