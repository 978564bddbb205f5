import t from 'tap'
import type { FlexibleAddress } from '../../../ipam/flexible-ip/index.ts'
import { cloudFor, keyOf, ours } from './clouds.ts'

t.test('an attach ends on this server, moving the address if need be', async (t) => {
  const cloud = await cloudFor(t)
  const [one = '', two = ''] = await cloud.servers(2)
  const { external, ip } = await cloud.flexibleIps.register({ provisionId: 1 })
  const on = (server: string) => ({ provisionId: 1, external, ip, server })
  const where = () => ours(cloud)[0]?.server_id

  t.equal(await cloud.flexibleIps.attach(on(one)), 'attached')
  t.equal(where(), one)
  const before = (await cloud.requests()).length
  t.equal(await cloud.flexibleIps.attach(on(one)), 'attached')
  const asked = (await cloud.requests()).slice(before).map(({ what }) => what.split(' ')[0])
  t.strictSame(asked, ['GET'], 'what is there is only looked at')

  await cloud.fault({
    action: 'lostResponse',
    match: { method: 'POST', pathRegex: 'detach' },
    times: 1,
  })
  await cloud.fault({
    action: 'lostResponse',
    match: { method: 'POST', pathRegex: 'attach$' },
    times: 1,
  })
  t.equal(await cloud.flexibleIps.attach(on(two)), 'attached')
  t.equal(where(), two)

  await cloud.flexibleIps.detach(on(one))
  t.equal(where(), two, 'a detach from where it is not does nothing')
  await cloud.flexibleIps.detach(on(two))
  t.equal(await cloud.flexibleIps.attach(on(one)), 'attached', 'a detach under way is waited for')
  t.strictSame(await cloud.violations(), [])
})

t.test('attaches that wait for one server travel in one request', async (t) => {
  const cloud = await cloudFor(t)
  const [server = ''] = await cloud.servers(1)
  const addresses = await Promise.all(
    [0, 1, 2, 3].map((n) =>
      cloud.flexibleIps.register({ provisionId: 1, edgeKey: keyOf(cloud, 1, `ip-${n}`) }),
    ),
  )
  const attached = await Promise.all(
    addresses.map(({ external, ip }) =>
      cloud.flexibleIps.attach({ provisionId: 1, external, ip, server }),
    ),
  )
  t.strictSame(attached, ['attached', 'attached', 'attached', 'attached'])
  const sent = (await cloud.requests()).filter(({ what }) => what === 'POST fips/attach')
  t.ok(sent.length <= 2, `${sent.length} requests`)
})

t.test('addresses that are waited for together are looked at together', async (t) => {
  const cloud = await cloudFor(t)
  const [server = ''] = await cloud.servers(1)
  const addresses = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      cloud.flexibleIps.register({ provisionId: 1, edgeKey: keyOf(cloud, 1, `ip-${n}`) }),
    ),
  )
  const before = (await cloud.requests()).length
  const began = performance.now()
  const pursue = ({ external, ip }: FlexibleAddress) =>
    cloud.flexibleIps.attach({ provisionId: 1, external, ip, server })
  await Promise.all(addresses.map(pursue))
  // 12 s for the first, 6 s for each of the others, two simulated looks a second at most.
  const seconds = (performance.now() - began) / 10
  const looks = (await cloud.requests()).slice(before).filter(({ what }) => what.startsWith('GET'))
  t.ok(looks.length < 2 * seconds, `${looks.length} looks in ${Math.round(seconds)} s`)
  t.ok(looks.length < 12 * 12, 'and not one for each address')
})

t.test('who pursues an attach hears when the cloud takes it, and may give up', async (t) => {
  const cloud = await cloudFor(t)
  const [one = '', two = ''] = await cloud.servers(2)
  const { external, ip } = await cloud.flexibleIps.register({ provisionId: 1 })
  const on = (server: string) => ({ provisionId: 1, external, ip, server })
  const heard: string[] = []
  await cloud.fault({
    action: { status: { code: 500, body: { message: 'internal error' } } },
    match: { method: 'POST', pathRegex: 'attach$' },
    times: 1,
  })
  await cloud.flexibleIps.attach(on(one), {
    accepted: () => heard.push('accepted'),
    trouble: () => heard.push('trouble'),
  })
  t.equal(heard[0], 'trouble', 'what passes is told, and passed over')
  t.equal(heard[1], 'accepted')

  const stop = new AbortController()
  const pursuit = cloud.flexibleIps.attach(on(two), {
    signal: stop.signal,
    accepted: () => stop.abort(new Error('not wanted any more')),
  })
  await t.rejects(pursuit, /not wanted any more/)
  await cloud.sim.clock.advance(60_000)
  t.equal(ours(cloud)[0]?.server_id, null, 'it was detached, and is brought no further')
})

t.test('the request of an attach that was given up leaves without it', async (t) => {
  const cloud = await cloudFor(t)
  const [server = ''] = await cloud.servers(1)
  const [kept, dropped] = await Promise.all([
    cloud.flexibleIps.register({ provisionId: 1, edgeKey: keyOf(cloud, 1, 'ip-0') }),
    cloud.flexibleIps.register({ provisionId: 1, edgeKey: keyOf(cloud, 1, 'ip-1') }),
  ])
  const stop = new AbortController()
  const on = ({ external, ip }: FlexibleAddress) => ({ provisionId: 1, external, ip, server })
  const given = cloud.flexibleIps.attach(on(dropped), { signal: stop.signal })
  const pursued = cloud.flexibleIps.attach(on(kept))
  stop.abort(new Error('given up'))
  await t.rejects(given, /given up/)
  await pursued
  const attached = ours(cloud).filter(({ server_id }) => server_id !== null)
  t.strictSame(
    attached.map(({ id }) => id),
    [kept.id],
  )
})

t.test('only the pair recorded for an address may be attached with it', async (t) => {
  const cloud = await cloudFor(t)
  const [server = ''] = await cloud.servers(1)
  const { external, ip } = await cloud.flexibleIps.register({ provisionId: 1 })
  const attach = (request: object) =>
    cloud.flexibleIps.attach({ provisionId: 1, external, ip, server, ...request })
  await t.rejects(attach({ ip: '100.64.9.0' }), { code: 'EDGE_IP_MISMATCH' })
  await t.rejects(attach({ external: '195.154.99.99' }), { code: 'EDGE_IP_UNKNOWN' })
  await t.rejects(attach({ provisionId: 2 }), { code: 'EDGE_IP_UNKNOWN' })
  t.equal(ours(cloud)[0]?.server_id, null)
})
