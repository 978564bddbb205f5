import t from 'tap'
import { Fault, faultsOf, sentenceOf } from '../../../lib/fault/index.ts'
import { createLogger, keepSecret, scrub } from '../../../lib/log/index.ts'

const fault = faultsOf({
  EDGE_SERVER_LOST: { kind: 'missing', meaning: 'It is gone.', hint: 'Order another.' },
  EDGE_ODD: { kind: 'broken', meaning: 'Nobody knows.' },
})

t.test('a fault says what, which object, what the other side said and what to do', async (t) => {
  const error = fault('EDGE_SERVER_LOST', 'The server is gone', {
    object: 'server host-0',
    answer: '404 Not Found',
    requestId: 'r-1',
  })
  t.equal(
    error.sentence,
    'The server is gone (server host-0) — answer: 404 Not Found [request r-1] — Order another.',
  )
  t.equal(error.kind, 'missing')
  t.equal(error.code, 'EDGE_SERVER_LOST')
})

t.test('an answer that is the message itself is told once', async (t) => {
  const error = fault('EDGE_SERVER_LOST', 'It is held', { answer: '[one.vn.rm_ar] It is held' })
  t.equal(error.sentence, 'It is held — Order another.')
})

t.test('a hint given on the spot beats the catalogue’s', async (t) => {
  t.equal(fault('EDGE_SERVER_LOST', 'Gone', { hint: 'Wait.' }).sentence, 'Gone — Wait.')
  t.equal(fault('EDGE_ODD', 'Odd').sentence, 'Odd')
})

t.test('a secret never leaves through message, answer, cause or log line', async (t) => {
  const secret = keepSecret('2f7c4d5e-0000-4000-8000-c0ffee000000')
  const error = new Fault('X', 'broken', `key ${secret} refused`, { answer: `bad ${secret}` })
  t.notMatch(error.message + error.sentence + String(error.details.answer), secret)
  t.equal(sentenceOf(new Error(`no ${secret}`)), 'no ******')
  const lines: string[] = []
  const logger = createLogger('test', { destination: { write: (line) => lines.push(line) } })
  logger.info(`using ${secret}`, { nested: { secret } })
  t.equal(lines.length, 1)
  t.notMatch(lines.join(''), secret)
  t.equal(scrub('nothing to hide'), 'nothing to hide')
})
