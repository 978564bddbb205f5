import t from 'tap'
import { lineOf, type Run, replay, type Talk } from '../../../ipam/runs/index.ts'
import { type DriverName, drivers, ipamFault, perform } from '../../../ipam/wire/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { base64, messages, registeredRange, released } from './messages.ts'

interface Given {
  readonly argv?: readonly string[]
  /** The controller's answer, or why there was none. */
  readonly answer?: object | Error
  readonly status?: number
}

/** A run as the driver's process would log it. */
async function ran(driver: DriverName, input: string, given: Given = {}): Promise<Run> {
  const { argv = ['7'], answer, status = 200 } = given
  let talk: Talk | undefined
  const ask = async (path: string) => {
    if (answer instanceof Error) {
      talk = { path, ms: 20_000, failure: (answer as Fault).sentence }
      throw answer
    }
    const said = { status, text: JSON.stringify(answer) }
    talk = { path, ms: 350.4, ...said }
    return said
  }
  const { outcome, error } = await perform(driver, drivers[driver], { argv, input, ask })
  const code = error instanceof Fault ? { code: error.code } : {}
  const at = Date.UTC(2026, 10, 30)
  return { driver, argv, input, outcome, ...code, ...(talk ? { talk } : {}), ms: 61.7, at }
}

const register = messages.find(({ driver }) => driver === 'register_address_range')?.xml ?? ''

t.test('a run is one line that says who, what, how it ended and what it took', async (t) => {
  const line = lineOf(
    await ran('register_address_range', base64(register), { answer: registeredRange }),
  )
  t.notMatch(line, /\n/)
  t.match(JSON.parse(line), {
    at: '2026-11-30T00:00:00.000Z',
    driver: 'register_address_range',
    argv: ['7'],
    exitCode: 0,
    ms: 62,
    answer: /^AR = \[\n/,
    document: register,
    controller: { path: '/ipam/register', status: 200, ms: 350, answer: registeredRange },
  })
  const refused = await ran('get_address', base64('<VM/>'))
  t.match(JSON.parse(lineOf(refused)), {
    ...{ exitCode: 1, code: 'EDGE_IPAM_REQUEST', answer: '' },
    said: /^This is no request of OpenNebula/,
  })
})

t.test('every recorded call is answered again as it was', async (t) => {
  for (const { name, driver, xml } of messages) {
    const answer = driver === 'register_address_range' ? registeredRange : released
    const { same, now } = await replay(lineOf(await ran(driver, base64(xml), { answer })))
    t.match({ same, code: now.exitCode }, { same: true, code: 0 }, name)
  }
})

t.test('so is every failure, whoever it came from', async (t) => {
  const lost = ipamFault('EDGE_IPAM_CONTROLLER', 'The controller gave no answer within 20 s')
  const cases: [DriverName, string, Given][] = [
    ['get_address', 'hello', {}],
    ['get_address', '', {}],
    ['get_address', `${base64(register)}\n`, {}],
    ['get_address', base64(register), { argv: [] }],
    ['get_address', Buffer.from([0xff, 0xfe]).toString('base64'), {}],
    ['free_address', base64('<VM'), {}],
    ['vnet_create', base64('<VNET><ID>3</ID></VNET>'), {}],
    ['register_address_range', base64(register), { answer: lost }],
    ['register_address_range', base64(register), { answer: {} }],
    ['register_address_range', base64(register), { answer: { message: 'No.' }, status: 409 }],
    ['unregister_address_range', base64(register), { answer: { state: 'perhaps' } }],
  ]
  for (const [driver, input, given] of cases) {
    const { same, recorded, now } = await replay(lineOf(await ran(driver, input, given)))
    t.ok(same, `${driver} ${JSON.stringify(recorded)} ${JSON.stringify(now)}`)
  }
})

t.test('an answer that would be another today is told', async (t) => {
  const line = JSON.parse(
    lineOf(await ran('register_address_range', base64(register), { answer: registeredRange })),
  )
  for (const change of [
    { answer: line.answer.replace('195.154.0.1', '195.154.0.2') },
    { exitCode: 1 },
    { said: 'x' },
    { controller: undefined },
    { document: line.document.replace('[42]', '[forty-two]') },
  ]) {
    const { same } = await replay(JSON.stringify({ ...line, ...change }))
    t.notOk(same, Object.keys(change).join())
  }
})

t.test('a line that is none is refused in a sentence', async (t) => {
  for (const text of ['', 'nonsense', '{"driver":'])
    await t.rejects(replay(text), { code: 'EDGE_MESSAGE_INVALID', message: /The line is no JSON/ })
})

t.test('secrets of a range are in no line, and the run can be repeated without', async (t) => {
  const secret = 'tok-"0<&\\en-1'
  const xml = register.replace('CUSTOM_IN><![CDATA[abc]', `API_TOKEN><![CDATA[${secret}]`)
  const closed = xml.replace('</CUSTOM_IN>', '</API_TOKEN>')
  const range = { ...registeredRange.range, API_TOKEN: secret }
  for (const [input, given] of [
    [base64(closed), { answer: { range } }],
    [base64(closed), { answer: { message: `it said ${secret}` }, status: 500 }],
    [base64(closed.replace('>1<', '>4<')), {}],
  ] as const) {
    const line = lineOf(await ran('register_address_range', input, given))
    t.notMatch(line, 'en-1')
    t.match(line, '<API_TOKEN>******</API_TOKEN>')
    t.ok((await replay(line)).same)
  }
  const half = lineOf(await ran('get_address', `${base64(closed)}!`))
  t.notMatch(half, base64(closed).slice(100, 200))
  await t.rejects(replay(half), { code: 'EDGE_RUN_CUT' })
})

t.test('nobody’s text keeps a driver from ending', async (t) => {
  const hostile = [
    ...['<TOKEN>', '<TOKEN><![CDATA[', 'TOKEN="', 'TOKEN', 'TOKEN ', '\\"', 'a="TOKEN'],
  ].map((text) => text.repeat(60_000 / text.length))
  for (const text of hostile) {
    const began = performance.now()
    lineOf(await ran('get_address', base64(`${text}<TOKEN>`)))
    t.ok(performance.now() - began < 1_000, text.slice(0, 20))
  }
})

t.test('what no oned sends is cut, and said to be', async (t) => {
  const line = lineOf(await ran('get_address', base64('x'.repeat(300_000))))
  t.ok(line.length < 70_000)
  await t.rejects(replay(line), { code: 'EDGE_RUN_CUT' })
})

t.test('a line that is no run is refused', async (t) => {
  const run = lineOf(await ran('get_address', ''))
  for (const line of ['', 'x', '7', '{}', run.slice(1), run.replace('get_address', 'toString')]) {
    await t.rejects(replay(line), { code: 'EDGE_MESSAGE_INVALID' }, line)
  }
})
