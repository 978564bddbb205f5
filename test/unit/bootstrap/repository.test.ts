import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { askRepository } from '../../../controller/bootstrap/index.ts'

const asked: { url: string | undefined; login: string | undefined }[] = []
const server = createServer(({ url, headers }, response) => {
  asked.push({ url, login: headers.authorization })
  response.writeHead(url?.includes('22.04') ? 200 : 404).end()
})

t.before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
t.teardown(() => server.close())
const port = () => (server.address() as AddressInfo).port

t.test('packages are looked for where hosts look for them', async (t) => {
  const repository = `http://127.0.0.1:${port()}/repo`
  const answers = await askRepository(repository, '7.0', ['Ubuntu 22.04', 'Ubuntu 24.04'], 5_000)
  t.strictSame(answers, [
    { system: 'Ubuntu 22.04', said: 200 },
    { system: 'Ubuntu 24.04', said: 404 },
  ])
  t.equal(asked[0]?.url, '/repo/7.0/Ubuntu/22.04/dists/stable/Release')
  t.equal(asked[0]?.login, undefined)
})

t.test('a login in the address goes along as one', async (t) => {
  asked.length = 0
  const repository = `http://me:p%40ss@127.0.0.1:${port()}/repo`
  t.match(await askRepository(repository, '7.0', ['Ubuntu 22.04'], 5_000), [{ said: 200 }])
  t.equal(asked[0]?.login, `Basic ${Buffer.from('me:p@ss').toString('base64')}`)
})

t.test('one that does not answer is told by why', async (t) => {
  const closed = createServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const { port: nobody } = closed.address() as AddressInfo
  await new Promise((resolve) => closed.close(resolve))
  const repository = `http://127.0.0.1:${nobody}/repo`
  t.match(await askRepository(repository, '7.0', ['Ubuntu 22.04'], 5_000), [
    { said: 'ECONNREFUSED' },
  ])
})
