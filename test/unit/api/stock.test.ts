import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { stockServer } from '../../../controller/api/index.ts'
import {
  call,
  type DocumentAnswer,
  makeProvider,
  makeProvision,
  newProvider,
  open,
} from './calls.ts'
import { openBeside, stockOf } from './stock-server.ts'
import { type Bench, basic, recorded } from './support.ts'

/** A provision that the stock server made for alice, with the id the recordings have. */
async function foreignProvision({ one }: Bench): Promise<number> {
  while (true) {
    const id = await one.as('alice:wonder').documents.create(104, 'stock', 'PROVISION_BODY', {
      ...{ name: 'stock', driver: 'scaleway', state: 6, provider_id: 3 },
    })
    if (id === 5) return id
  }
}

const scale = ' {"direction" : "sideways",\n"nodes": 12345678901234567890 }'

t.test('beside a stock OneForm server', async (t) => {
  t.test('what it made is answered by it, to the same asker and in its own words', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    const id = await foreignProvision(it)
    const show = await call(it, `GET /api/v1/provisions/${id}?include_sensitive=true`)
    t.match(show, { status: 200, text: recorded('provision-show').text, type: 'application/json' })
    const session = 'alice:wonder'
    const poll = await call(it, `GET /api/v1/provisions/${id}/logs/poll?pos=0`, undefined, session)
    t.equal(poll.text, recorded('logs-poll').text)
    const refused = await call(it, `POST /api/v1/provisions/${id}/scale`, scale, session)
    t.match(refused, { status: 405, text: recorded('scale-bad-direction').text })
    t.strictSame(
      stock.heard.map(({ line, body, headers }) => [line, body, headers.authorization]),
      [
        ['GET /api/v1/provisions/5?include_sensitive=true', '', basic().authorization],
        ['GET /api/v1/provisions/5/logs/poll?pos=0', '', basic(session).authorization],
        ['POST /api/v1/provisions/5/scale', scale, basic(session).authorization],
      ],
    )
    t.strictSame(it.asked, [])
  })
  t.test('routes that only it has are its own, for what is its own', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    const id = await foreignProvision(it)
    const ours = await makeProvision(it)
    stock.play = (_request, response) => response.writeHead(204).end()
    const asked = (request: string) => call(it, request, {})
    t.equal((await asked(`PUT /api/v1/provisions/${id}/of/tomorrow`)).status, 204)
    t.equal((await asked(`PUT /api/v1/provisions/${ours}/of/tomorrow`)).status, 404)
    t.equal((await asked(`GET /api/v1/provisions/${id}/cost`)).status, 404)
    t.match((await asked(`GET /api/v1/provisions/${id}/cost`)).text, 'another OneForm server')
    t.strictSame(
      stock.heard.map(({ line }) => line),
      [`PUT /api/v1/provisions/${id}/of/tomorrow`],
    )
  })
  t.test('ours never reach it, and who may not see a document learns nothing of it', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    const theirs = await foreignProvision(it)
    const ours = await makeProvision(it)
    const provider = await makeProvider(it)
    t.equal((await call(it, `GET /api/v1/provisions/${ours}`)).status, 200)
    t.equal((await call(it, `POST /api/v1/provisions/${ours}/undeploy`, {})).status, 405)
    t.equal((await call(it, `GET /api/v1/providers/${provider}/path`)).status, 200)
    const absent = await call(it, 'GET /api/v1/provisions/9999')
    t.match(absent, { status: 404, text: recorded('provision-404').text })
    const bob = await call(it, `DELETE /api/v1/provisions/${theirs}`, undefined, 'bob:builder')
    t.equal(bob.status, 403)
    const nobody = await call(it, `GET /api/v1/provisions/${theirs}`, undefined, 'eve:x')
    t.equal(nobody.status, 401)
    t.strictSame(stock.heard, [])
  })
  t.test('the driver of a new provider or provision decides who makes it', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    stock.play = (_request, response, body) => {
      response.writeHead(201, { 'content-type': 'application/json' }).end(body)
    }
    const text = '{"driver":"onprem",  "name":"a","__proto__":1}'
    for (const resource of ['providers', 'provisions'])
      t.match(await call(it, `POST /api/v1/${resource}`, text), { status: 201, text })
    t.equal(stock.heard.length, 2)
    const cased = { driver: 'Scaleway', connection_values: {} }
    t.equal((await call(it, 'POST /api/v1/providers', cased)).status, 400, 'ours in any case')
    const nothing = await call(it, 'POST /api/v1/providers', {})
    t.match(nothing, { status: 400, text: recorded('provider-create-nodriver').text })
    await makeProvision(it)
    const capital = { ...newProvider, driver: 'Scaleway' }
    t.equal((await call(it, 'POST /api/v1/providers', capital)).status, 201, 'as Sunstone calls it')
    t.equal(stock.heard.length, 2)
    t.equal(it.asked.length, 1)
  })
  t.test('a provision of ours is not made with a provider of its', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    const provider_id = await it.one.documents.create(103, 'stock', 'PROVIDER_BODY', { name: 'x' })
    const answer = await call(it, 'POST /api/v1/provisions', { driver: 'scaleway', provider_id })
    t.match(answer, { status: 404, text: /another OneForm server/ })
    t.strictSame([it.asked, stock.heard], [[], []])
  })
  t.test('lists show what both have, each once, and the scaleway driver as ours', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    const ours = await makeProvider(it)
    const drivers = JSON.parse((await call(it, 'GET /api/v1/drivers?enabled=true')).text) as {
      name: string
      registry: string
    }[]
    t.strictSame(
      drivers.map(({ name, registry }) => `${name} ${registry}`),
      ['Scaleway edgectl', 'OnPrem default', 'Dummy default'],
    )
    t.equal(stock.heard[0]?.line, 'GET /api/v1/drivers?enabled=true')
    t.equal((await call(it, 'GET /api/v1/drivers/nosuch')).text, recorded('driver-missing').text)
    t.match(JSON.parse((await call(it, 'GET /api/v1/drivers/scaleway')).text), {
      registry: 'edgectl',
    })

    const theirs = JSON.parse(recorded('providers').text) as DocumentAnswer[]
    const [first] = theirs
    const known = first?.DOCUMENT.TEMPLATE['PROVIDER_BODY']
    const copy = (id: number, change: object) => ({
      DOCUMENT: {
        ...{ ...first?.DOCUMENT, ID: String(id) },
        TEMPLATE: { PROVIDER_BODY: { ...known, ...change } },
      },
    })
    const list = [copy(ours, {}), copy(98, { engine: 'edgectl' }), copy(99, { name: 'last' })]
    stock.play = (_request, response) => response.end(JSON.stringify(list))
    const answer = JSON.parse((await call(it, 'GET /api/v1/providers')).text) as DocumentAnswer[]
    t.strictSame(
      answer.map(({ DOCUMENT: { ID, TEMPLATE } }) => [ID, TEMPLATE['PROVIDER_BODY']?.['name']]),
      [
        ['99', 'last'],
        [String(ours), 'scw'],
      ],
    )
  })
  t.test('a synchronisation is done by both, each for its own drivers', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    const sync = () => call(it, 'POST /api/v1/drivers/sync', {})
    const { text } = await sync()
    t.strictSame(JSON.parse(text), { success: ['onprem', 'dummy', 'scaleway'], failed: [] })
    t.match(stock.heard, [{ line: 'POST /api/v1/drivers/sync', body: '{}' }])
    stock.play = (_request, response) =>
      response.end('{"success":["dummy"],"failed":[{"name":"scaleway"},{"name":"onprem"}]}')
    t.strictSame(JSON.parse((await sync()).text), {
      ...{ success: ['dummy', 'scaleway'], failed: [{ name: 'onprem' }] },
    })
    stock.play = (_request, response) => response.end('[]')
    t.strictSame(JSON.parse((await sync()).text), { success: ['scaleway'], failed: [] })
    t.equal((await call(it, 'POST /api/v1/drivers/sync', {}, 'alice:wonder')).status, 403)
    t.equal(stock.heard.length, 3, 'who may not ask us asks nobody')
    stock.play = (_request, response) => response.end('')
    await call(it, 'POST /api/v1/drivers/onprem/disable', {})
    await call(it, 'POST /api/v1/drivers/scaleway/disable', {})
    t.equal(stock.heard.at(-1)?.line, 'POST /api/v1/drivers/onprem/disable')
  })
  t.test('ours are listed without it too, and the answer says so', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock, { passMs: 200, listMs: 100 })
    const ours = await makeProvision(it)
    const listed = async () => {
      const answer = await it.app.inject({ url: '/api/v1/provisions', headers: basic() })
      const ids = (answer.json() as DocumentAnswer[]).map(({ DOCUMENT }) => DOCUMENT.ID)
      return [answer.statusCode, answer.headers['x-edgectl-stock'], ids.join()]
    }
    const alone = [200, 'unavailable', String(ours)]
    stock.play = (_request, response) => response.writeHead(500).end('<h1>Ruby</h1>')
    t.strictSame(await listed(), alone, 'while it fails')
    stock.play = (_request, response) => response.end('{"not":"a list"}')
    t.strictSame(await listed(), alone, 'while it answers something else')
    stock.play = () => undefined
    t.strictSame(await listed(), alone, 'while it hangs')
    stock.play = (_request, response) => response.writeHead(200).write('[')
    t.strictSame(await listed(), alone, 'while it hangs in the middle')
    stock.play = (_request, response) => response.end('[]')
    t.strictSame(await listed(), [200, undefined, String(ours)], 'and when it is back')
    await stock.fall()
    t.strictSame(await listed(), alone, 'while it is down')
  })
  t.test('what it does not answer is 503 in a sentence, and ours goes on', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock, { passMs: 200, listMs: 100 })
    const id = await foreignProvision(it)
    const ours = await makeProvision(it)
    stock.play = () => undefined
    const hung = await call(it, `GET /api/v1/provisions/${id}`)
    t.match(hung, { status: 503, text: /does not answer: no answer in time/ })
    await stock.fall()
    const down = await call(it, `POST /api/v1/provisions/${id}/undeploy`, {})
    t.match(down, { status: 503, text: /stock OneForm server at http.*ECONNREFUSED/ })
    t.equal((await call(it, `GET /api/v1/provisions/${ours}`)).status, 200)
    t.equal(stock.heard.length, 1, 'nothing is sent twice')
  })
  t.test('what was passed on once is not passed on again', async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    const id = await foreignProvision(it)
    await call(it, `GET /api/v1/provisions/${id}`)
    const [{ headers: { 'x-edgectl-passed-on': mark } = {} } = {}] = stock.heard.splice(0)
    t.equal(mark, '1')
    for (const [method, url] of [
      ['GET', `/api/v1/provisions/${id}`],
      ['GET', '/api/v1/provisions'],
      ['GET', '/api/v1/drivers/onprem'],
      ['POST', '/api/v1/providers'],
    ] as const) {
      const headers = { ...basic(), 'x-edgectl-passed-on': String(mark) }
      const payload = method === 'POST' ? { driver: 'onprem' } : undefined
      const { statusCode } = await it.app.inject({
        method,
        url,
        headers,
        ...(payload && { payload }),
      })
      t.equal(statusCode, url.endsWith('provisions') ? 200 : 404, url)
    }
    t.strictSame(stock.heard, [])
  })
})

