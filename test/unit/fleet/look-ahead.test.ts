import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { elastic, elasticNic, lcm, provision, vm } from './samples.ts'
import { createStage } from './stage.ts'

const open = elastic(3)
const external = '195.154.0.1'
const never = new Promise(() => undefined)
const request = { provisionId: 1, hostId: 11, vm: 7, ip: '100.64.0.2', external }
const coming = (lcmState: number, ...hosts: number[]) =>
  vm(7, lcmState, hosts, [elasticNic(0, open, 1)])

/** A provision of two hosts whose controller looks ahead. */
async function staged(t: Test) {
  const it = createStage()
  it.oned.networks = [open]
  await it.fleet.set(provision(2))
  it.elastics.start()
  t.teardown(() => it.elastics.close())
  it.log.splice(0)
  return it
}

t.test('an address is mapped and attached while its VM is on the way', async (t) => {
  const { oned, log, fleet, elastic } = await staged(t)
  oned.vms = [coming(lcm.prolog, 1)]
  await fleet.refresh()
  await pause(5)
  const ahead = [`spec 1 #3 [${external}]`, 'applied 1 #3', `attach ${external} to 1`]
  t.strictSame(log.splice(0), ahead)
  await fleet.refresh()
  oned.vms = [coming(lcm.boot, 1)]
  await fleet.refresh()
  await pause(5)
  t.strictSame(log, [], 'once')
  t.equal(await elastic.assign(request), 'attached')
  t.strictSame(log, ['applied 1 #3', `attach ${external} to 1`], 'the driver only looks')
})

t.test('the driver joins what is under way', async (t) => {
  const { oned, log, cloud, fleet, elastic } = await staged(t)
  const work = Promise.withResolvers<void>()
  cloud.works = work.promise
  oned.vms = [coming(lcm.prolog, 1)]
  await fleet.refresh()
  await pause(5)
  oned.vms = [coming(lcm.boot, 1)]
  const assigned = elastic.assign(request)
  await pause(5)
  work.resolve()
  t.equal(await assigned, 'attached')
  t.equal(log.filter((line) => line.startsWith('attach')).length, 1)
})

t.test('what failed early is begun anew for the driver', async (t) => {
  const { oned, log, cloud, fleet, elastic } = await staged(t)
  const work = Promise.withResolvers<void>()
  cloud.works = work.promise
  oned.vms = [coming(lcm.prolog, 1)]
  await fleet.refresh()
  await pause(5)
  oned.vms = [coming(lcm.boot, 1)]
  const assigned = elastic.assign(request)
  await pause(5)
  cloud.works = Promise.resolve()
  work.reject(new Error('what passes'))
  t.equal(await assigned, 'attached')
  t.equal(log.filter((line) => line.startsWith('attach')).length, 2)
})

t.test('a VM that turns back has its attach called off', async (t) => {
  const { oned, log, cloud, fleet } = await staged(t)
  cloud.works = never
  oned.vms = [coming(lcm.prolog, 1)]
  await fleet.refresh()
  await pause(5)
  const prologMigrate = 8
  oned.vms = [coming(prologMigrate, 1, 2)]
  await fleet.refresh()
  await pause(5)
  t.match(log.splice(0), [
    /spec 1/,
    /applied 1/,
    /attach .* to 1/,
    /spec/,
    /spec/,
    /applied 2/,
    /to 2/,
  ])
  const prologFailure = 39
  oned.vms = [coming(prologFailure, 1, 2)]
  await fleet.refresh()
  oned.vms = [coming(lcm.prolog, 1, 2)]
  await fleet.refresh()
  await pause(5)
  t.match(log, [/spec 2/, /spec 2/, /applied 2/, /attach .* to 2/], 'and begun again')
})

t.test('nobody is robbed for a VM that is coming', async (t) => {
  const { oned, log, fleet } = await staged(t)
  oned.vms = [
    vm(3, lcm.running, [2], [elasticNic(0, open, 1)]),
    vm(7, lcm.prolog, [1], [elasticNic(0, open, 1)]),
  ]
  await fleet.refresh()
  await pause(5)
  t.strictSame(log, ['spec 1 #3 []', `spec 2 #4 [${external}]`], 'nothing is attached')
})

t.test('a controller that was succeeded begins nothing', async (t) => {
  const { oned, log, cloud, fleet } = await staged(t)
  cloud.leads = false
  oned.vms = [coming(lcm.prolog, 1)]
  await fleet.refresh()
  await pause(5)
  t.strictSame(log, [`spec 1 #3 [${external}]`])
})

t.test('the driver is let go 30 s after the cloud took the request, which goes on', async (t) => {
  const { oned, cloud, elastic, fleet } = await staged(t)
  cloud.works = never
  oned.vms = [coming(lcm.boot, 1)]
  const began = performance.now()
  t.equal(await elastic.assign(request), 'accepted')
  t.ok(performance.now() - began >= 60, 'by this clock 60 ms')
  await fleet.refresh()
  t.equal(await elastic.assign(request), 'accepted', 'a repeated post is let go at once')
})

t.test('a cloud that does not heed the request fails the driver with what it says', async (t) => {
  const { oned, cloud, elastic } = await staged(t)
  cloud.works = never
  cloud.heeds = false
  oned.vms = [coming(lcm.boot, 1)]
  await t.rejects(elastic.assign(request), {
    code: 'EDGE_ELASTIC_NOT_READY',
    details: { answer: /too many requests/ },
  })
})

t.test('a refusal of the cloud fails the driver at once', async (t) => {
  const { oned, cloud, elastic } = await staged(t)
  cloud.refuses = true
  oned.vms = [coming(lcm.boot, 1)]
  await t.rejects(elastic.assign(request), { code: 'EDGE_IP_UNKNOWN' })
})
