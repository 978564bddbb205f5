import { PassThrough } from 'node:stream'
import { setImmediate as soon } from 'node:timers/promises'
import t from 'tap'
import type { Client } from '../../../controller/cli/client.ts'
import { confirmed } from '../../../controller/cli/confirm.ts'
import { each } from '../../../controller/cli/each.ts'
import { Declined, Failure, interrupted, refusal } from '../../../controller/cli/failure.ts'
import { watchWork, workOn } from '../../../controller/cli/work.ts'

const nobody = {
  call: async () => ({}),
  stream: async () => {
    throw new Error('nothing is to be watched')
  },
} as unknown as Client

t.test('who says no, or presses Ctrl-C, has nothing done to the others either', async (t) => {
  const started: string[] = []
  const order = {
    ...{ client: nobody, wanted: ['DONE'], wait: false },
    start: async (id: string) => void started.push(id),
    before: async () => {
      throw new Declined('Nothing was changed', interrupted)
    },
  }
  await t.rejects(workOn(['8', '7', '9'], order), { exitCode: 130, message: /Nothing/ })
  const looked: string[] = []
  const looks = each('provision', ['8', '7', '9'], async (id) => {
    looked.push(id)
    if (id === '7') throw new Declined('Nothing was changed', interrupted)
  })
  await t.rejects(looks, { message: 'Nothing was changed' })
  t.strictSame({ started, looked }, { started: [], looked: ['8', '7'] })
})

t.test('Ctrl-C at a question is neither yes nor no', async (t) => {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  output.resume()
  const terminal = Object.assign(input, { isTTY: true, setRawMode: () => input })
  const answer = confirmed('Go on?', { input: terminal, output })
  await soon()
  input.write('\u0003')
  await t.rejects(answer, { exitCode: 130, message: 'Nothing was changed' })
})

t.test('Ctrl-C before the server has answered starts nothing, and says so', async (t) => {
  const started: string[] = []
  const client = {
    stream: (_path: string, _last: unknown, signal: AbortSignal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Failure('No controller answers', 1)))
        process.emit('SIGINT')
      }),
  } as unknown as Client
  const work = {
    client,
    provision: '7',
    wanted: ['DONE'],
    start: async () => void started.push('7'),
  }
  await t.rejects(watchWork(work), { exitCode: 130, message: 'Nothing was started' })
  t.strictSame(started, [])
})

t.test(
  'a document in a stock server’s care has no stream, and is not taken for gone',
  async (t) => {
    const text = JSON.stringify({ err_code: 404, message: 'Document 5 belongs to another server' })
    const started: string[] = []
    const client = {
      stream: async () => {
        throw refusal(404, text, 'GET /api/v1/provisions/5/events', 'EDGE_DOCUMENT_FOREIGN')
      },
    } as unknown as Client
    const create = watchWork({ client, provision: '5', wanted: ['RUNNING'] })
    await t.rejects(create, { exitCode: 1, message: /the work on provision 5 has begun/ })
    const start = async () => void started.push('5')
    await t.rejects(watchWork({ client, provision: '5', wanted: ['DONE'], start }), {
      exitCode: 1,
      message: /has begun/,
    })
    t.strictSame(started, ['5'], 'its work is begun all the same')
  },
)

t.test('the page of a proxy is told in one sentence', async (t) => {
  const page = '<html><body>\n<h1>502 Bad Gateway</h1></body></html>'
  const { message, exitCode } = refusal(502, page, 'GET /api/v1/provisions')
  t.equal(message, 'GET /api/v1/provisions was answered 502')
  t.equal(exitCode, 1)
})
