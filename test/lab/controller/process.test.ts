// The controller as a process: how it starts, what it refuses, how it ends.
import { join } from 'node:path'
import t from 'tap'
import { createSite, type Process } from './site.ts'

t.test('a second controller of the same machine harms nothing', async (t) => {
  const site = await createSite(t)
  const first = await site.ready({})
  const epoch = await site.epoch()
  for (const [change, says] of [
    [{}, /^edgectld: Another controller works in .*Stop it first/m],
    [{ stateDir: join(site.dir, 'other') }, /Another controller listens on .*sock/],
    [{ stateDir: join(site.dir, 'other'), socket: join(site.dir, 'b') }, /Cannot listen on 127/],
  ] as const) {
    const second = await site.start(change)
    t.equal(await second.ended, 1)
    t.match(second.said(), says)
    t.notMatch(second.said(), /^\s+at /m)
  }
  t.equal(await site.epoch(), epoch, 'nobody took over')
  t.equal(await site.ask('/providers').then(({ status }) => status), 200)
  first.kill('SIGKILL')
  await first.ended
  const next = await site.ready({})
  t.equal(await site.epoch(), epoch + 1, 'a killed one leaves nothing in the way')
  next.kill('SIGTERM')
  t.equal(await next.ended, 0)
})

t.test('one that another has replaced ends by itself', async (t) => {
  const site = await createSite(t)
  const first = await site.ready({})
  await site.raiseEpoch()
  t.equal(await first.ended, 1)
  t.match(first.said(), /another controller took over with epoch 2/)
})

t.test('SIGTERM ends it within seconds, whatever it is doing', async (t) => {
  const site = await createSite(t)
  const stop = async (controller: Process) => {
    const begun = performance.now()
    controller.kill('SIGTERM')
    t.equal(await controller.ended, 0, controller.said().slice(-2000))
    t.ok(performance.now() - begun < 30_000, `${performance.now() - begun} ms`)
  }
  const busy = await site.ready({})
  const provider = await site.post('/providers', {
    driver: 'scaleway',
    connection_values: site.connection,
  })
  await site.hangCreates()
  const provision = { driver: 'scaleway', provider_id: Number(provider) }
  t.ok(await site.post('/provisions', provision))
  await site.said(busy, /"POST [^"]*|APPLYING/)
  await stop(busy)

  const waiting = await site.start({ oned: 'http://127.0.0.1:9/RPC2' })
  await site.said(waiting, /oned does not answer yet/)
  await stop(waiting)
})

t.test('what is missing on the machine is said in a sentence', async (t) => {
  const site = await createSite(t)
  for (const [change, says] of [
    [{ oneAuth: '/nowhere/one_auth' }, /OpenNebula's login.*Run the controller as oneadmin/],
    [{ stateDir: '/dev/null/x' }, /Cannot write to \/dev\/null\/x.*"stateDir"/],
    [{ socket: '/dev/null/x/sock' }, /Cannot listen on \/dev\/null\/x\/sock.*"socket"/],
    [{ oned: 'localhost:2633' }, /configuration .* not valid at \/oned/],
    [{ logLevel: 'loud' }, /configuration .* not valid at \/logLevel/],
    [{ scoket: 'x' }, /configuration .*scoket/],
  ] as const) {
    const controller = await site.start(change)
    t.equal(await controller.ended, 2, JSON.stringify(change))
    t.match(controller.said(), says)
  }
  const controller = await site.ready({ agentPackage: '/nowhere/edge-agent.tar.gz' })
  const provider = await site.post('/providers', {
    driver: 'scaleway',
    connection_values: site.connection,
  })
  const answer = await site.ask('/provisions', {
    driver: 'scaleway',
    provider_id: Number(provider),
  })
  t.equal(answer.status, 500)
  t.match(await answer.text(), /Cannot read the agent from \/nowhere.*agentPackage/)
  controller.kill('SIGTERM')
  await controller.ended
})
