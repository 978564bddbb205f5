import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { lookFor } from '../../../controller/cli/answer-lost.ts'
import { createClient } from '../../../controller/cli/client.ts'

const clientAt = (port: number) =>
  createClient({
    ...{ url: new URL(`http://127.0.0.1:${port}`), version: 'v1', session: 'alice:wonder' },
  })

/** A client of a server that answers so. */
async function client(t: Test, answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return clientAt((server.address() as AddressInfo).port)
}

/** Answers with this status, and hangs up in the middle of it. */
const breakingOff =
  (status: number): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-length': 100 })
    response.write('{"err_code":', () => response.destroy())
  }

t.test('an answer that breaks off is a sentence, whether it was a refusal or not', async (t) => {
  for (const status of [200, 404, 503]) {
    const { call, stream } = await client(t, breakingOff(status))
    const sentence = /^No controller answers at \S+ \(the answer broke off: ECONNRESET\); /
    await t.rejects(call('GET', '/provisions'), { exitCode: 1, message: sentence })
    if (status !== 200)
      await t.rejects(stream('/provisions/7/events'), { message: sentence }, `${status}`)
  }
})

t.test(
  'a change whose answer is lost may have been begun, and where to look is told',
  async (t) => {
    const hangingUp: RequestListener = (request) => request.socket.destroy()
    const proxy: RequestListener = (_request, response) =>
      response.writeHead(504).end('<h1>504 Gateway Timeout</h1>')
    const lost: [RequestListener, string][] = [
      [hangingUp, 'ECONNRESET'],
      [breakingOff(202), 'the answer broke off: ECONNRESET'],
      [proxy, 'a proxy answered 504'],
    ]
    for (const [answer, reason] of lost) {
      const { call } = await client(t, answer)
      const asked = 'POST /api/v1/provisions/7/undeploy'
      await t.rejects(call('POST', '/provisions/7/undeploy', {}), {
        exitCode: 1,
        message: `No answer came to ${asked} (${reason}); whether it was begun is not known; look with edgectl provision show 7 before asking again`,
      })
      await t.rejects(call('DELETE', '/provisions/7?force=true'), { message: /begun is not known/ })
    }
    const silent = await client(t, () => {})
    const waiting = silent.call('POST', '/providers', {}, { timeoutMs: 100 })
    await t.rejects(waiting, {
      message: /\(no answer in time\).* look with edgectl provider list /,
    })
  },
)

t.test('nothing was begun where nobody was there, or by what changes nothing', async (t) => {
  const nobody = { message: /^No controller answers at \S+ \(ECONNREFUSED\); start it there/ }
  await t.rejects(clientAt(9).call('POST', '/provisions/7/undeploy', {}), nobody)
  const { call } = await client(t, (request) => request.socket.destroy())
  const dry = call('POST', '/provisions?dry_run=true', {}, { harmless: true })
  await t.rejects(dry, { message: /^No controller answers at \S+ \(ECONNRESET\)/ })
})

t.test('what the controller itself answers is no doubt', async (t) => {
  const { call } = await client(t, (_request, response) =>
    response.writeHead(502).end('{"err_code":502,"message":"The stock server is silent"}'),
  )
  await t.rejects(call('POST', '/provisions', {}), { message: 'The stock server is silent' })
})

t.test('where to look is a command for each route that changes something', async (t) => {
  const places: [string, string][] = [
    ['/provisions', 'provision list'],
    ['/provisions?dry_run=true', 'provision list'],
    ['/provisions/7', 'provision show 7'],
    ['/provisions/7?force=true', 'provision show 7'],
    ['/providers/12/chmod', 'provider show 12'],
    ['/drivers/scaleway/disable', 'driver show scaleway'],
    ['/drivers/sync', 'driver list'],
    ['/leaks/release', 'leaks list'],
  ]
  for (const [path, words] of places) t.equal(lookFor(path), `edgectl ${words}`)
})
