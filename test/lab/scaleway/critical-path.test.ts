import t from 'tap'
import { createCustomer, makeNetwork, orderServer } from './customer.ts'

t.test(
  'the critical path is orders one after the other, then what one server goes through',
  async (t) => {
    const customer = await createCustomer()
    t.teardown(() => customer.sim.close())
    const { sim, nics, pass } = customer
    t.equal(sim.criticalPathMs(), 0)
    const servers = [await orderServer(customer, 'host-0'), await orderServer(customer, 'host-1')]
    await pass(1000)
    const [delivered, waited, installed, apart] = [2, 23, 335, 1]
    t.equal(sim.criticalPathMs(), (apart + delivered + waited + installed) * 1000)
    const { id: privateNetworkId } = await makeNetwork(customer)
    await pass(1000)
    for (const { id: serverId } of servers)
      await nics.addServerPrivateNetwork({ serverId, privateNetworkId, ipamIpIds: [] })
    await pass(100)
    const attached = 10
    const whole = apart + delivered + waited + installed + attached
    t.equal(sim.criticalPathMs(), whole * 1000, 'pauses of the client are not in it')
  },
)
