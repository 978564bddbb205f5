import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createClient } from '../../../controller/cli/client.ts'

/** A client of a server that answers with this status, and hangs up in the middle of it. */
async function client(t: Test, status: number) {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-length': 100 })
    response.write('{"err_code":', () => response.destroy())
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = new URL(`http://127.0.0.1:${port}`)
  return createClient({ url, version: 'v1', session: 'alice:wonder' })
}

t.test('an answer that breaks off is a sentence, whether it was a refusal or not', async (t) => {
  for (const status of [200, 404, 503]) {
    const { call, stream } = await client(t, status)
    const sentence = /^No controller answers at \S+ \(the answer broke off: ECONNRESET\); /
    await t.rejects(call('GET', '/provisions'), { exitCode: 1, message: sentence })
    if (status !== 200)
      await t.rejects(stream('/provisions/7/events'), { message: sentence }, `${status}`)
  }
})
