import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createClient } from '../../../controller/cli/client.ts'

t.test('a page where JSON should be is told in a sentence, and none of it is shown', async (t) => {
  const bodies = ['<html>Sign in to the proxy</html>', '{"DOCUMENT": ', 'nonsense']
  const server = createServer((_request, response) => response.end(bodies.shift()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const client = createClient({ url, session: 'alice:wonder', version: 'v1' })
  for (const _ of [...bodies])
    await t.rejects(client.call('GET', '/providers'), {
      message: `What answers at ${url.href} is no controller: it sends no JSON`,
      exitCode: 1,
    })
})