t.test('without a stock server what is not ours is told in a sentence', async (t) => {
  const it = open(t)
  const id = await foreignProvision(it)
  const document = await call(it, `POST /api/v1/provisions/${id}/retry`)
  t.match(document, { status: 404, text: /belongs to another OneForm server.*oneform\.stock/ })
  const driver = await call(it, 'POST /api/v1/providers', { driver: 'onprem' })
  t.match(driver, { status: 404, text: 'Error getting onprem OneForm driver' })
  t.strictSame(JSON.parse((await call(it, 'GET /api/v1/provisions?all=true')).text), [])
})

t.test('over a connection', async (t) => {
  const stock = await stockOf(t)
  const it = openBeside(t, stock)
  const id = await foreignProvision(it)
  await it.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = it.app.server.address() as AddressInfo

  t.test('no path leads anywhere but where it says', async (t) => {
    const paths = [
      `/api/v1/provisions/${id}/../../../secret`,
      `/api/v1/provisions/${id}/%2e%2e/%2e%2e/secret`,
      `/api/v1/provisions/${id}/..`,
      `/api/v1/provisions/${id}//elsewhere.example/`,
      `/api/v1/provisions/${id}/a%2fb`,
      `/api/v1/provisions/${id}\\..\\secret`,
      `/api/v1/provisions/${id}/x%00`,
      `/api/v1/provisions/%3${id}`,
      `/api/v1/provisions/+${id}`,
      `/api/v1/provisions/${id};x/logs`,
      '/api/v1/drivers/..',
      '/api/v1/drivers/%2e%2e%2fsecret',
      `http://elsewhere.example/api/v1/provisions/${id}`,
      `//elsewhere.example/api/v1/provisions/${id}`,
      `/api/v1/provisions/${id}#/x`,
      `/api/v2/provisions/${id}`,
    ]
    for (const path of paths) {
      const status = await raw(t, port, `GET ${path} HTTP/1.1`)
      t.ok(status >= 400 && status < 500, `${path} ${status}`)
    }
    t.strictSame(stock.heard, [])
  })
  t.test(
    'a list is asked of the configured server, whatever server the request names',
    async (t) => {
      t.equal(await raw(t, port, 'GET http://elsewhere.example/api/v1/drivers HTTP/1.1'), 200)
      t.strictSame(stock.heard, [])
    },
  )
  t.test('a body in chunks is one there too, whatever the method', async (t) => {
    const path = `/api/v1/provisions/${id}`
    const headers = { ...basic(), 'transfer-encoding': 'chunked' }
    const outgoing = request({ port, path, method: 'DELETE', headers })
    outgoing.end('{"force":true}')
    await once(outgoing, 'response')
    outgoing.destroy()
    t.match(stock.heard.pop(), { line: `DELETE ${path}`, body: '{"force":true}' })
  })
  t.test('a body larger than ours may be arrives as it was sent', async (t) => {
    stock.play = (_message, response, body) => response.end(String(body.length))
    const size = 3_000_000
    const answer = await ask(port, `/api/v1/provisions/${id}/note`, 'x'.repeat(size))
    t.equal(answer, String(size))
  })
  t.test('who leaves is not waited for', async (t) => {
    const left = new Promise<void>((resolve) => {
      stock.play = (message) => {
        message.socket.once('close', () => resolve())
        client.destroy()
      }
    })
    const path = `/api/v1/provisions/${id}`
    const client = request({ port, path, headers: basic() }).on('error', () => undefined)
    client.end()
    await left
    t.pass('the stock server’s connection is closed')
  })
})

