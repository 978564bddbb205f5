import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createClock } from '../../../lib/clock/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { scrub, silent } from '../../../lib/log/index.ts'
import {
  type CloudCall,
  createGate,
  createScaleway,
  notingCalls,
  type Scaleway,
} from '../../../lib/scaleway/index.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const clock = createClock({ scale: 0.001 })
const connection = {
  accessKey: 'SCWAAAAAAAAAAAAAAAAA',
  secretKey: '11111111-1111-4111-8111-111111111111',
  projectId: '22222222-2222-4222-8222-222222222222',
  region: 'fr-par',
  zone: 'fr-par-2',
}

const aList = { servers: [], total_count: 0 }
const aFip = { id: 'x', tags: [], status: 'ready' }
const transient = {
  type: 'transient_state',
  resource: 'ip',
  resource_id: 'x',
  current_state: 'updating',
}
const bare429: Answer = (_, response) =>
  response.writeHead(429, { 'x-envoy-ratelimited': 'true' }).end()
const html502: Answer = (_, response) =>
  response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>')
const reset: Answer = (request) => request.socket.destroy()

function json(status: number, body: object): Answer {
  return (_, response) =>
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'x-request-id': '00000000-aaaa',
      })
      .end(JSON.stringify(body))
}

t.test('a busy, broken or silent cloud is asked again for whatever may be repeated', async (t) => {
  const { scaleway, seen } = await cloud(t, [bare429, html502, reset, json(200, aList)])
  const { servers } = await scaleway.baremetal.listServers({})
  t.equal(servers.length, 0)
  t.equal(seen.length, 4)
})

t.test('a create whose answer was lost is not repeated by the client', async (t) => {
  for (const answer of [reset, html502, json(500, { message: 'internal error' })]) {
    const { scaleway, seen } = await cloud(t, [answer, json(200, {})])
    const fault = await faultOf(create(scaleway))
    t.equal(fault.kind, 'transient')
    t.equal(seen.length, 1)
  }
})

t.test('what was asked of the cloud for one work is told, with request ids', async (t) => {
  const { scaleway } = await cloud(t, [reset, json(200, aList), json(403, { message: 'no' })])
  const calls: CloudCall[] = []
  const others: CloudCall[] = []
  await notingCalls(calls, () => scaleway.baremetal.listServers({}))
  await notingCalls(others, () => scaleway.baremetal.listServers({})).catch(() => undefined)
  const path = '/baremetal/v1/zones/fr-par-2/servers'
  t.match(calls, [
    { method: 'GET', path, failure: /No answer from Scaleway .*/, ms: Number },
    { method: 'GET', path, status: 200, requestId: '00000000-aaaa', ms: Number },
  ])
  t.match(others, [{ status: 403, requestId: '00000000-aaaa' }])
  t.equal(calls.length + others.length, 3)
})

t.test('a stop ends the repeating and not the attempt under way', async (t) => {
  const stop = new AbortController()
  const late: Answer = (request, response) => {
    stop.abort(new Error('stopped'))
    setTimeout(() => json(200, aFip)(request, response), 50)
  }
  const { scaleway, seen } = await cloud(t, [late, html502])
  const stopped = scaleway.within({ stop: stop.signal })
  await create(stopped)
  await t.rejects(stopped.baremetal.listServers({}), { message: 'stopped' })
  t.equal(seen.length, 2)
})

t.test('a POST that makes nothing is repeated like a GET', async (t) => {
  const nothing: Answer = (_, response) => response.writeHead(204).end()
  const { scaleway, seen } = await cloud(t, [reset, html502, nothing])
  const partitioningSchema = { disks: [], raids: [], filesystems: [] }
  const ids = { offerId: 'a', osId: 'b' }
  await scaleway.baremetal.validatePartitioningSchema({ ...ids, partitioningSchema })
  t.equal(seen.length, 3)
})

t.test('a create that certainly was not done is repeated', async (t) => {
  const { scaleway, seen } = await cloud(t, [bare429, json(409, transient), json(200, aFip)])
  await create(scaleway)
  t.equal(seen.length, 3)
})

