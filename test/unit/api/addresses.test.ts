import t from 'tap'
import type { AddressReport } from '../../../controller/fleet/index.ts'
import { call, makeProvision, open } from './calls.ts'

const lost: AddressReport['addresses'][number] = {
  ...{ provisionId: 1, external: '195.154.0.1', ip: '100.64.0.2', status: 'ready' },
  ...{ reverse: 'a.example.', attachedTo: null, vm: 7, wantedOn: '51.15.0.11' },
  ...{ verdict: 'wrong', sentence: '195.154.0.1 of VM 7 is lost', repair: null },
}

t.test('the addresses of a provision', async (t) => {
  const it = open(t)
  const id = await makeProvision(it)
  const of = (path: string) => `/api/v1/provisions/${id}/${path}`
  t.test('are told from the last look, and that there was none', async (t) => {
    const before = await call(it, `GET ${of('addresses')}`)
    t.strictSame(JSON.parse(before.text), { looked_at: null, addresses: [], findings: [] })
    it.reports.set(id, { at: 1_700_000_000_500, addresses: [lost], findings: ['Host b is silent'] })
    t.strictSame(JSON.parse((await call(it, `GET ${of('addresses')}`)).text), {
      looked_at: 1_700_000_000,
      addresses: [
        {
          ...{ address: '195.154.0.1', vm_address: '100.64.0.2', vm_id: 7, attached_to: null },
          ...{ wanted_on: '51.15.0.11', status: 'ready', verdict: 'wrong' },
          ...{ sentence: '195.154.0.1 of VM 7 is lost', reverse: 'a.example.' },
        },
      ],
      findings: ['Host b is silent'],
    })
    t.equal((await call(it, `GET ${of('addresses')}`, undefined, 'alice:wonder')).status, 403)
  })
  t.test('get a reverse name from who may manage it, and Scaleway’s own back', async (t) => {
    it.asked.splice(0)
    const set = (name: unknown, session?: string) =>
      call(it, `POST ${of('reverse')}`, { address: '195.154.0.1', name }, session)
    t.match(await set('www.example.com'), {
      status: 200,
      text: '{"address":"195.154.0.1","reverse":"www.example.com"}',
    })
    t.match(JSON.parse((await set(null)).text), { reverse: /rev\.example/ })
    t.strictSame(it.asked.splice(0), [
      `reverse ${id} 195.154.0.1 www.example.com`,
      `reverse ${id} 195.154.0.1 null`,
    ])
    t.match(await set('elsewhere.example.com'), { status: 400, text: /must_resolve/ })
    it.asked.splice(0)
    for (const name of ['', 'x', '-a.example', 'a_b.example', 'a.example/..', 4, undefined])
      t.equal((await set(name)).status, 400, String(name))
    t.equal((await set('www.example.com', 'alice:wonder')).status, 403)
    t.strictSame(it.asked, [])
  })
})