const openssl = spawnSync('openssl', ['version']).status === 0
const skip = openssl ? false : 'nobody here makes certificates: there is no openssl'

t.test('over https its certificate must be one that this machine trusts', { skip }, async (t) => {
  const { key, cert } = await selfSigned(t)
  const server = createSecureServer({ key, cert }, (_request, response) =>
    response.end(recorded('provision-show').text),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const it = open(t, { stock: stockServer(`https://127.0.0.1:${port}`), unnoticed: true })
  const id = await foreignProvision(it)
  const show = () => call(it, `GET /api/v1/provisions/${id}`)
  t.match(await show(), { status: 503, text: /does not answer: .*certificate/ })
  const before = getCACertificates('default')
  t.teardown(() => setDefaultCACertificates(before))
  setDefaultCACertificates([...before, cert])
  t.match(await show(), { status: 200, text: recorded('provision-show').text })
})

async function selfSigned(t: Test): Promise<{ key: string; cert: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'edgectl-https-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const [key, cert] = [join(directory, 'key'), join(directory, 'cert')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const whom = ['-subj', '/CN=stock', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  await promisify(execFile)('openssl', ['req', ...kind, ...whom, '-keyout', key, '-out', cert])
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

/** The status of a request whose first line is sent as it stands. */
function raw(t: Test, port: number, line: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.on('error', reject)
    socket.once('data', (answer) => resolve(Number(answer.toString().split(' ')[1])))
    socket.write(`${line}\r\nHost: x\r\nAuthorization: ${basic().authorization}\r\n\r\n`)
  })
}

function ask(port: number, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = request({ port, path, method: 'POST', headers: basic() }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(text))
    })
    client.on('error', reject)
    client.end(body)
  })
}
