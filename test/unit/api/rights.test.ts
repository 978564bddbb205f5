import t from 'tap'
import { call, makeProvider, makeProvision, open } from './calls.ts'
import type { Bench } from './support.ts'

const kinds = [
  ['providers', makeProvider],
  ['provisions', makeProvision],
] as const

async function post(it: Bench, url: string, verb: string, body: unknown, session?: string) {
  return call(it, `POST ${url}/${verb}`, body, session)
}

for (const [kind, make] of kinds) {
  t.test(`owner and permissions of ${kind}`, async (t) => {
    t.test('are what the stock command line sets them to', async (t) => {
      const it = open(t)
      const id = await make(it, 'alice:wonder')
      const url = `/api/v1/${kind}/${id}`
      const requests: [string, object][] = [
        ['chmod', { octet: '640' }],
        ['chown', { owner_id: 3, group_id: null }],
        ['chown', { owner_id: 3, group_id: 1 }],
        ['chgrp', { group_id: 0 }],
      ]
      for (const [verb, body] of requests)
        t.match(await post(it, url, verb, body), { status: 204, text: '' }, JSON.stringify(body))
      t.match(it.one.stored.get(id), {
        owner: { uid: 3, gid: 0, uname: 'bob', gname: 'oneadmin' },
        permissions: { ownerU: true, ownerM: true, ownerA: false, groupU: true, groupM: false },
      })
      t.match((await call(it, `GET ${url}`)).text, '"UID":"3","GID":"0","UNAME":"bob"')
    })
    t.test('change in one call of oned, so that nothing is left half done', async (t) => {
      const it = open(t)
      const id = await make(it, 'alice:wonder')
      const { body } = structuredClone(it.one.stored.get(id)) ?? {}
      it.one.calls.length = 0
      await post(it, `/api/v1/${kind}/${id}`, 'chown', { owner_id: 3, group_id: 1 })
      await post(it, `/api/v1/${kind}/${id}`, 'chgrp', { group_id: 0 })
      t.strictSame(it.one.stored.get(id)?.body, body)
      t.notOk(it.one.calls.some((one) => one.includes('update')))
    })
    t.test('open a document to a group, and close it again', async (t) => {
      const it = open(t)
      const id = await make(it, 'alice:wonder')
      const url = `/api/v1/${kind}/${id}`
      const bob = async () => (await call(it, `GET ${url}`, undefined, 'bob:builder')).status
      t.equal(await bob(), 403)
      await post(it, url, 'chmod', { octet: '640' }, 'alice:wonder')
      t.equal(await bob(), 200)
      await post(it, url, 'chmod', { octet: '600' }, 'alice:wonder')
      t.equal(await bob(), 403)
    })
    t.test('are oned’s to refuse, asked in the user’s own name', async (t) => {
      const it = open(t)
      const id = await make(it, 'alice:wonder')
      const url = `/api/v1/${kind}/${id}`
      const before = structuredClone(it.one.stored.get(id))
      const cases: [string, object, string, number][] = [
        ['chmod', { octet: '666' }, 'bob:builder', 403],
        ['chown', { owner_id: 3 }, 'bob:builder', 403],
        ['chgrp', { group_id: 100 }, 'bob:builder', 403],
        ['chmod', { octet: '700' }, 'alice:wonder', 403],
        ['chown', { owner_id: 3 }, 'alice:wonder', 403],
        ['chgrp', { group_id: 0 }, 'alice:wonder', 403],
        ['chown', { owner_id: 77 }, 'oneadmin:opennebula', 404],
        ['chgrp', { group_id: 77 }, 'oneadmin:opennebula', 404],
      ]
      for (const [verb, body, session, status] of cases)
        t.equal((await post(it, url, verb, body, session)).status, status, `${session} ${verb}`)
      t.strictSame(it.one.stored.get(id), before)
    })
    t.test('come back from a mode in which nobody may read, as oned lets them', async (t) => {
      const it = open(t)
      const id = await make(it, 'alice:wonder')
      const url = `/api/v1/${kind}/${id}`
      const status = async (session: string) =>
        (await call(it, `GET ${url}`, undefined, session)).status
      await post(it, url, 'chmod', { octet: '200' }, 'alice:wonder')
      t.equal(await status('alice:wonder'), 403)
      t.equal((await post(it, url, 'chmod', { octet: '666' }, 'bob:builder')).status, 403)
      t.equal((await post(it, url, 'chgrp', { group_id: 100 }, 'alice:wonder')).status, 204)
      t.equal((await post(it, url, 'chmod', { octet: '600' }, 'alice:wonder')).status, 204)
      t.equal(await status('alice:wonder'), 200)
      t.equal(await status('bob:builder'), 403)
    })
    t.test('of what is not ours do not change, whatever its owner may read', async (t) => {
      const it = open(t)
      const [type, attribute] =
        kind === 'providers'
          ? ([103, 'PROVIDER_BODY'] as const)
          : ([104, 'PROVISION_BODY'] as const)
      const alice = it.one.as('alice:wonder')
      const id = await alice.documents.create(type, 'of stock OneForm', attribute, { name: 'x' })
      await alice.documents.chmod(id, '200')
      const before = structuredClone(it.one.stored.get(id))
      const url = `/api/v1/${kind}/${id}`
      t.equal((await post(it, url, 'chmod', { octet: '600' }, 'alice:wonder')).status, 403)
      t.equal((await post(it, url, 'chgrp', { group_id: 100 }, 'alice:wonder')).status, 403)
      t.strictSame(it.one.stored.get(id), before)
    })
    t.test('of what is not ours do not change', async (t) => {
      const it = open(t)
      const foreign = await it.one.documents.create(
        kind === 'providers' ? 103 : 104,
        'of stock OneForm',
        kind === 'providers' ? 'PROVIDER_BODY' : 'PROVISION_BODY',
        { name: 'x' },
      )
      const before = structuredClone(it.one.stored.get(foreign))
      for (const id of [foreign, 9999]) {
        const url = `/api/v1/${kind}/${id}`
        t.equal((await post(it, url, 'chmod', { octet: '666' })).status, 404)
        t.equal((await post(it, url, 'chown', { owner_id: 2 })).status, 404)
        t.equal((await post(it, url, 'chgrp', { group_id: 100 })).status, 404)
      }
      t.strictSame(it.one.stored.get(foreign), before)
    })
    t.test('need the member they are called by, and a number that can be one', async (t) => {
      const it = open(t)
      const url = `/api/v1/${kind}/${await make(it)}`
      const cases: [string, unknown, RegExp][] = [
        ['chmod', undefined, /Missing request body/],
        ['chmod', {}, /Missing `octet` attribute/],
        ['chmod', { octet: '999' }, /octet/],
        ['chmod', { octet: 640 }, /octet/],
        ['chmod', { octet: '0640' }, /octet/],
        ['chown', { group_id: 1 }, /Missing `owner_id` attribute/],
        ['chown', { owner_id: -1 }, /owner_id/],
        ['chown', { owner_id: 'oneadmin' }, /owner_id/],
        ['chown', { owner_id: 0, group_id: 1.5 }, /group_id/],
        ['chgrp', {}, /Missing `group_id` attribute/],
        ['chgrp', { group_id: null }, /group_id/],
        ['chgrp', '{', /Invalid JSON body/],
      ]
      for (const [verb, body, text] of cases)
        t.match(await post(it, url, verb, body), { status: 400, text }, JSON.stringify(body))
    })
  })
}
