import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { Failure } from '../../../controller/cli/failure.ts'
import { followLog, type LogRequest } from '../../../controller/cli/follow-log.ts'
import { Silence } from '../../../controller/cli/silence.ts'
import { compileCache, program } from './support.ts'

// short processes, on a machine that may be busy with other tests
t.setTimeout(180_000)

const missing = () => new Failure('Error getting document 7', 2, 404)
const page = (pos: number, ...texts: string[]) => ({
  ...{ pos, lines: texts.map((text) => ({ level: 'info', text })) },
})
const inState = (state: string) => ({ TEMPLATE: { PROVISION_BODY: { state } } })

/** Follows a log that is answered in this order, first the state and then a page, and so on. */
async function follow(
  answers: readonly unknown[],
  until: LogRequest['until'] = 'ended',
  answered = false,
) {
  const left = [...answers]
  const asked: string[] = []
  const seen: string[] = []
  const told: string[] = []
  const call = async (_method: string, path: string) => {
    asked.push(path.replace('/provisions/7', ''))
    const answer = left.shift()
    if (answer instanceof Error) throw answer
    return answer
  }
  const following = followLog({
    client: { call, stream: call } as unknown as LogRequest['client'],
    ...{
      provision: '7',
      from: 'beginning',
      ...{ until, answered },
      signal: new AbortController().signal,
      pollMs: 1,
    },
    onLine: ({ text }) => seen.push(text),
    tell: (sentence) => told.push(sentence),
  })
  const failure = await following.then(
    () => undefined,
    (error: Error) => error.message,
  )
  return { asked, seen, told, failure }
}

const silence = () => new Silence(new URL('http://127.0.0.1:9'), 'ECONNREFUSED')

t.test('a log goes on by byte offset after a silence, and both are told once', async (t) => {
  const it = await follow([
    ...[inState('APPLYING'), page(10, 'a'), silence(), new Failure('oned is away', 1, 503)],
    ...[page(20, 'b'), page(20), inState('RUNNING'), page(30, 'c'), page(30)],
  ])
  t.equal(it.failure, undefined)
  t.strictSame(it.seen, ['a', 'b', 'c'])
  t.match(it.told, [/^No controller answers .*; the log goes on when/, /^There are answers again/])
  t.equal(it.told.length, 2)
  t.strictSame(it.asked.slice(1, 5), [
    ...['/logs/poll?pos=0', '/logs/poll?pos=10', '/logs/poll?pos=10', '/logs/poll?pos=10'],
  ])
})

t.test('who never heard anything, or does not follow, is told of a silence and ends', async (t) => {
  t.match(await follow([silence()]), { failure: /^No controller answers/, told: [] })
  const once = await follow([page(10, 'a'), silence()], 'now')
  t.match(once, { failure: /^No controller answers/, seen: ['a'] })
})

t.test('who was answered before waits out a silence from the first', async (t) => {
  const it = await follow([silence(), inState('RUNNING'), page(10, 'a'), page(10)], 'ended', true)
  t.match(it, { failure: undefined, seen: ['a'] })
  t.equal(it.told.length, 2)
})

t.test('a right that was lost ends the following', async (t) => {
  const denied = new Failure('Not authorized', 2, 403)
  const it = await follow([inState('APPLYING'), page(0), inState('APPLYING'), denied])
  t.match(it, { failure: 'Not authorized', told: [] })
})

t.test('a log that was begun anew is read from its beginning', async (t) => {
  const running = inState('RUNNING')
  const it = await follow([running, page(90, 'a'), page(20), page(20, 'b'), page(20)])
  t.strictSame(it.seen, ['a', 'b'])
  t.match(it.told, [/begun anew/])
})

t.test(
  'a provision that is deleted meanwhile ends it well; one that never was does not',
  async (t) => {
    const it = await follow([inState('DEPROVISIONING'), page(10, 'a'), page(10), missing()])
    t.strictSame(it, {
      ...{ asked: it.asked, failure: undefined, seen: ['a'] },
      told: ['Provision 7 is gone, and its log with it'],
    })
    t.match(await follow([missing()]), { failure: 'Error getting document 7', told: [] })
  },
)

