// How the API comes to know who asks, and for how long it believes it.
import { mock } from 'node:test'
import t from 'tap'
import { createLogger } from '../../../lib/log/index.ts'
import { call, makeProvision, open } from './calls.ts'
import { createEstate, owner } from './estate.ts'
import { basic } from './support.ts'

const drivers = 'GET /api/v1/drivers'

/** Lets what waits for nothing but its turn go on. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 20))

t.test('many requests of one login at the same time ask oned once', async (t) => {
  const it = open(t)
  it.one.pace.wait = settle
  const all = await Promise.all(
    Array.from({ length: 50 }, () => call(it, drivers, undefined, owner)),
  )
  t.ok(all.every(({ status }) => status === 200))
  t.strictSame(it.one.calls, ['alice user'])
  it.one.calls.length = 0
  const wrong = await Promise.all(
    Array.from({ length: 50 }, () => call(it, drivers, undefined, 'alice:wrong')),
  )
  t.ok(wrong.every(({ status }) => status === 401))
  t.strictSame(it.one.calls, ['alice user'])
})

t.test('whoever guesses passwords waits in a line that ends', async (t) => {
  const lines: string[] = []
  const logger = createLogger('test', { destination: { write: (line) => void lines.push(line) } })
  const it = open(t, { scale: 0.5, logger })
  let [inside, most] = [0, 0]
  it.one.pace.wait = async () => {
    most = Math.max(most, ++inside)
    await settle()
    inside--
  }
  await call(it, drivers, undefined, owner)
  it.one.calls.length = 0
  const guesses = Array.from({ length: 400 }, (_, n) =>
    call(it, drivers, undefined, `alice:guess ${n}`),
  )
  it.advance(60_000)
  const known = await call(it, drivers, undefined, owner)
  t.equal(known.status, 200, 'who was let in before does not queue behind them')
  const first = await Promise.race(guesses.slice(300))
  t.equal(first.status, 503)
  t.match(JSON.parse(first.text), { err_code: 503, message: /Too many logins.*Try again/ })
  t.equal(lines.length, 1, 'the log is told once and not flooded too')
  t.match(lines[0], 'logins are refused unchecked')
  await new Promise((resolve) => setTimeout(resolve, 500))
  t.ok(most <= 5, `${most} at a time: four guesses, and who is known`)
  t.ok(it.one.calls.length < 80, `${it.one.calls.length} guesses in half a second`)
  const answers = await Promise.all(guesses)
  t.equal(answers.filter(({ status }) => status === 200).length, 0)
  t.equal(answers.filter(({ status }) => status === 401).length, 204)
  const right = await call(it, drivers, undefined, owner)
  t.equal(right.status, 200, 'and after that everybody gets in again')
})

t.test('what cannot be a login is refused without asking oned', async (t) => {
  const it = open(t)
  const encoded = (session: string) => `Basic ${Buffer.from(session).toString('base64')}`
  for (const authorization of [
    ...['', 'Basic', 'Basic ', 'Basic =', 'Basic !!', 'Bearer x', 'basic\t', 'Digest a="b"'],
    ...['no-colon', ':x', 'alice:', ':', 'al\u0000ice:wonder', 'alice:won\nder'].map(encoded),
    ...['alice:\ufffe', 'alice:\u0085'].map(encoded),
    encoded(`alice:${'x'.repeat(5_000)}`),
  ]) {
    const answer = await it.app.inject({ url: '/api/v1/drivers', headers: { authorization } })
    t.equal(answer.statusCode, 401, JSON.stringify(authorization.slice(0, 40)))
    t.equal(answer.body, 'Invalid credentials')
  }
  t.strictSame(it.one.calls, [])
})

t.test(
  'a password that was changed opens nothing, though it was believed a moment ago',
  async (t) => {
    const it = open(t)
    const estate = await createEstate(it)
    const url = `/api/v1/provisions/${estate.ids.provision}`
    t.equal((await call(it, `GET ${url}`, undefined, owner)).status, 200)
    const alice = it.one.users.get(owner)
    it.one.users.delete(owner)
    if (alice) it.one.users.set('alice:new', alice)
    for (const request of [`GET ${url}`, `POST ${url}/undeploy`, 'GET /api/v1/drivers']) {
      const answer = await call(it, request, undefined, owner)
      t.match(answer, { status: 401, text: 'Invalid credentials' }, request)
    }
    t.strictSame(estate.changes(), [])
    t.equal((await call(it, `GET ${url}`, undefined, 'alice:new')).status, 200)
  },
)

t.test('who has left a group changes nothing with its rights any more', async (t) => {
  const it = open(t)
  const estate = await createEstate(it)
  await estate.restore('664')
  const url = `/api/v1/provisions/${estate.ids.provision}`
  const dave = { id: 5, name: 'dave', gid: 101, gname: 'other', groups: [101, 100] }
  t.equal((await call(it, `POST ${url}/undeploy`, undefined, 'dave:guest')).status, 204)
  await estate.restore('664')
  t.equal((await call(it, `GET ${url}`, undefined, 'dave:guest')).status, 200)
  it.one.users.set('dave:guest', { ...dave, groups: [101] })
  t.equal((await call(it, `POST ${url}/undeploy`, undefined, 'dave:guest')).status, 403)
  t.strictSame(estate.changes(), [])
})

t.test('a stream of events ends when its right to it does', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const it = open(t)
  const id = await makeProvision(it, owner)
  const follow = async () => {
    const url = `/api/v1/provisions/${id}/events`
    const answer = await it.app.inject({ url, headers: basic(owner), payloadAsStream: true })
    let over = false
    const stream = answer.stream().on('end', () => {
      over = true
    })
    stream.resume()
    return { over: () => over }
  }
  const heartbeat = async () => {
    mock.timers.tick(15_000)
    await settle()
  }
  const first = await follow()
  await heartbeat()
  t.notOk(first.over())
  it.one.pace.wait = async () => {
    throw new Error('oned is gone')
  }
  await heartbeat()
  t.notOk(first.over(), 'that oned says nothing ends nothing')
  it.one.pace.wait = undefined
  await it.one.documents.chmod(id, '000')
  await heartbeat()
  t.ok(first.over())
  await it.one.documents.chmod(id, '600')
  const second = await follow()
  await heartbeat()
  t.notOk(second.over())
  it.one.users.delete(owner)
  await heartbeat()
  t.ok(second.over())
})

t.test('streams of events of one user leave connections for others', async (t) => {
  const it = open(t)
  const id = await makeProvision(it, owner)
  await it.one.documents.chmod(id, '660')
  const url = `/api/v1/provisions/${id}/events`
  const follow = (session: string) =>
    it.app.inject({ url, headers: basic(session), payloadAsStream: true })
  const open50 = await Promise.all(Array.from({ length: 50 }, () => follow(owner)))
  t.ok(open50.every(({ statusCode }) => statusCode === 200))
  const refused = await it.app.inject({ url, headers: basic(owner) })
  t.match(refused.json(), { err_code: 409, message: /alice follows 50 streams/ })
  const others = await follow('bob:builder')
  t.equal(others.statusCode, 200)
  open50[0]?.raw.res.destroy()
  await settle()
  const again = await follow(owner)
  t.equal(again.statusCode, 200, 'one that ended makes room')
  for (const stream of [...open50, others, again]) stream.raw.res.destroy()
})
