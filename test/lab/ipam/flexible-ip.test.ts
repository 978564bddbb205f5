import t from 'tap'
import type { FlexibleAddress, KnownRange } from '../../../ipam/flexible-ip/index.ts'
import { cloudFor, keyOf, ours } from './clouds.ts'

const asRange = ({ id, ip, external }: FlexibleAddress) => ({
  ip,
  size: 1,
  external,
  flexibleIpId: id,
  edgeKey: undefined,
})

const nothing: KnownRange = {
  ip: undefined,
  size: 1,
  external: undefined,
  flexibleIpId: undefined,
  edgeKey: undefined,
}

t.test('the same key gives the same address, at once and after a restart', async (t) => {
  const cloud = await cloudFor(t)
  const request = { provisionId: 1, edgeKey: keyOf(cloud, 1, 'ip-0') }
  const first = await Promise.all([1, 2, 3].map(() => cloud.flexibleIps.register(request)))
  const again = await cloud.restart().register(request)
  t.strictSame(new Set([...first, again].map(({ external }) => external)).size, 1)
  t.equal(ours(cloud).length, 1)
  t.match(again, { ip: '100.64.0.0', gateway: '100.64.0.1', edgeKey: request.edgeKey })
  t.match(ours(cloud)[0]?.tags, [
    'managed-by=edgectl',
    /^cloud=/,
    /^provision=/,
    'role=flexible-ip',
    'key=ip-0',
    'provision_id=1',
    'owner=ops',
    'private=100.64.0.0/31',
    /^handed_out=\d{10}$/,
  ])
})

t.test('a lost answer to the order costs no second address', async (t) => {
  const cloud = await cloudFor(t)
  await cloud.fault({
    action: 'lostResponse',
    match: { method: 'POST', pathRegex: '/fips$' },
    times: 1,
  })
  const keyed = await cloud.flexibleIps.register({
    provisionId: 1,
    edgeKey: keyOf(cloud, 1, 'ip-0'),
  })
  await cloud.fault({
    action: 'lostResponse',
    match: { method: 'POST', pathRegex: '/fips$' },
    times: 1,
  })
  const keyless = await cloud.flexibleIps.register({ provisionId: 1 })
  t.not(keyed.external, keyless.external)
  t.equal(ours(cloud).length, 2)
})

t.test('addresses ordered at once get pairs of their own, whatever oned has already', async (t) => {
  const cloud = await cloudFor(t)
  cloud.ranges.push({ ...nothing, ip: '100.64.0.4', size: 3 })
  const work = Array.from({ length: 20 }, (_, n) =>
    cloud.flexibleIps.register({
      provisionId: 1 + (n % 2),
      edgeKey: keyOf(cloud, 1 + (n % 2), `ip-${n}`),
    }),
  )
  const addresses = await Promise.all(work)
  const pairs = addresses.map(({ ip }) => ip)
  t.equal(new Set(pairs).size, 20)
  t.notOk(pairs.includes('100.64.0.4'), 'a range of oned is not handed out again')
  t.notOk(pairs.includes('100.64.0.6'), 'nor the rest of that range')
  const later = await cloud.restart().register({ provisionId: 1 })
  t.notOk(pairs.includes(later.ip), 'nor, after a restart, what tags say')
})

t.test('a user’s tag does not decide which pair an address has', async (t) => {
  const cloud = await cloudFor(t)
  const first = await cloud.flexibleIps.register({ provisionId: 1 })
  const second = await cloud.flexibleIps.register({ provisionId: 2 })
  t.not(first.ip, second.ip)
})

t.test('a key of another provision, and a provision that is not ours, are refused', async (t) => {
  const cloud = await cloudFor(t)
  const foreign = { provisionId: 1, edgeKey: keyOf(cloud, 2, 'ip-0') }
  await t.rejects(cloud.flexibleIps.register(foreign), { code: 'EDGE_IP_KEY' })
  await t.rejects(cloud.flexibleIps.register({ provisionId: 9 }), /no provision 9/)
  t.equal(ours(cloud).length, 0)
})

t.test('a key is refused once oned has a range with it, or with its address', async (t) => {
  const cloud = await cloudFor(t)
  const edgeKey = keyOf(cloud, 1, 'ip-0')
  const { ip, id, external } = await cloud.flexibleIps.register({ provisionId: 1, edgeKey })
  const twin = { provisionId: 1, edgeKey }
  for (const known of [{ edgeKey }, { external }, { flexibleIpId: id }]) {
    cloud.ranges.push({ ...nothing, ip, ...known })
    await t.rejects(cloud.flexibleIps.register(twin), { code: 'EDGE_IP_KEY_TAKEN' })
    cloud.ranges.pop()
  }
  t.match(await cloud.flexibleIps.register(twin), { ip, external }, 'not before')
  t.equal(ours(cloud).length, 1)
})

