import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { elastic, elasticNic, lcm, provision, server, vm } from './samples.ts'
import { createStage } from './stage.ts'

const external = '195.154.0.1'
const range = {
  ...{ id: 0, type: 'IP4', ip: '100.64.0.2', mac: '', size: 1, usedLeases: 0, leases: [] },
  attributes: { IPAM_MAD: 'scaleway', EXTERNAL_IP: external },
}
const open = elastic(3, { ranges: [range] })
const running = (...hosts: number[]) => vm(7, lcm.running, hosts, [elasticNic(0, open, 1)])
const free = {
  ...{ provisionId: 1, id: 'f1', external, ip: '100.64.0.2', gateway: '100.64.0.3', key: 'ip-0' },
  ...{ status: 'ready', server: null, reverse: 'a.example.' },
}
const on = (host: number) => ({ ...free, status: 'attached', server: server(host).server })

/** VM 7 runs on host 1 of two, as oned, hub and cloud say. */
async function staged() {
  const it = createStage()
  it.oned.networks = [open]
  it.oned.vms = [running(1)]
  it.cloud.addresses = [on(1)]
  await it.fleet.set(provision(2))
  for (const host of [1, 2]) it.reports(server(host).server, { [external]: true })
  it.log.splice(0)
  const round = async () => {
    const { truth, repairs } = await it.truth.round()
    await repairs
    return truth
  }
  return { ...it, round }
}

t.test('what agrees is left alone, and told as it is', async (t) => {
  const { log, told, round, truth } = await staged()
  t.equal(truth.report(1).at, null, 'nothing is known before the first look')
  await round()
  t.strictSame([log, told], [[], []])
  t.match(truth.report(1), {
    at: Number,
    addresses: [
      {
        ...{ external, ip: '100.64.0.2', status: 'attached', reverse: 'a.example.', vm: 7 },
        ...{ attachedTo: '51.15.0.11', wantedOn: '51.15.0.11', verdict: 'right', sentence: null },
      },
    ],
    findings: [],
  })
})

t.test('an address that is elsewhere is mapped on its host, then moved', async (t) => {
  const { log, told, cloud, oned, round, fleet } = await staged()
  oned.vms = [running(1, 2)]
  await fleet.refresh()
  log.splice(0)
  await round()
  t.strictSame(log, ['applied 2 #4', `attach ${external} to 2`])
  const sentence = `${external} of VM 7 is attached to 51.15.0.11, and is wanted on 51.15.0.12`
  t.strictSame(told.splice(0), [
    `1 warn: ${sentence}`,
    `1 info: ${external} is attached to 51.15.0.12`,
  ])
  cloud.addresses = [on(2)]
  await round()
  t.strictSame(told, ['1 info: All elastic addresses agree'])
})

t.test('it stays where it is while its host has not taken the mapping', async (t) => {
  const { log, told, cloud, round } = await staged()
  cloud.addresses = [free]
  cloud.agentsApply = false
  await round()
  await round()
  t.strictSame(log, [])
  t.match(told, [
    /is attached nowhere/,
    `1 warn: ${external} is not put right: the agent did not apply it`,
  ])
  t.equal(told.length, 2, 'told once, not each minute')
  cloud.agentsApply = true
  await round()
  t.match(log, [/applied 1/, `attach ${external} to 1`])
})

t.test('a controller that starts finishes what a dead one left in the middle', async (t) => {
  const { log, cloud, truth } = await staged()
  cloud.addresses = [free]
  truth.start()
  for (let tries = 0; tries < 200 && log.length < 2; tries++) await pause(2)
  await truth.close()
  t.match(log, [/applied 1/, `attach ${external} to 1`])
})

t.test('nothing is done by who does not know enough, or may not act', async (t) => {
  const { log, told, cloud, oned, round, truth } = await staged()
  cloud.addresses = [on(2)]
  oned.broken = true
  await t.rejects(round(), { code: 'ONE_UNREACHABLE' })
  oned.broken = false
  cloud.unlisted = new Set([1])
  await round()
  t.strictSame([log, told], [[], []])
  t.equal(truth.report(1).at, null)
  cloud.unlisted = new Set()
  cloud.leads = false
  await round()
  t.strictSame(log, [])
})

t.test('what moved on while everything was read is not moved back', async (t) => {
  const { log, oned, cloud, fleet, truth } = await staged()
  cloud.addresses = [on(2)]
  const looked = fleet.refresh
  let looks = 0
  // The first look of the round still sees it on host 1; it runs on host 2 when the round acts.
  fleet.refresh = async () => {
    await looked()
    if (++looks === 1) oned.vms = [running(1, 2)]
  }
  const { repairs } = await truth.round()
  await repairs
  t.equal(looks, 2)
  t.notOk(
    log.some((line) => line.startsWith('attach')),
    'the cloud is left alone',
  )
})

t.test('an address that nobody holds is taken away at the second look', async (t) => {
  const { log, told, oned, round } = await staged()
  oned.vms = []
  await round()
  t.notOk(log.some((line) => line.startsWith('detach')))
  await round()
  t.equal(log.at(-1), `detach ${external} from 1`)
  t.match(told, [/where no VM holds it$/, `1 info: ${external} is taken from 51.15.0.11`])
})

t.test('one that was just attached is not, however long no VM has held it', async (t) => {
  const { log, oned, cloud, round } = await staged()
  oned.vms = []
  cloud.addresses = [free]
  await round()
  await round()
  cloud.addresses = [on(1)]
  await round()
  t.notOk(log.some((line) => line.startsWith('detach')))
})

t.test('what may be an order or a release read half is told at the second look', async (t) => {
  const { told, cloud, round, truth } = await staged()
  cloud.addresses = []
  await round()
  t.strictSame(told, [])
  await round()
  t.match(told, [/^1 warn: VM 7 has .* no flexible IP/, /^1 warn: Range 0 of network 3/])
  t.equal(truth.report(1).findings.length, 2)
  await round()
  t.equal(told.length, 2)
})

t.test('two who ask for a round at once share one', async (t) => {
  const { oned, truth } = await staged()
  oned.reads = 0
  await Promise.all([truth.round(), truth.round(), truth.round()])
  t.equal(oned.reads, 4, 'the running one and one more')
})

t.test('a provision that is gone is forgotten', async (t) => {
  const { fleet, round, truth } = await staged()
  await round()
  fleet.forget(1)
  await round()
  t.strictSame(truth.report(1), { at: null, addresses: [], findings: [] })
})
