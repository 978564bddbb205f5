import t from 'tap'
import { planAdoption } from '../../../controller/adopt/plan.ts'
import { stockDocument, whole } from '../adopt/samples.ts'
import { call, makeProvider, makeProvision, open } from './calls.ts'
import { openBeside, stockOf } from './stock-server.ts'
import type { Bench } from './support.ts'

async function stockProvision({ one, adoptions }: Bench): Promise<number> {
  const { body } = stockDocument()
  const documents = one.as('alice:wonder').documents
  const id = await documents.create(104, 'edge-a', 'PROVISION_BODY', body)
  adoptions.set(id, planAdoption(whole(), 'cloud'))
  return id
}

t.test(
  'what taking over a stock provision would be is told, and nothing is asked of it',
  async (t) => {
    const stock = await stockOf(t)
    const it = openBeside(t, stock)
    const provider = await makeProvider(it)
    const id = await stockProvision(it)
    const answer = await call(it, `POST /api/v1/provisions/${id}/adopt`, { dry_run: true })
    t.equal(answer.status, 200, answer.text)
    t.match(JSON.parse(answer.text), {
      dry_run: true,
      provision: { id: 5, name: 'edge-a' },
      provider: { id: 8, name: 'scw' },
      in_the_way: [],
      price: { per_hour: 0.04 },
    })
    t.strictSame(it.asked, [`adopt ${id} with one of ${provider}, undefined`])
    t.strictSame(stock.heard, [])
  },
)

t.test('only who may manage it is told, with providers of their own', async (t) => {
  const it = open(t)
  await makeProvider(it)
  const id = await stockProvision(it)
  await it.one.documents.chmod(id, '640')
  const path = `POST /api/v1/provisions/${id}/adopt`
  const ask = (session: string) => call(it, path, { dry_run: true, provider_id: 3 }, session)
  t.equal((await ask('bob:builder')).status, 403)
  t.equal((await ask('eve:x')).status, 401)
  t.strictSame(it.asked, [])
  t.equal((await ask('alice:wonder')).status, 200)
  t.strictSame(it.asked, [`adopt ${id} with one of , 3`])
})

t.test('it is done when it is said, as it was shown', async (t) => {
  const it = open(t)
  await makeProvider(it)
  const id = await stockProvision(it)
  const ask = (body: object) => call(it, `POST /api/v1/provisions/${id}/adopt`, body)
  const { plan } = JSON.parse((await ask({ dry_run: true })).text)
  const begun = await ask({ dry_run: false, plan })
  t.match(begun, { status: 202 })
  t.match(JSON.parse(begun.text), { dry_run: false, plan })
  t.equal(it.asked.at(-1), `take ${id} over as ${plan}`)
  t.match(await ask({ dry_run: false, plan: 'whatever it is' }), { status: 400, text: /plan/ })
  await it.one.documents.chmod(id, '640')
  const path = `POST /api/v1/provisions/${id}/adopt`
  t.equal((await call(it, path, { dry_run: false }, 'bob:builder')).status, 403)
  t.equal(it.asked.filter((one) => one.startsWith('take')).length, 1)
})

t.test('it is never done by mistake', async (t) => {
  const it = open(t)
  const id = await stockProvision(it)
  const ask = (body?: unknown) => call(it, `POST /api/v1/provisions/${id}/adopt`, body)
  t.match(await ask({}), { status: 400, text: /Missing `dry_run`/ })
  t.match(await ask({ dry_run: 'true' }), { status: 400, text: /must be a boolean/ })
  t.match(await ask(), { status: 400, text: /Missing request body/ })
  t.strictSame(it.asked, [])
  t.equal((await call(it, 'POST /api/v1/provisions/4711/adopt', { dry_run: true })).status, 404)
  const ours = await makeProvision(it)
  const own = await call(it, `POST /api/v1/provisions/${ours}/adopt`, { dry_run: true })
  t.match(own, { status: 405 })
})
