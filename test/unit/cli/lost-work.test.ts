import { PassThrough } from 'node:stream'
import t from 'tap'
import { AnswerLost } from '../../../controller/cli/answer-lost.ts'
import type { Client } from '../../../controller/cli/client.ts'
import { Failure, refusal } from '../../../controller/cli/failure.ts'
import { watchWork } from '../../../controller/cli/work.ts'

const events = 'GET /api/v1/provisions/7/events'
const asked = 'POST /api/v1/provisions/7/undeploy'
const lost = () => {
  const look = 'edgectl provision show 7'
  return new AnswerLost({ asked, reason: 'ECONNRESET', look })
}
const proxyPage = () => refusal(404, '<h1>Not Found</h1>', events)
const silence = () => new Failure('No controller answers', 1)
const foreign = () => {
  const text = JSON.stringify({ err_code: 404, message: 'It belongs to another server' })
  return refusal(404, text, events, 'EDGE_DOCUMENT_FOREIGN')
}
const missing = () => refusal(404, '{"err_code":404,"message":"Error getting document 7"}', 'GET')

/** A stream that tells these states, then breaks; or stays open. */
function telling(states: readonly string[], { open = false } = {}) {
  const stream = new PassThrough()
  for (const state of states)
    stream.write(`id: ${state}\ndata: ${JSON.stringify({ kind: 'state', state })}\n\n`)
  if (!open) stream.end()
  return stream
}

/** Follows an undeployment whose start, streams and looks at the state are answered so, in this order. */
async function undeployed(
  start: Failure | undefined,
  streams: readonly (PassThrough | Failure)[],
  states: readonly (string | Failure)[],
) {
  const left = { streams: [...streams], states: [...states] }
  let starts = 0
  const client = {
    stream: async () => {
      const next = left.streams.shift()
      if (next instanceof PassThrough) return next
      throw next ?? new Error('no such stream')
    },
    call: async () => {
      const next = left.states.shift()
      if (typeof next === 'string') return { TEMPLATE: { PROVISION_BODY: { state: next } } }
      if (next === undefined) process.emit('SIGINT')
      throw next ?? silence()
    },
  } as unknown as Client
  const order = {
    ...{ client, provision: '7', wanted: ['DONE'] },
    start: async () => {
      starts += 1
      if (start) throw start
    },
    progress: { show: () => {}, end: async () => {}, failure: undefined },
  }
  const failure = await watchWork(order).then(
    () => undefined,
    (error: Failure) => error,
  )
  return { starts, code: failure?.exitCode, said: failure?.message, unread: left.streams.length }
}

t.test('work whose acceptance was lost', async (t) => {
  t.test('is followed where the state tells that it was begun', async (t) => {
    const streams = [telling([]), telling(['DONE'])]
    const states = [silence(), 'DEPROVISIONING', 'DEPROVISIONING', 'DEPROVISIONING']
    const it = await undeployed(lost(), streams, states)
    t.strictSame(it, { starts: 1, code: undefined, said: undefined, unread: 0 })
  })
  t.test('has ended where nothing is left', async (t) => {
    for (const state of ['DONE', missing()]) {
      const it = await undeployed(lost(), [telling([], { open: true })], [state])
      t.match(it, { starts: 1, code: undefined })
    }
  })
  t.test('is not known of where the state may be the one from before', async (t) => {
    const it = await undeployed(lost(), [telling([], { open: true })], [silence(), 'RUNNING'])
    t.match(it, { starts: 1, code: 1 })
    t.match(
      it.said,
      `${asked} (ECONNRESET), the state is RUNNING; whether it was begun is not known`,
    )
  })
  t.test('is not known of by who may not look any more', async (t) => {
    const denied = new Failure('Not authorized', 2, 403)
    const it = await undeployed(lost(), [telling([], { open: true })], [denied])
    t.match(it, { starts: 1, code: 1, said: /whether it was begun is not known/ })
  })
  t.test('is not known of by who stops waiting, and that is what is said', async (t) => {
    const it = await undeployed(lost(), [telling([], { open: true })], [silence()])
    t.match(it, { starts: 1, code: 130, said: /whether it was begun is not known/ })
  })
})

t.test('what was begun is begun once', async (t) => {
  t.test('though a proxy has lost the controller for a while', async (t) => {
    const streams = [telling([]), proxyPage(), proxyPage(), telling(['DEPROVISIONING', 'DONE'])]
    const it = await undeployed(undefined, streams, [
      ...['DEPROVISIONING', proxyPage(), 'DEPROVISIONING'],
    ])
    t.strictSame(it, { starts: 1, code: undefined, said: undefined, unread: 0 })
  })
  t.test('though the server tells nothing of it any more', async (t) => {
    const it = await undeployed(undefined, [telling([]), foreign()], ['DEPROVISIONING', foreign()])
    t.match(it, { starts: 1, code: 1, said: /the work on provision 7 has begun, look with/ })
  })
  t.test('and what ended while nobody listened is not waited for', async (t) => {
    const streams = [telling([]), telling([], { open: true })]
    const it = await undeployed(undefined, streams, ['DEPROVISIONING', silence(), 'DONE'])
    t.strictSame(it, { starts: 1, code: undefined, said: undefined, unread: 0 })
  })
})

t.test('a server that has no route for the work itself is asked once', async (t) => {
  const noRoute = refusal(404, '<h1>Not Found</h1>', asked)
  const it = await undeployed(noRoute, [telling([], { open: true })], [])
  t.match(it, { starts: 1, code: 2, said: `This server has no ${asked}` })
})
