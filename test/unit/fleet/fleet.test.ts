import t from 'tap'
import { elastic, elasticNic, lcm, nic, provision, server, vm, vxlan } from './samples.ts'
import { createStage } from './stage.ts'

const blue = vxlan(1)
const open = elastic(3)
const external = '195.154.0.1'
const assignTo = (host: number) => ({
  provisionId: 1,
  hostId: 10 + host,
  vm: 7,
  ip: '100.64.0.2',
  external,
})

t.test('a spec is pushed when it changes, and only then', async (t) => {
  const { oned, log, fleet, specs } = createStage()
  oned.networks = [blue]
  await fleet.set(provision(2))
  t.strictSame(log.splice(0), ['spec 1 #1 []', 'spec 2 #2 []'])
  await fleet.refresh()
  t.strictSame(log.splice(0), [], 'nothing new')
  oned.vms = [vm(5, lcm.running, [2], [nic(0, blue, '172.30.0.5')])]
  await fleet.refresh()
  t.strictSame(log.splice(0), ['spec 2 #3 []'], 'the VM is on host 2 alone')
  t.match(specs.get(server(2).server), { epoch: 4, generation: 3, ports: [{ port: 'one-5-0' }] })
  fleet.forget(1)
  await fleet.set(provision(2))
  t.strictSame(log, ['spec 1 #4 []', 'spec 2 #5 []'], 'no generation is used twice')
})

t.test('each provision has a BGP password of its own, the same after every start', async (t) => {
  const passwordOf = async (uuid: string) => {
    const { fleet, specs } = createStage()
    await fleet.set(provision(2, { uuid }))
    return specs.get(server(1).server)?.bgp.password
  }
  const one = await passwordOf('a')
  t.match(one, /^[\w-]{32}$/)
  t.equal(await passwordOf('a'), one)
  t.not(await passwordOf('b'), one)
})

t.test('hosts keep what they have while oned does not answer', async (t) => {
  const { oned, log, fleet } = createStage()
  oned.networks = [blue]
  await fleet.set(provision(1))
  oned.broken = true
  oned.networks = []
  await t.rejects(fleet.refresh(), { code: 'ONE_UNREACHABLE' })
  t.strictSame(log, ['spec 1 #1 []'])
})

t.test('callers that ask at once share one look at oned that began after they asked', async (t) => {
  const { oned, fleet } = createStage()
  await fleet.set(provision(1))
  oned.reads = 0
  await Promise.all([1, 2, 3, 4, 5].map(() => fleet.refresh()))
  t.equal(oned.reads, 4, 'the running look and one more, two lists each')
})

t.test('changes in oned are seen without being told', async (t) => {
  const { oned, log, fleet } = createStage()
  await fleet.set(provision(1))
  fleet.start()
  oned.broken = true
  await new Promise((done) => setTimeout(done, 20))
  oned.broken = false
  oned.networks = [blue]
  for (let tries = 0; tries < 100 && log.length < 2; tries++) {
    await new Promise((done) => setTimeout(done, 5))
  }
  await fleet.close()
  t.strictSame(log, ['spec 1 #1 []', 'spec 1 #2 []'])
})

t.test('a wait names what the fleet does not know', async (t) => {
  const { fleet } = createStage()
  await t.rejects(fleet.waitSettled(1, { withinMs: 10 }), { code: 'EDGE_FLEET_UNKNOWN' })
})

t.test('an address is mapped on the host before the cloud attaches it', async (t) => {
  const { oned, log, fleet, elastic } = createStage()
  oned.networks = [open]
  await fleet.set(provision(2))
  log.splice(0)
  oned.vms = [vm(7, lcm.boot, [1], [elasticNic(0, open, 1)])]
  t.equal(await elastic.assign(assignTo(1)), 'attached')
  t.strictSame(log, [`spec 1 #3 [${external}]`, 'applied 1 #3', `attach ${external} to 1`])
})

