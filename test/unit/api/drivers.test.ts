import t, { type Test } from 'tap'
import { call, makeProvider, makeProvision, newProvider, open } from './calls.ts'
import { type Bench, recorded } from './support.ts'

const at = (name: string) => `/api/v1/drivers${name}`

async function expect(t: Test, it: Bench, request: string, name: string): Promise<void> {
  const { status, text, type } = recorded(name)
  const answer = await call(it, request, {})
  t.match(answer, { status, text, type: type ?? /./ }, name)
}

t.test('a driver', async (t) => {
  t.test('is disabled and enabled again, by name, with the recorded answers', async (t) => {
    const it = open(t)
    const listed = async (query: string) =>
      (JSON.parse((await call(it, `GET ${at('')}${query}`)).text) as { state: string }[]).map(
        ({ state }) => state,
      )
    await expect(t, it, `POST ${at('/scaleway/disable')}`, 'driver-disable')
    t.match((await call(it, `GET ${at('/scaleway')}`)).text, '"state":"DISABLED"')
    t.strictSame(await listed(''), ['DISABLED'])
    t.strictSame(await listed('?enabled=false'), ['DISABLED'])
    t.strictSame(await listed('?enabled=true'), [])
    await expect(t, it, `POST ${at('/scaleway/enable')}`, 'driver-enable')
    t.strictSame(await listed('?enabled=true'), ['ENABLED'])
    for (const verb of ['enable', 'disable'])
      await expect(t, it, `POST ${at(`/nosuch/${verb}`)}`, 'driver-missing')
  })
  t.test('that is disabled already is a conflict, not a failure of the server', async (t) => {
    const it = open(t)
    await call(it, `POST ${at('/scaleway/disable')}`)
    const again = await call(it, `POST ${at('/scaleway/disable')}`, {})
    const message = 'Driver scaleway is already disabled'
    t.match(again, { status: 405, text: JSON.stringify({ err_code: 405, message }) })
    t.match(JSON.parse(recorded('driver-disable-again').text), { err_code: 500, message })
  })
  t.test('that is disabled makes nothing new, and what exists goes on', async (t) => {
    const it = open(t)
    const id = await makeProvision(it)
    const { body } = await it.documents.provisions.get(id)
    await call(it, `POST ${at('/scaleway/disable')}`)
    it.asked.length = 0
    const { status, text } = recorded('provider-create-disabled')
    t.match(await call(it, 'POST /api/v1/providers', newProvider), { status, text })
    const request = { driver: 'scaleway', provider_id: body.provider_id }
    t.match(await call(it, 'POST /api/v1/provisions', request), {
      status,
      text: text.replace('Provider', 'Provision'),
    })
    t.equal(it.checked.length, 1, 'the cloud is not asked')
    t.strictSame(it.asked, [])
    t.equal((await call(it, 'GET /api/v1/providers?enabled=true')).text, '[]')
    t.match((await call(it, 'GET /api/v1/providers?enabled=false')).text, '"driver":"scaleway"')
    t.equal((await call(it, `POST /api/v1/provisions/${id}/undeploy`, { force: true })).status, 204)
  })
  t.test('is disabled for a controller that starts anew, too', async (t) => {
    const it = open(t)
    await call(it, `POST ${at('/scaleway/disable')}`)
    const kept = [...it.one.stored.values()].map(({ body }) => body)
    t.match(kept, [{ kind: 'drivers', disabled: ['scaleway'] }])
  })
  t.test('is changed by oneadmin and its group, and by nobody else', async (t) => {
    const it = open(t)
    for (const path of ['/sync', '/scaleway/enable', '/scaleway/disable', '/nosuch/disable']) {
      const answer = await call(it, `POST ${at(path)}`, {}, 'alice:wonder')
      t.match(answer, { status: 403, text: /User alice may not change drivers/ }, path)
    }
    t.equal((await call(it, `GET ${at('/scaleway')}`, undefined, 'alice:wonder')).status, 200)
    t.equal(it.one.stored.size, 0)
  })
  t.test('is looked after by sync, which tells what OpenNebula would not find', async (t) => {
    const it = open(t)
    const sync = async () => JSON.parse((await call(it, `POST ${at('/sync')}`, {})).text)
    const want = JSON.parse(recorded('drivers-sync').text) as object
    t.strictSame(Object.keys(await sync()), Object.keys(want))
    t.strictSame(await sync(), { success: ['scaleway'], failed: [] })
    it.play.missing = 'There is no plug-in in /usr/lib/edgectl/elastic'
    const error = 'There is no plug-in in /usr/lib/edgectl/elastic'
    t.strictSame(await sync(), { success: [], failed: [{ name: 'scaleway', error }] })
    await call(it, `POST ${at('/scaleway/disable')}`)
    await sync()
    t.match((await call(it, `GET ${at('/scaleway')}`)).text, '"state":"DISABLED"', 'stays so')
  })
  t.test('is named in any case in a request’s body', async (t) => {
    const it = open(t)
    const provider_id = await makeProvider(it)
    const provider = await call(it, 'POST /api/v1/providers', {
      ...newProvider,
      driver: 'Scaleway',
    })
    t.equal(provider.status, 201)
    const provision = { driver: 'SCALEWAY', deployment_type: 'SSH_cluster', provider_id }
    t.equal((await call(it, 'POST /api/v1/provisions', provision)).status, 201)
    t.equal((await call(it, `GET ${at('/Scaleway')}`)).status, 404)
  })
})
