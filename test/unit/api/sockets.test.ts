// What reaches the API's port and is no orderly request: slow, broken, too much, or at a bad moment.
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { keepSecret } from '../../../lib/log/index.ts'
import { makeProvision, open } from './calls.ts'
import { type Bench, basic } from './support.ts'

const { authorization } = basic()

/** Sends bytes and answers all that comes back until the server hangs up. */
async function send(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(bytes)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

async function listening(t: Test): Promise<Bench & { readonly port: number }> {
  const it = open(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  return { ...it, port: (it.app.server.address() as AddressInfo).port }
}

t.test('bytes that are no request are answered in OneForm’s shape, once', async (t) => {
  const { port } = await listening(t)
  const headers = `host: x\r\nconnection: close\r\nauthorization: ${authorization}\r\n`
  const cases: [string, string | Buffer, number][] = [
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['TLS', Buffer.from('160301020001000100', 'hex'), 400],
    ['too many headers', `GET / HTTP/1.1\r\n${headers}x: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['a header without colon', `GET / HTTP/1.1\r\n${headers}nonsense\r\n\r\n`, 400],
    [
      'two lengths',
      `POST / HTTP/1.1\r\n${headers}content-length: 1\r\ncontent-length: 2\r\n\r\nab`,
      400,
    ],
    [
      'length and chunks',
      `POST / HTTP/1.1\r\n${headers}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'a bad chunk',
      `POST /api/v1/providers HTTP/1.1\r\n${headers}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
    ['a bad version', `GET / HTTP/9.9\r\n${headers}\r\n`, 400],
    ['a NUL in the path', `GET /api/\u0000 HTTP/1.1\r\n${headers}\r\n`, 400],
  ]
  for (const [what, bytes, status] of cases) {
    const text = await send(port, bytes)
    t.match(text, new RegExp(`^HTTP/1.1 ${status} `), `${what}: ${text.slice(0, 200)}`)
    const body = JSON.parse(text.split('\r\n\r\n').at(-1) ?? '') as Record<string, unknown>
    t.match(body, { err_code: status, message: /\w+ \w+/ }, what)
    t.equal(text.match(/HTTP\/1\.1/g)?.length, 1, what)
  }
})

t.test('path tricks reach nothing that their plain form does not', async (t) => {
  const { port } = await listening(t)
  for (const path of [
    ...[
      '//api/v1/drivers',
      '/api/v1/../v1/drivers',
      '/api/v1/%2e%2e/v1/drivers',
      '/api//v1/drivers',
    ],
    ...['/api/v1/drivers/', '/api/v1/drivers%00', '/api/v1/providers/..%2f3', '/API/v1/drivers'],
    ...['/api/v1/providers/%ff', '/api/v1/providers/%', `/api/v1/providers/${'9'.repeat(9_000)}`],
    ...['/api/v1/drivers;x', '/api/v1/drivers\\', 'http://other/api/v1/drivers/x'],
  ]) {
    const text = await send(
      port,
      `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: ${authorization}\r\n\r\n`,
    )
    t.match(text, /^HTTP\/1\.1 4\d\d /, `${path.slice(0, 60)}: ${text.slice(0, 100)}`)
    const slash = '/api/v1/?x'
    t.notMatch(text, /system_path/, slash)
  }
})

t.test('who sends slower than anybody types is told so and hung up on', async (t) => {
  const { app, port } = await listening(t)
  const { server } = app
  t.ok(server.headersTimeout > 0 && server.headersTimeout <= 15_000)
  t.ok(server.requestTimeout > 0 && server.requestTimeout <= 60_000)
  t.ok(server.maxConnections >= 100 && server.maxConnections <= 10_000)
  server.headersTimeout = 200
  server.requestTimeout = 400
  const headers = `host: x\r\nauthorization: ${authorization}\r\ncontent-length: 100\r\n`
  const texts = await Promise.all([
    send(port, ''),
    send(port, 'GET /api/v1/drivers HTTP/1.1\r\nhost: '),
    send(port, `POST /api/v1/providers HTTP/1.1\r\n${headers}\r\n{"driver":`),
  ])
  for (const text of texts) t.match(text, /^HTTP\/1\.1 408 .*"err_code":408/s)
})

t.test('a HEAD or OPTIONS of the stream of events ends at once', async (t) => {
  const it = await listening(t)
  const id = await makeProvision(it)
  for (const method of ['HEAD', 'OPTIONS']) {
    const path = `/api/v1/provisions/${id}/events`
    const text = await send(
      it.port,
      `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: ${authorization}\r\n\r\n`,
    )
    t.match(text, /^HTTP\/1\.1 404 /)
  }
})

t.test('a stream that ended behind another one on its connection harms nobody', async (t) => {
  const it = await listening(t)
  const [endless, ended] = [await makeProvision(it), await makeProvision(it)]
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const socket = connect(it.port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  const follow = (id: number) =>
    `GET /api/v1/provisions/${id}/events HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`
  socket.write(follow(endless) + follow(ended))
  await once(socket, 'data')
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 20))
  await settle()
  it.one.stored.delete(ended)
  for (let beat = 0; beat < 4; beat++) {
    mock.timers.tick(15_000)
    await settle()
    it.events.emit({ kind: 'log', provision: ended, at: 0, level: 'info', text: 'a line' })
    await settle()
  }
  // what is written to an ended answer would have ended this process
  t.equal((await it.app.inject({ url: '/' })).statusCode, 200)
})

t.test('a word that is somebody’s password is left in what events are made of', async (t) => {
  const it = await listening(t)
  const id = await makeProvision(it)
  keepSecret('PENDING')
  const socket = connect(it.port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.write(
    `GET /api/v1/provisions/${id}/events HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`,
  )
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  it.events.emit({ kind: 'log', provision: id, at: 0, level: 'info', text: 'it is PENDING' })
  while (!text.includes('it is ')) await new Promise((resolve) => setTimeout(resolve, 5))
  t.match(text, '"state":"PENDING"')
  t.notMatch(text, 'it is PENDING')
})

t.test('a request under way is answered before the controller is gone', async (t) => {
  const it = await listening(t)
  let accepted = () => {}
  const asked = new Promise<void>((resolve) => {
    it.one.pace.wait = async () => {
      resolve()
      await new Promise<void>((go) => {
        accepted = go
      })
    }
  })
  const request = `GET /api/v1/drivers HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`
  const answer = send(it.port, request)
  await asked
  const closed = it.app.close()
  setTimeout(() => {
    it.one.pace.wait = undefined
    accepted()
  }, 100)
  t.match(await answer, /^HTTP\/1\.1 200 /)
  await closed
})

t.test('one that takes too long is cut off when the controller ends', async (t) => {
  const it = await listening(t)
  it.one.pace.wait = () => new Promise<void>(() => undefined)
  const request = `GET /api/v1/drivers HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`
  const answer = send(it.port, request)
  await new Promise((resolve) => setTimeout(resolve, 100))
  await it.app.close()
  t.equal(await answer, '')
})

t.test('answers may be kept by nobody between here and who asked', async (t) => {
  const it = open(t)
  const answer = await it.app.inject({ url: '/api/v1/providers', headers: basic() })
  t.equal(answer.headers['cache-control'], 'no-store')
  t.equal(answer.headers['x-content-type-options'], 'nosniff')
})
