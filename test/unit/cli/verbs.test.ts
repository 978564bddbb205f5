import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import { makeProvider, makeProvision } from '../api/calls.ts'
import { shell } from './support.ts'

// many short processes, on a machine that may be busy with other tests
t.setTimeout(300_000)

t.test('providers and provisions get other names, and are found by them', async (t) => {
  const it = await shell(t)
  const [provider, twin] = [await makeProvider(it), await makeProvider(it)]
  const id = await makeProvision(it)
  t.match(await it.edgectl(`provider rename ${provider} paris`), { code: 0, stdout: '' })
  const renamed = await it.edgectl(`provision rename ${id} 'edge in Paris' --json`)
  t.match(JSON.parse(renamed.stdout), { ID: `${id}`, NAME: 'edge in Paris' })
  t.match(await it.edgectl('provider show paris'), { stdout: /^NAME {16}: paris$/m })
  t.match(await it.edgectl("provision show 'edge in Paris'"), { stdout: /: edge in Paris$/m })
  const ambiguous = await it.edgectl('provider show scw')
  t.match(ambiguous, { code: 2, stderr: new RegExp(`^\\d providers are named "scw": ${twin}, `) })
})

t.test('updates change what may change', async (t) => {
  const it = await shell(t)
  const [provider, provision] = [await makeProvider(it), await makeProvision(it)]
  const key = '33333333-3333-4333-8333-333333333333'
  const changed = `provider update ${provider} --name lyon --input secret_key=${key}`
  t.match(await it.edgectl(changed), { code: 0, stdout: '' })
  const { name, body } = await it.documents.providers.get(provider)
  t.match({ name, body }, { name: 'lyon', body: { connection: { secret_key: key } } })
  const described = await it.edgectl(`provision update ${provision} -`, {
    stdin: 'description: for tests\n',
  })
  t.match(described, { code: 0, stderr: '' })
  t.equal((await it.documents.provisions.get(provision)).body.description, 'for tests')
  const [fixed, nothing] = await Promise.all([
    it.edgectl(`provision update ${provision} --input oneform_hosts=3`),
    it.edgectl(`provision update ${provision}`),
  ])
  t.match(fixed, { code: 2, stderr: /oneform_hosts.*add and remove hosts instead\n$/ })
  t.match(nothing, { code: 2, stderr: /^Say what changes: in a file, or with --name, / })
})

t.test('owner, group and rights are changed by id, for several at once', async (t) => {
  const it = await shell(t)
  const [one, two] = [await makeProvider(it), await makeProvider(it)]
  t.match(await it.edgectl(`provider chmod ${one},${two} 644`), { code: 0, stdout: '' })
  for (const id of [one, two]) {
    const { permissions } = await it.documents.providers.get(id)
    t.match(permissions, { ownerU: true, ownerM: true, groupU: true, otherU: true, otherM: false })
  }
  t.match(await it.edgectl(`provider chown ${one} 2 1`), { code: 0 })
  t.match((await it.documents.providers.get(one)).owner, { uid: 2, gid: 1 })
  t.match(await it.edgectl(`provider chgrp ${one} 0`), { code: 0 })
  t.match((await it.documents.providers.get(one)).owner, { uid: 2, gid: 0 })
  const [mode, nobody] = await Promise.all([
    it.edgectl(`provider chmod ${one} 999`),
    it.edgectl(`provider chown ${one} alice`, {
      env: {
        ...{ ONEFORM_URL: it.url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' },
        ONE_XMLRPC: 'http://127.0.0.1:9/RPC2',
      },
    }),
  ])
  t.match(mode, { code: 2, stderr: '"999" is no mode like 640\n' })
  t.match(nobody, { code: 1, stderr: /^alice cannot be looked up: .*; give the id of the user/ })
})

t.test('a driver is switched off and on again, and looked after', async (t) => {
  const it = await shell(t)
  t.match(await it.edgectl('driver list'), { stdout: /\nscaleway +ssh_cluster +ENABLED\n$/ })
  t.match(await it.edgectl('driver disable scaleway'), { code: 0, stdout: '', stderr: '' })
  t.equal((await it.edgectl('driver list --enabled')).stdout.split('\n').length, 2)
  t.match(await it.edgectl('driver show scaleway'), { stdout: /^STATE {15}: DISABLED$/m })
  t.match(await it.edgectl('driver enable scaleway'), { code: 0 })
  t.match(await it.edgectl('driver sync'), { code: 0, stdout: '', stderr: '' })
  t.match(await it.edgectl('driver sync --json'), { stdout: /"success": \[\n {4}"scaleway"/ })
  it.play.missing = 'scaleway_vnm.rb is missing'
  t.match(await it.edgectl('driver sync'), {
    code: 1,
    stderr: 'These drivers could not be read: scaleway (scaleway_vnm.rb is missing)\n',
  })
})

t.test('what of others is in the way is shown', async (t) => {
  const it = await shell(t)
  const id = await makeProvision(it)
  t.match(await it.edgectl(`provision unmanaged ${id}`), {
    code: 0,
    stdout: 'Nothing of others is in the way\n',
  })
  it.unmanaged.set(id, { hosts: { 12: { vm: ['11', '13'] } } })
  t.match(await it.edgectl(`provision unmanaged ${id}`), {
    code: 0,
    stdout: '  WHERE   WHAT IDS\n  host 12 VM   11, 13\n',
  })
})

t.test('recover goes on from the failure that is named, and from no other', async (t) => {
  const it = await shell(t)
  const id = await makeProvision(it)
  await it.documents.provisions.update(id, (body) => ({ ...body, state: states.APPLYING_FAILURE }))
  it.play.retry = async (retried) => {
    await it.documents.provisions.update(retried, (body) => ({ ...body, state: states.RUNNING }))
    it.events.emit({ provision: retried, at: 0, kind: 'state', state: 'RUNNING' })
  }
  const other = await it.edgectl(`provision recover ${id} PLANNING`)
  t.match(other, { code: 2, stderr: 'Cannot recover to state PLANNING from APPLYING_FAILURE\n' })
  t.match(await it.edgectl(`provision recover ${id} applying`), { code: 0, stderr: /RUNNING\n$/ })
})

t.test('work on several goes on side by side, each line with the id', async (t) => {
  const it = await shell(t)
  const [one, two] = [await makeProvision(it), await makeProvision(it)]
  it.play.undeploy = async (gone) => {
    const failed = gone === two
    const state = failed ? 'DEPROVISIONING_FAILURE' : 'DONE'
    await it.documents.provisions.update(gone, (body) => ({ ...body, state: states[state] }))
    it.events.emit({ provision: gone, at: 0, kind: 'state', state })
  }
  const outcome = await it.edgectl(`provision undeploy ${one},${two},4711 --force --json`)
  t.equal(outcome.code, 1)
  t.strictSame(JSON.parse(outcome.stdout), [{ id: one }])
  t.match(outcome.stderr, `provision 4711: Error getting document 4711\n`)
  t.match(outcome.stderr, new RegExp(`^ *${one} \\[ +\\d+ s\\] DONE$`, 'm'))
  t.match(outcome.stderr, new RegExp(`^provision ${two}: Provision ${two} ended in DEPROV`, 'm'))
})