t.test('an address does not reach the cloud when the host does not map it', async (t) => {
  const { oned, log, cloud, fleet, elastic } = createStage()
  oned.networks = [open]
  oned.vms = [vm(7, lcm.boot, [1], [elasticNic(0, open, 1)])]
  await fleet.set(provision(2))
  log.splice(0)
  cloud.agentsApply = false
  await t.rejects(elastic.assign(assignTo(1)), { code: 'EDGE_SPEC_NOT_APPLIED' })
  await t.rejects(elastic.assign(assignTo(2)), { code: 'EDGE_ELASTIC_UNKNOWN' })
  await t.rejects(elastic.assign({ ...assignTo(1), ip: '100.64.0.8' }), {
    code: 'EDGE_ELASTIC_UNKNOWN',
  })
  await t.rejects(elastic.assign({ ...assignTo(1), provisionId: 2 }), {
    code: 'EDGE_FLEET_UNKNOWN',
  })
  t.strictSame(log, [])
})

t.test('an address another VM holds is not taken from it', async (t) => {
  const { oned, fleet, elastic } = createStage()
  oned.networks = [open]
  const forged = elasticNic(0, open, 1, { ip: '100.64.0.2' })
  oned.vms = [vm(3, lcm.running, [2], [elasticNic(0, open, 1)]), vm(7, lcm.boot, [1], [forged])]
  await fleet.set(provision(2))
  await t.rejects(elastic.assign(assignTo(1)), /is in use by VM 3/)
})

t.test('in live migration the address moves with assign, and oned confirms it later', async (t) => {
  const { oned, log, fleet, elastic } = createStage()
  oned.networks = [open]
  oned.vms = [vm(7, lcm.running, [1], [elasticNic(0, open, 1)])]
  await fleet.set(provision(2))
  log.splice(0)
  oned.vms = [vm(7, lcm.migrate, [1, 2], [elasticNic(0, open, 1)])]
  t.equal(await elastic.unassign(assignTo(2)), 'kept', 'clean at the source')
  await elastic.assign(assignTo(2))
  const arriving = ['spec 2 #3 []', 'spec 1 #4 []', `spec 2 #5 [${external}]`]
  t.strictSame(log.splice(0), [...arriving, 'applied 2 #5', `attach ${external} to 2`])
  t.equal(await elastic.unassign(assignTo(2)), 'kept', 'a rollback of post is not heeded')
  oned.vms = [vm(7, lcm.running, [1, 2], [elasticNic(0, open, 1)])]
  await fleet.refresh()
  t.strictSame(log, [], 'the hosts are what oned confirms')
})

t.test('an address is released when its VM stops, though oned still shows it there', async (t) => {
  const { oned, log, fleet, elastic } = createStage()
  oned.networks = [open]
  oned.vms = [vm(7, lcm.running, [1], [elasticNic(0, open, 1)])]
  await fleet.set(provision(1))
  log.splice(0)
  t.equal(await elastic.unassign(assignTo(1)), 'kept', 'not while it runs')
  oned.vms = [vm(7, lcm.shutdown, [1], [elasticNic(0, open, 1)])]
  t.equal(await elastic.unassign(assignTo(1)), 'released')
  t.strictSame(log.splice(0), ['spec 1 #2 []', 'applied 1 #2', `detach ${external} from 1`])
  oned.vms = []
  t.equal(await elastic.unassign(assignTo(1)), 'released', 'and again when nothing is left')
})

t.test('in cold migration the source gives the address up when it is cleaned', async (t) => {
  const { oned, log, fleet, elastic } = createStage()
  oned.networks = [open]
  oned.vms = [vm(7, lcm.running, [1], [elasticNic(0, open, 1)])]
  await fleet.set(provision(2))
  log.splice(0)
  const saveMigrate = 7
  oned.vms = [vm(7, saveMigrate, [1, 2], [elasticNic(0, open, 1)])]
  const clean = { ...assignTo(2), cleaned: '51.15.0.11' }
  t.equal(await elastic.unassign(clean), 'released')
  t.strictSame(log, [
    ...['spec 2 #3 []', 'spec 1 #4 []', 'spec 2 #5 []'],
    ...['applied 1 #4', `detach ${external} from 1`],
  ])
  oned.vms = [vm(7, lcm.migrate, [1, 2], [elasticNic(0, open, 1)])]
  t.equal(await elastic.unassign(clean), 'kept', 'in a live one it still runs there')
})

