import t, { type Test } from 'tap'
import { createDriverStates } from '../../../controller/documents/index.ts'
import { createOpenNebula, type OpenNebula } from '../../../controller/opennebula/index.ts'
import { createFakeHypervisor } from './fake-hypervisor.ts'
import { createOpenNebulaStandIn } from './index.ts'

interface Cloud {
  readonly admin: OpenNebula
  readonly alice: OpenNebula
  readonly bob: OpenNebula
  /** A document of alice. */
  readonly id: number
}

async function cloud(t: Test): Promise<Cloud> {
  const users = { oneadmin: 'opennebula', alice: 'wonder', bob: 'builder' }
  const hypervisor = createFakeHypervisor()
  const one = await createOpenNebulaStandIn({ ipamDir: t.testdir(), hypervisor, users })
  const admin = createOpenNebula({ endpoint: one.url, session: 'oneadmin:opennebula' })
  t.teardown(async () => {
    admin.close()
    await one.close()
  })
  const [alice, bob] = [admin.as('alice:wonder'), admin.as('bob:builder')]
  const id = await alice.documents.create(103, 'scw', 'PROVIDER_BODY', {})
  return { admin, alice, bob, id }
}

t.test('who owns a document opens it to a group, and oned refuses everybody else', async (t) => {
  const { alice, bob, id } = await cloud(t)
  await t.rejects(bob.documents.chmod(id, '666'), { code: 'ONE_DENIED' })
  await alice.documents.chmod(id, '660')
  await bob.documents.get(id)
  await bob.documents.chmod(id, '640')
  await t.rejects(bob.documents.chmod(id, '660'), { code: 'ONE_DENIED' })
  t.match(await alice.documents.get(id), {
    permissions: { ownerU: true, ownerM: true, groupU: true, groupM: false, otherU: false },
  })
})

t.test('bits of ADMIN are for who has it', async (t) => {
  const { admin, alice, id } = await cloud(t)
  await t.rejects(alice.documents.chmod(id, '700'), { code: 'ONE_DENIED' })
  await admin.documents.chmod(id, '700')
  await alice.documents.chmod(id, '710')
})

t.test('nobody but oneadmin gives a document to others', async (t) => {
  const { admin, alice, bob, id } = await cloud(t)
  await t.rejects(alice.documents.chown(id, 3, -1), { code: 'ONE_DENIED', message: /USER \[3\]/ })
  await t.rejects(alice.documents.chown(id, -1, 0), { code: 'ONE_DENIED', message: /GROUP \[0\]/ })
  await t.rejects(bob.documents.chown(id, -1, 1), { code: 'ONE_DENIED', message: /DOCUMENT/ })
  await alice.documents.chown(id, 2, 1)
  await t.rejects(admin.documents.chown(id, 77, -1), { code: 'ONE_MISSING', message: /user/ })
  await t.rejects(admin.documents.chown(id, -1, 77), { code: 'ONE_MISSING', message: /group/ })
  await admin.documents.chown(id, 3, 0)
  t.match(await bob.documents.get(id), { owner: { uname: 'bob', gname: 'oneadmin' } })
  await t.rejects(alice.documents.get(id), { code: 'ONE_DENIED' })
})

t.test('a driver stays disabled for whoever serves it next', async (t) => {
  const { admin, alice } = await cloud(t)
  await createDriverStates(admin).set('scaleway', 'DISABLED')
  t.equal(await createDriverStates(admin).state('scaleway'), 'DISABLED')
  t.same(await alice.documents.list(106), [], 'which users need not know')
  await createDriverStates(admin).set('scaleway', 'ENABLED')
  t.equal(await createDriverStates(admin).state('scaleway'), 'ENABLED')
})