t.test('a pair that somebody else got meanwhile is not handed out again', async (t) => {
  const cloud = await cloudFor(t)
  const request = { provisionId: 1, edgeKey: keyOf(cloud, 1, 'ip-0') }
  const { ip, external } = await cloud.flexibleIps.register(request)
  cloud.ranges.push({ ...nothing, ip, external: '195.154.99.1' })
  const again = await cloud.flexibleIps.register(request)
  t.equal(again.external, external)
  t.not(again.ip, ip)
})

t.test('a provision that is being undeployed gets no address', async (t) => {
  const cloud = await cloudFor(t)
  cloud.ending.add(1)
  await t.rejects(cloud.flexibleIps.register({ provisionId: 1 }), { code: 'EDGE_IP_ENDING' })
  t.equal(ours(cloud).length, 0)
})

t.test('a provision that cannot be looked at blocks nobody and is no proof', async (t) => {
  const cloud = await cloudFor(t)
  const hidden = await cloud.flexibleIps.register({ provisionId: 2 })
  cloud.ranges.push(asRange(hidden))
  cloud.hidden.add(2)
  const other = await cloud.restart().register({ provisionId: 1 })
  t.not(other.ip, hidden.ip)
  await t.rejects(cloud.flexibleIps.release({ ip: hidden.ip }), { code: 'EDGE_IP_UNPROVEN' })
  t.equal(await cloud.flexibleIps.release({ ip: other.ip }), 'released')
  t.equal(ours(cloud).length, 1)
})

t.test('an unused address is reused only when nobody can be waiting for it', async (t) => {
  const cloud = await cloudFor(t)
  const edgeKey = keyOf(cloud, 1, 'ip-0')
  const first = await cloud.flexibleIps.register({ provisionId: 1, edgeKey })
  const young = await cloud.flexibleIps.register({ provisionId: 1 })
  t.not(young.id, first.id, 'not within ten minutes')
  cloud.ranges.push(asRange(young))
  cloud.later(11 * 60_000)

  cloud.creating.add(1)
  const during = await cloud.flexibleIps.register({ provisionId: 1 })
  t.not(during.id, first.id, 'not while a network of the provision is being created')
  cloud.creating.clear()
  cloud.ranges.push(asRange(during))

  for (const part of ['ip', 'external', 'flexibleIpId'] as const) {
    const whole = asRange(first)
    cloud.ranges.push({ ...nothing, [part]: whole[part] })
    const other = await cloud.flexibleIps.register({ provisionId: 1 })
    t.not(other.id, first.id, `not while a range says its ${part}`)
    cloud.ranges.pop()
    cloud.ranges.push(asRange(other))
  }

  const [one, two] = await Promise.all([
    cloud.flexibleIps.register({ provisionId: 1 }),
    cloud.flexibleIps.register({ provisionId: 1 }),
  ])
  t.equal([one, two].filter(({ id }) => id === first.id).length, 1, 'then once')
  const reused = one.id === first.id ? one : two
  t.equal(reused.ip, first.ip, 'with the pair it had')
  const keyed = await cloud.flexibleIps.register({ provisionId: 1, edgeKey })
  t.not(keyed.id, first.id, 'its old key no longer leads to it')
})

t.test('an address is released once, and gone is believed only from a listing', async (t) => {
  const cloud = await cloudFor(t)
  const address = await cloud.flexibleIps.register({ provisionId: 1 })
  const request = { provisionId: 1, ip: address.ip, external: address.external }
  t.equal(await cloud.flexibleIps.release(request), 'released')
  t.equal(await cloud.flexibleIps.release(request), 'gone')
  t.equal(ours(cloud).length, 0)

  const next = await cloud.flexibleIps.register({ provisionId: 1 })
  await cloud.fault({ action: { revokeKey: { mode: 'permissions' } } })
  await t.rejects(cloud.flexibleIps.release({ provisionId: 1, ip: next.ip }), {
    code: 'EDGE_CLOUD_DENIED',
  })
  t.equal(ours(cloud).length, 1, 'lost permissions are no proof')
})

t.test('a lost answer to the delete is settled by looking again', async (t) => {
  const cloud = await cloudFor(t)
  const { ip } = await cloud.flexibleIps.register({ provisionId: 1 })
  await cloud.fault({ action: 'lostResponse', match: { method: 'DELETE' }, times: 1 })
  t.equal(await cloud.flexibleIps.release({ provisionId: 1, ip }), 'released')
  t.equal(ours(cloud).length, 0)
})

t.test('a range that lost its attributes is released by its IP alone', async (t) => {
  const cloud = await cloudFor(t)
  const kept = await cloud.flexibleIps.register({ provisionId: 1 })
  const dropped = await cloud.flexibleIps.register({ provisionId: 2 })
  t.equal(await cloud.flexibleIps.release({ ip: dropped.ip }), 'released')
  t.strictSame(
    ours(cloud).map(({ id }) => id),
    [kept.id],
  )
  const forged = { provisionId: 1, ip: dropped.ip, external: kept.external }
  t.equal(await cloud.flexibleIps.release(forged), 'gone', 'EXTERNAL_IP is the user’s to write')
  t.equal(ours(cloud).length, 1)
})

