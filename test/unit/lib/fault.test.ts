import t from 'tap'
import { Fault, faultsOf, reportOf, saidIn, sentenceOf } from '../../../lib/fault/index.ts'
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

t.test('a quiet hint stands in the documentation only', async (t) => {
  const quiet = faultsOf({
    EDGE_WORDS: { kind: 'invalid', meaning: 'Wrong.', hint: 'Do right.', quiet: true },
  })
  t.equal(quiet('EDGE_WORDS', 'Word for word').sentence, 'Word for word')
})

t.test(
  'a report begins with the code, and an answer is passed on with its request id',
  async (t) => {
    const first = fault('EDGE_ODD', 'Odd', { answer: '404 Not Found', requestId: 'r-1' })
    const second = fault('EDGE_SERVER_LOST', 'Lost', { ...saidIn(first), cause: first })
    const answer = '— answer: 404 Not Found [request r-1]'
    t.equal(reportOf(second), `EDGE_SERVER_LOST: Lost ${answer} — Order another.`)
    t.same(saidIn(new Error('x')), {})
    t.equal(reportOf(new Error('x')), 'x')
  },
)

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
