import t from 'tap'
import { createDriverStates } from '../../../controller/documents/index.ts'
import { memoryOpenNebula } from './memory-opennebula.ts'

t.test('drivers', async (t) => {
  t.test(
    'are enabled until somebody says otherwise, and nothing is written until then',
    async (t) => {
      const one = memoryOpenNebula()
      t.equal(await createDriverStates(one).state('scaleway'), 'ENABLED')
      t.equal(one.stored.size, 0)
    },
  )
  t.test('stay disabled whatever becomes of the controller and its disk', async (t) => {
    const one = memoryOpenNebula()
    await createDriverStates(one).set('scaleway', 'DISABLED')
    const next = createDriverStates(one)
    t.equal(await next.state('scaleway'), 'DISABLED')
    t.equal(await next.state('other'), 'ENABLED')
    await next.set('scaleway', 'ENABLED')
    t.equal(await createDriverStates(one).state('scaleway'), 'ENABLED')
    t.equal(one.stored.size, 1, 'one document, whose owner alone may read it')
    t.match([...one.stored.values()], [{ owner: { uid: 0 }, permissions: { groupU: false } }])
  })
  t.test('are not what they are said to be twice, even at the same moment', async (t) => {
    const one = memoryOpenNebula()
    const states = createDriverStates(one)
    await t.rejects(states.set('scaleway', 'ENABLED'), {
      code: 'EDGE_DRIVER_STATE',
      message: 'Driver scaleway is already enabled',
    })
    const answers = await Promise.allSettled([
      states.set('scaleway', 'DISABLED'),
      states.set('scaleway', 'DISABLED'),
      states.set('other', 'DISABLED'),
    ])
    t.match(answers, [
      { status: 'fulfilled' },
      { status: 'rejected', reason: { message: 'Driver scaleway is already disabled' } },
      { status: 'fulfilled' },
    ])
    t.equal(await states.state('other'), 'DISABLED')
    t.equal(one.stored.size, 1)
  })
  t.test('are not disabled by a document that another user wrote', async (t) => {
    const one = memoryOpenNebula()
    const forged = { engine: 'edgectl', kind: 'drivers', disabled: ['scaleway'] }
    await one.as('alice:wonder').documents.create(106, 'drivers', 'PROVIDER_BODY', forged)
    t.equal(await createDriverStates(one).state('scaleway'), 'ENABLED')
  })
  t.test('are not guessed where the document says nothing of the kind', async (t) => {
    const one = memoryOpenNebula()
    for (const body of [null, {}, { kind: 'drivers', disabled: 'scaleway' }, { disabled: [] }]) {
      one.stored.clear()
      const id = await one.documents.create(106, 'drivers', 'PROVIDER_BODY', body)
      await t.rejects(createDriverStates(one).state('scaleway'), {
        code: 'EDGE_DRIVER_STATES_INVALID',
        message: new RegExp(`Document ${id} `),
      })
    }
  })
})