t.test('answers become faults that say what Scaleway said, with its request id', async (t) => {
  const table: [number, object, string][] = [
    [
      400,
      {
        type: 'invalid_arguments',
        message: 'invalid argument(s)',
        details: [{ argument_name: 'project_id' }],
      },
      'EDGE_CLOUD_REQUEST_INVALID',
    ],
    [400, { message: 'Server is not delivered' }, 'EDGE_CLOUD_REQUEST_INVALID'],
    [
      401,
      { type: 'denied_authentication', message: 'authentication is denied', reason: 'expired' },
      'EDGE_CLOUD_CREDENTIALS',
    ],
    [403, { type: 'permissions_denied', message: 'insufficient permissions' }, 'EDGE_CLOUD_DENIED'],
    [403, { type: 'quotas_exceeded', message: 'quota' }, 'EDGE_CLOUD_QUOTA'],
    [404, { message: 'Not Found' }, 'EDGE_CLOUD_GONE'],
    [404, { message: 'Custom Partitioning not supported' }, 'EDGE_CLOUD_UNSUPPORTED'],
    [409, { type: 'already_exists', message: 'exists' }, 'EDGE_CLOUD_EXISTS'],
    [
      412,
      { type: 'precondition_failed', precondition: 'protected_resource' },
      'EDGE_CLOUD_PRECONDITION',
    ],
    [412, { type: 'out_of_stock', resource: 'EM' }, 'EDGE_CLOUD_STOCK'],
    [503, { message: 'cloud-init is not supported on this offer' }, 'EDGE_CLOUD_UNSUPPORTED'],
  ]
  for (const [status, body, code] of table) {
    const { scaleway, seen } = await cloud(t, [json(status, body)])
    const fault = await faultOf(scaleway.baremetal.listServers({}))
    t.equal(fault.code, code)
    t.match(fault.sentence, /request 00000000-aaaa/)
    t.equal(seen.length, 1, `${code} is final`)
  }
})

t.test('a silent cloud is given up on when the caller’s patience ends', async (t) => {
  const { scaleway } = await cloud(t, Array(200).fill(bare429))
  const fault = await faultOf(scaleway.within({ patienceMs: 30 }).baremetal.listServers({}))
  t.equal(fault.code, 'EDGE_CLOUD_RATE')
})

t.test(
  'keys that cannot be right are refused before the SDK would go unauthenticated',
  async (t) => {
    const make = (change: object) => () =>
      createScaleway({ ...connection, ...change }, { clock, logger: silent })
    t.throws(make({ accessKey: '' }), { code: 'EDGE_CLOUD_KEY_MALFORMED' })
    t.throws(make({ secretKey: 'hunter2-hunter2' }), { code: 'EDGE_CLOUD_KEY_MALFORMED' })
    t.throws(make({ zone: 'fr-par-3' }), { code: 'EDGE_CLOUD_ZONE_UNKNOWN' })
    t.throws(make({ region: 'nl-ams' }), { code: 'EDGE_CLOUD_ZONE_UNKNOWN' })
  },
)

t.test('the gate lets ten requests be under way and starts fifty a second', async (t) => {
  const gate = createGate(createClock(), { inFlight: 10, perSecond: 1000 })
  let running = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++running)
    await new Promise((done) => setTimeout(done, 5))
    running--
  }
  await Promise.all(Array.from({ length: 50 }, () => gate.pass(work)))
  t.equal(most, 10)
  const slept: number[] = []
  const paced = createGate({
    ...createClock(),
    elapsed: () => 0,
    sleep: async (ms) => void slept.push(ms),
  })
  for (let n = 0; n < 60; n++) await paced.pass(async () => {})
  t.equal(slept.length, 10)
  t.equal(Math.round(slept.at(-1) ?? 0), 200)
})

const create = (scaleway: Scaleway) =>
  scaleway.flexibleIp.createFlexibleIP({ description: '', isIpv6: false })

async function cloud(t: Tap, answers: Answer[]) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    const answer = answers.shift()
    request.resume().on('end', () => answer?.(request, response))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  t.teardown(() => server.closeAllConnections())
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const apiUrl = `http://127.0.0.1:${port}`
  return { seen, scaleway: createScaleway({ ...connection, apiUrl }, { clock, logger: silent }) }
}

type Tap = { teardown(fn: () => unknown): void }

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (error instanceof Fault) return error
  throw error
}

t.test('only what has the form of a secret is kept out of texts', async (t) => {
  const words = { ...connection, secretKey: 'ordinary words' }
  t.throws(() => createScaleway(words, { clock, logger: silent }), {
    code: 'EDGE_CLOUD_KEY_MALFORMED',
  })
  t.equal(scrub('some ordinary words'), 'some ordinary words')
  const secretKey = '77777777-7777-4777-8777-777777777777'
  createScaleway({ ...connection, secretKey }, { clock, logger: silent })
  t.equal(scrub(`key ${secretKey}`), 'key ******')
})
