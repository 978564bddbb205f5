// What OpenNebula's elastic driver asks before it does anything is answered while oned hangs.
import t from 'tap'
import type { OwnLogin } from '../../../controller/api/index.ts'
import { createLogger } from '../../../lib/log/index.ts'
import { call, type DocumentAnswer, open } from './calls.ts'
import { createEstate } from './estate.ts'
import { connection } from './routes.ts'

const session = 'oneadmin:opennebula'
const own: OwnLogin = {
  session,
  user: { id: 0, name: 'oneadmin', gid: 0, gname: 'oneadmin', groups: [0] },
}
const never = () => new Promise<void>(() => undefined)
/** Three requests one after the other, on a machine that does other things too. */
const inTimeMs = 1_000

t.test('while oned hangs, the three requests of the elastic driver', async (t) => {
  const lines: string[] = []
  const logger = createLogger('test', { destination: { write: (line) => void lines.push(line) } })
  const it = open(t, { own, logger })
  const { ids, restore } = await createEstate(it)
  const three = [
    `GET /api/v1/provisions/${ids.provision}`,
    `GET /api/v1/providers/${ids.provider}?include_sensitive=true`,
    `GET /api/v1/providers/${ids.provider}/path`,
  ]
  const all = async () => {
    const answers: string[] = []
    for (const request of three) {
      const { status, text } = await call(it, request, undefined, session)
      answers.push(`${status} ${text}`)
    }
    return answers
  }
  const before = await all()

  t.test('are answered in time as they were before', async (t) => {
    it.one.pace.wait = never
    it.advance(60_000)
    const began = performance.now()
    const answers = await all()
    t.ok(performance.now() - began < inTimeMs, `${performance.now() - began} ms`)
    t.strictSame(answers, before)
    t.match(answers[1], connection.secret_key)
    t.match(answers[2], /"path"/)
    const again = performance.now()
    await all()
    t.ok(performance.now() - again < inTimeMs)
    t.equal(lines.filter((line) => line.includes('oned is late')).length, 1, 'told once')
  })
  t.test('are answered with what was written last, by whomever', async (t) => {
    it.one.pace.wait = undefined
    await it.documents.provisions.update(ids.provision, (body) => ({ ...body, tags: { a: 'b' } }))
    const created = await call(
      it,
      'POST /api/v1/provisions',
      { driver: 'scaleway', provider_id: ids.provider, name: 'younger' },
      'alice:wonder',
    )
    const { DOCUMENT } = JSON.parse(created.text) as DocumentAnswer
    it.one.pace.wait = never
    it.advance(60_000)
    const [changed] = await all()
    t.match(changed, /"tags":\{"a":"b"\}/)
    const younger = await call(it, `GET /api/v1/provisions/${DOCUMENT.ID}`, undefined, session)
    t.match(younger, { status: 200, text: /"younger"/ })
    const provider = await call(it, `GET /api/v1/providers/${ids.provider}`, undefined, session)
    t.match(provider.text, `"provision_ids":[${ids.provision},${ids.failed},${DOCUMENT.ID}]`)
  })
  t.test('are answered for nobody else, nor to do anything', async (t) => {
    it.one.pace.wait = never
    it.advance(60_000)
    let answered = 0
    for (const [request, who] of [
      [`GET /api/v1/provisions/${ids.provision}`, 'alice:wonder'],
      [`GET /api/v1/provisions/${ids.provision}`, 'oneadmin:wrong'],
      [`POST /api/v1/provisions/${ids.provision}/undeploy`, session],
      [`GET /api/v1/provisions`, session],
      ['GET /api/v1/doctor', session],
      ['GET /api/v1/leaks', session],
    ] as const)
      void call(it, request, undefined, who).then(() => answered++)
    await new Promise((resolve) => setTimeout(resolve, 600))
    t.equal(answered, 0)
    t.strictSame(
      it.asked.filter((line) => line.startsWith('undeploy')),
      [],
    )
  })
  t.test('are oned’s own answers again once it answers', async (t) => {
    it.one.pace.wait = undefined
    await restore()
    await all()
    t.strictSame(await all(), before)
    t.match(lines.at(-1), /oned answers in time again/)
    it.one.users.delete(session)
    it.advance(60_000)
    const refused = await call(it, three[0] ?? '', undefined, session)
    t.match(refused, { status: 401 }, 'a password that oned refuses is nobody’s')
    it.one.pace.wait = never
    let answered = false
    void call(it, three[1] ?? '', undefined, session).then(() => {
      answered = true
    })
    await new Promise((resolve) => setTimeout(resolve, 600))
    t.notOk(answered, 'and stays nobody’s when oned says nothing again')
    it.one.pace.wait = undefined
    it.advance(60_000)
    await it.one.users.set(session, own.user)
    const missing = await call(it, 'GET /api/v1/provisions/4711', undefined, session)
    t.equal(missing.status, 404)
  })
})
