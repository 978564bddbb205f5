import t from 'tap'
import { createOpenNebula } from '../../../controller/opennebula/index.ts'
import { createFakeHypervisor } from './fake-hypervisor.ts'
import { createOpenNebulaStandIn, type OnedPassage } from './index.ts'

t.test('somebody at oned’s door holds a call before and after its effect', async (t) => {
  const seen: string[] = []
  let entering: OnedPassage = 'pass'
  let leaving: OnedPassage = 'pass'
  const stand = await createOpenNebulaStandIn({
    ...{ hypervisor: createFakeHypervisor(), ipamDir: '/nowhere', users: { oneadmin: 'secret' } },
    door: {
      enter({ method, parameters }) {
        seen.push(`${method} ${parameters.join(' ')}`)
        return entering
      },
      leave: () => leaving,
    },
  })
  t.teardown(() => stand.close())
  const one = createOpenNebula({ endpoint: stand.url, session: 'oneadmin:secret' })
  t.teardown(() => one.close())
  const there = () => stand.state.clusters.newestFirst().length - 1
  const create = () => one.clusters.create(`edge-${there()}`)

  await create()
  t.strictSame(seen, ['one.cluster.allocate edge-0'])
  t.equal(there(), 1)
  entering = 'fail'
  await t.rejects(create(), { code: 'ONE_UNREACHABLE' })
  entering = 'vanish'
  await t.rejects(create(), { code: 'ONE_UNREACHABLE' })
  t.equal(there(), 1, 'nothing was done')
  entering = 'pass'
  leaving = 'fail'
  await t.rejects(create(), { code: 'ONE_UNREACHABLE' })
  t.equal(there(), 2)
  leaving = 'vanish'
  await t.rejects(create(), { code: 'ONE_UNREACHABLE' })
  t.equal(there(), 3, 'it was done, and only the answer is lost')
  await stand.call('one.cluster.allocate', ['its own'])
  t.equal(seen.length, 5, 'what the stand-in’s own callers do is not seen')
})
