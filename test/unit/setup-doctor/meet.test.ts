import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type Client, createClient } from '../../../controller/cli/client.ts'
import { examineController, meet } from '../../../controller/cli/doctor/examine-controller.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { open } from '../api/calls.ts'
import { recorded } from '../api/support.ts'

const meetAt = (port: number, session = 'oneadmin:opennebula') =>
  meet(createClient({ url: new URL(`http://127.0.0.1:${port}`), session, version: 'v1' }))

/** Who is met where this is answered to everything. */
async function answering(t: Test, status: number, text: string, type = 'application/json') {
  const server = createServer((_request, response) =>
    response.writeHead(status, { 'content-type': type }).end(text),
  ).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise((listening) => server.once('listening', listening))
  return meetAt((server.address() as AddressInfo).port)
}

t.test('a stock server is known by its answer, whether or not it has the driver', async (t) => {
  for (const name of ['driver-scaleway', 'driver-missing']) {
    const { status, text } = recorded(name)
    t.strictSame(await answering(t, status, text), { kind: 'stock' }, name)
  }
})

t.test('our own controller is met, and known as ours in whatever state it is', async (t) => {
  const it = open(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = it.app.server.address() as AddressInfo
  t.strictSame(await meetAt(port), { kind: 'met', version: '1.0.0' })
  t.strictSame(await meetAt(port, 'oneadmin:wrong'), { kind: 'refused' })
  it.one.pace.wait = async () => {
    throw new Fault('ONE_BROKEN', 'broken', 'oned failed with errno 4096')
  }
  it.advance(3_600_000)
  t.match(await meetAt(port), { kind: 'unsure', why: /errno 4096/ })
})

t.test('anything else is a stranger, or nobody', async (t) => {
  t.match(await answering(t, 502, '<html>Bad gateway</html>', 'text/html'), { kind: 'strange' })
  t.match(await answering(t, 200, '<html>Hello</html>', 'text/html'), { kind: 'strange' })
  t.match(await answering(t, 404, 'Not here'), { kind: 'strange' })
  for (const text of ['null', '[]', '7', '"edgectl"'])
    t.match(
      await answering(t, 200, text),
      { kind: 'strange', why: /^it describes no driver/ },
      text,
    )
  t.strictSame(await meetAt(9), { kind: 'silent', why: 'ECONNREFUSED' })
})

t.test('a controller that tells no checks leaves one that was not looked at', async (t) => {
  for (const answer of [null, {}, { checks: null }]) {
    const client = { call: async () => answer } as unknown as Client
    const checks = await examineController(client, { kind: 'met', version: '1.0.0' })
    t.match(checks, [{ status: 'skipped', sentence: /it tells no checks$/ }])
  }
})