/** Listens as a controller would; without a port on one that is free. */
async function listening(t: Test, answer: RequestListener, port = 0): Promise<Server> {
  const server = createServer(answer).listen(port, '127.0.0.1')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  return server
}

t.test('a controller that restarts loses no line and repeats none', async (t) => {
  const it = await program(t)
  const log = ['one\n', 'two\n', 'three\n']
  let there = 1
  let state = 'APPLYING'
  const answer: RequestListener = ({ url = '' }, response) => {
    const from = /pos=(\d+)/.exec(url)?.[1]
    if (from === undefined) {
      response.end(JSON.stringify({ DOCUMENT: inState(state) }))
      return
    }
    const text = log.slice(0, there).join('')
    const lines = text.slice(Number(from)).split('\n').slice(0, -1)
    response.end(JSON.stringify(page(text.length, ...lines)))
  }
  const breaking: RequestListener = (request, response) => {
    if (!request.url?.includes('pos=4')) return answer(request, response)
    there = 2
    response.writeHead(200, { 'content-length': 500 })
    response.write('{"lines":[{"level":"info","text":"two"}', () => {
      before.close()
      before.closeAllConnections()
    })
  }
  const before: Server = await listening(t, breaking)
  const { port } = before.address() as AddressInfo
  let again: Promise<Server> | undefined
  const outcome = await it.run('edgectl', 'provision logs 7 --follow', `http://127.0.0.1:${port}`, {
    onStderr: (text) => {
      if (again === undefined && text.includes('broke off')) again = listening(t, answer, port)
      if (!text.includes('answers again')) return
      there = 3
      state = 'RUNNING'
    },
  })
  t.equal(outcome.code, 0)
  t.equal(outcome.stdout, '[info] one\n[info] two\n[info] three\n')
  t.match(
    outcome.stderr,
    /^No controller .*\(the answer broke off: .*\nThere are answers again.*\n$/,
  )
})

t.test('a controller that restarts after it has told an id is waited for', async (t) => {
  const it = await program(t)
  const asked: string[] = []
  const server = await listening(t, ({ url = '' }, response) => {
    asked.push(url)
    if (asked.length === 2) return void response.destroy()
    const document = { ...inState('RUNNING'), ID: '7', NAME: 'edge' }
    if (url.endsWith('/provisions')) response.end(JSON.stringify([{ DOCUMENT: document }]))
    else if (url.includes('pos=0')) response.end(JSON.stringify(page(4, 'one')))
    else response.end(JSON.stringify(url.includes('pos=') ? page(4) : { DOCUMENT: document }))
  })
  const { port } = server.address() as AddressInfo
  const outcome = await it.run('edgectl', 'provision logs edge -f', `http://127.0.0.1:${port}`)
  t.match(outcome, {
    code: 0,
    stdout: '[info] one\n',
    stderr: /^No controller .*\nThere are answers/,
  })
  t.match(asked.slice(0, 3), [/\/provisions$/, /\/provisions\/7$/, /\/provisions\/7$/])
})

t.test('a log that nobody reads any more ends quietly', async (t) => {
  const it = await program(t)
  let pos = 0
  const server = await listening(t, ({ url = '' }, response) => {
    pos += 1
    const polled = url.includes('/logs/') ? page(pos, `line ${pos}`) : undefined
    response.end(JSON.stringify(polled ?? { DOCUMENT: inState('APPLYING') }))
  })
  const { port } = server.address() as AddressInfo
  const login = { ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' }
  const child = spawn(process.execPath, [it.fileOf('edgectl'), 'provision', 'logs', '7', '-f'], {
    env: {
      ...{ HOME: it.home, NODE_COMPILE_CACHE: compileCache },
      ...{ ONEFORM_URL: `http://127.0.0.1:${port}`, ...login },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const [code] = await once(child, 'close')
  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
})