t.test(
  'a range that names another provision, or none there is, is released all the same',
  async (t) => {
    const cloud = await cloudFor(t)
    const kept = await cloud.flexibleIps.register({ provisionId: 1 })
    for (const provisionId of [1, 9]) {
      const { ip } = await cloud.flexibleIps.register({ provisionId: 2 })
      t.equal(await cloud.flexibleIps.release({ provisionId, ip }), 'released')
      t.equal(await cloud.flexibleIps.release({ provisionId, ip }), 'gone')
    }
    t.strictSame(
      ours(cloud).map(({ id }) => id),
      [kept.id],
    )
    const { ip } = await cloud.flexibleIps.register({ provisionId: 2 })
    cloud.hidden.add(2)
    const unproven = cloud.flexibleIps.release({ provisionId: 9, ip })
    await t.rejects(unproven, { code: 'EDGE_IP_UNPROVEN' }, 'it may be where nobody can look')
    t.equal(await cloud.flexibleIps.release({ provisionId: 1, ip }), 'gone', 'as far as is known')
  },
)

t.test('an address that two ranges of oned claim is released for neither', async (t) => {
  const cloud = await cloudFor(t)
  const address = await cloud.flexibleIps.register({ provisionId: 1 })
  cloud.ranges.push(asRange(address), { ...nothing, ip: address.ip })
  const request = { provisionId: 1, ip: address.ip }
  await t.rejects(cloud.flexibleIps.release(request), { code: 'EDGE_IP_TWINS' })
  t.equal(ours(cloud).length, 1)
  cloud.ranges.pop()
  t.equal(await cloud.flexibleIps.release(request), 'released')
  cloud.ranges.push({ ...nothing, ip: address.ip })
  t.equal(await cloud.flexibleIps.release(request), 'gone', 'nor does the forged one keep anything')
})

t.test('an address given to somebody else meanwhile is not touched', async (t) => {
  const cloud = await cloudFor(t)
  const { id, ip, external } = await cloud.flexibleIps.register({ provisionId: 1 })
  await cloud.fault({ action: { fipForeign: { id } } })
  t.equal(await cloud.flexibleIps.release({ provisionId: 1, ip }), 'gone')
  t.ok(cloud.sim.state.flexibleIps.has(id))
  cloud.later(11 * 60_000)
  const next = await cloud.flexibleIps.register({ provisionId: 1 })
  t.not(next.id, id, 'nor handed out again')
  const [server = ''] = await cloud.servers(1)
  const attach = cloud.flexibleIps.attach({ provisionId: 1, external, ip, server })
  await t.rejects(attach, { code: 'EDGE_IP_UNKNOWN' }, 'nor attached')
})

t.test('a survey has all provisions, and names those it could not read', async (t) => {
  const cloud = await cloudFor(t)
  const one = await cloud.flexibleIps.register({ provisionId: 1 })
  const two = await cloud.flexibleIps.register({ provisionId: 2 })
  const whole = await cloud.flexibleIps.survey()
  t.match(whole.addresses, [
    { provisionId: 1, external: one.external, ip: one.ip, status: 'ready', server: null },
    { provisionId: 2, external: two.external },
  ])
  t.equal(whole.unlisted.size, 0)
  cloud.hidden.add(2)
  const part = await cloud.flexibleIps.survey()
  t.strictSame([...part.unlisted], [2])
  t.equal(part.addresses.length, 1)
  await cloud.fault({ action: { revokeKey: { mode: 'permissions' } } })
  t.strictSame([...(await cloud.flexibleIps.survey()).unlisted], [2, 1])
})

t.test('reverse DNS takes a name that resolves to the address, and keeps it', async (t) => {
  const cloud = await cloudFor(t)
  const { external, id, reverse } = await cloud.flexibleIps.register({ provisionId: 1 })
  t.match(reverse, /\.rev\.poneytelecom\.eu\.$/, 'what Scaleway gives')
  const set = (name: string | null) =>
    cloud.flexibleIps.setReverse({ provisionId: 1, external, name })
  await t.rejects(set('www.example.com'), {
    code: 'EDGE_CLOUD_REQUEST_INVALID',
    details: { answer: /reverse must_resolve to the IP/ },
  })
  await cloud.names({ 'www.example.com': external })
  t.equal(await set('www.example.com'), 'www.example.com.')
  t.equal(await set('www.example.com'), 'www.example.com.', 'twice is once')

  cloud.later(11 * 60_000)
  const reused = await cloud.flexibleIps.register({ provisionId: 1 })
  t.match(reused, { id, reverse: 'www.example.com.' }, 'new tags leave it alone')
  t.equal(await set(null), reverse)
  const foreign = { provisionId: 2, external, name: 'www.example.com' }
  await t.rejects(cloud.flexibleIps.setReverse(foreign), { code: 'EDGE_IP_UNKNOWN' })
})
