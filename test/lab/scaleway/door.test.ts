import t from 'tap'
import { createCustomer, orderServer, refusal } from './customer.ts'
import { createSimulator, type Passage } from './index.ts'

t.test('somebody at the door holds a request before and after its effect', async (t) => {
  const seen: string[] = []
  let entering: Passage = 'pass'
  let leaving: Passage = 'pass'
  const customer = await createCustomer({
    door: {
      enter({ method, route }) {
        seen.push(`${method} ${route}`)
        return entering
      },
      leave: () => leaving,
    },
  })
  t.teardown(() => customer.sim.close())
  const { fips, sim } = customer
  const order = () => fips.createFlexibleIP({ description: 'mine', isIpv6: false, tags: ['mine'] })
  const mine = () =>
    [...sim.state.flexibleIps.values()].filter(({ tags }) => tags.length > 0).length

  await order()
  t.strictSame(seen, ['POST /flexible-ip/v1alpha1/zones/:zone/fips'])
  entering = 'fail'
  await t.rejects(order(), refusal({ status: 500 }))
  entering = 'vanish'
  await t.rejects(order(), /fetch failed/)
  t.equal(mine(), 1, 'nothing was done')
  entering = 'pass'
  leaving = 'fail'
  await t.rejects(order(), refusal({ status: 500 }))
  t.equal(mine(), 2)
  leaving = 'vanish'
  await t.rejects(order(), /fetch failed/)
  t.equal(mine(), 3, 'it was done, and only the answer is lost')
})

t.test('a cloud begins where another stood, and goes its own way from there', async (t) => {
  const first = await createCustomer({ foreignFips: 3 })
  t.teardown(() => first.sim.close())
  const { id } = await orderServer(first, 'host-0')
  t.throws(() => first.sim.snapshot(), /works on/, 'not in the middle of something')
  await first.pass(500)
  const order = { description: '', isIpv6: false, tags: ['mine'] }
  const address = await first.fips.createFlexibleIP(order)
  const snapshot = first.sim.snapshot()
  await first.fips.deleteFlexibleIP({ fipId: address.id })

  const second = await createSimulator({ snapshot })
  t.teardown(() => second.close())
  t.equal(second.state.servers.get(id)?.status, 'ready')
  t.strictSame(second.state.flexibleIps.get(address.id)?.tags, ['mine'])
  t.equal(second.state.flexibleIps.size, first.sim.state.flexibleIps.size + 1)
  t.equal(second.ledger.entries.length, first.sim.ledger.entries.length, 'the bill is taken along')
  const third = await createSimulator({ snapshot })
  t.teardown(() => third.close())
  third.state.flexibleIps.clear()
  t.ok(second.state.flexibleIps.has(address.id), 'one does not see what another does')
})