t.test('a late clean does not take the address from who has it now', async (t) => {
  const { oned, log, fleet, elastic } = createStage()
  oned.networks = [open]
  oned.vms = [vm(9, lcm.running, [1], [elasticNic(0, open, 1)])]
  await fleet.set(provision(1))
  log.splice(0)
  t.equal(await elastic.unassign(assignTo(1)), 'kept')
  t.strictSame(log, [])
})

t.test('the rollback of a boot takes nothing away that may be in use', async (t) => {
  const { oned, log, fleet, elastic } = createStage()
  oned.networks = [open]
  await fleet.set(provision(1))
  oned.vms = [vm(7, lcm.boot, [1], [elasticNic(0, open, 1), elasticNic(1, open, 2)])]
  t.equal(await elastic.assign(assignTo(1)), 'attached')
  log.splice(0)
  t.equal(await elastic.unassign({ ...assignTo(1), cleaned: '51.15.0.11' }), 'kept')
  t.strictSame(log, [], 'once oned has given the boot up, the truth check sees to it')
})

t.test('an elastic alias is assigned like any other address', async (t) => {
  const { oned, log, fleet, elastic } = createStage()
  oned.networks = [open, vxlan(1)]
  await fleet.set(provision(1))
  log.splice(0)
  const alias = elasticNic(2, open, 2, { parentId: 0 })
  oned.vms = [vm(7, lcm.boot, [1], [elasticNic(0, open, 1), alias])]
  const request = { ...assignTo(1), ip: '100.64.0.4', external: '195.154.0.2' }
  t.equal(await elastic.assign(request), 'attached')
  t.equal(log.at(-1), 'attach 195.154.0.2 to 1')
  const stray = elasticNic(2, open, 2, { parentId: 1 })
  oned.vms = [vm(7, lcm.boot, [1], [elasticNic(0, open, 1), nic(1, blue, '172.30.0.5'), stray])]
  await t.rejects(elastic.assign(request), /as alias NIC 2 on NIC 1, which is not on its network/)
})

t.test('an unplugged NIC gives up its address while the VM runs on', async (t) => {
  const { oned, log, fleet, elastic } = createStage()
  oned.networks = [open]
  const unplugging = elasticNic(0, open, 1, { attributes: { ATTACH: 'YES' } })
  oned.vms = [vm(7, lcm.hotplugNic, [1], [unplugging, elasticNic(1, open, 2)])]
  await fleet.set(provision(1))
  log.splice(0)
  t.equal(await elastic.unassign(assignTo(1)), 'released')
  t.match(log, ['spec 1 #2 [195.154.0.2]', 'applied 1 #2', `detach ${external} from 1`])
})

t.test('a provision that cannot be compiled keeps no other from its changes', async (t) => {
  const { oned, log, fleet } = createStage()
  oned.networks = [vxlan(5)]
  const broken = provision(1)
  const [server] = broken.servers
  if (!server) throw new Error('no server')
  const underlay = { ...server.underlay, address: 'nonsense' }
  await fleet.set({ ...broken, servers: [{ ...server, server: 'x', underlay }] })
  await fleet.set({ ...provision(1), provisionId: 2 })
  t.equal(log.filter((line) => line.startsWith('spec 1 ')).length, 1)
})

t.test('unassign never fails, whatever does not answer', async (t) => {
  const { oned, fleet, elastic } = createStage()
  await fleet.set(provision(1))
  oned.broken = true
  t.equal(await elastic.unassign(assignTo(1)), 'kept')
  oned.broken = false
  t.equal(await elastic.unassign({ ...assignTo(1), provisionId: 9 }), 'kept')
})
