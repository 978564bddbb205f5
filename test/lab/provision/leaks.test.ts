import t from 'tap'
import { createDocuments } from '../../../controller/documents/index.ts'
import { createHardware } from '../../../controller/scaleway/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { tagsFor } from '../../../lib/scaleway/index.ts'
import { providerBody } from '../../unit/documents/samples.ts'
import { createLeaksStage, serverKeys } from './leaks-stage.ts'
import { build, createSite, publicKey, request, type Site, timing } from './site.ts'

async function order({ hardware, tell }: Site, key: string): Promise<string> {
  const plan = await hardware.plan(request)
  const sshKeyId = await hardware.ensureSshKey(publicKey)
  const { offer, osId, optionIds } = plan
  const wish = {
    key,
    sshKeyId,
    osId,
    optionIds,
    userData: '#cloud-config\n',
    offerId: offer.id,
    billing: 'hourly' as const,
  }
  return await hardware.ensureServer(wish, tell)
}

t.test(
  'what a deleted document leaves is told at once with its price, and given back',
  async (t) => {
    const site = await createSite(t)
    const [serverId = ''] = await build(site, 2)
    const stage = await createLeaksStage(t, site)
    const { leaks, provider, ids, releaseAll } = stage
    const tags = tagsFor(stage.identity, 'flexible-ip', 'ip-0')
    const address = { description: '', isIpv6: false, serverId, tags }
    await site.scaleway.flexibleIp.createFlexibleIP(address)
    t.same(ids(await leaks.look()), [], 'no provider, no look')
    await provider()
    const report = await leaks.look()
    t.same(report.leaks.map(({ kind }) => kind).sort(), [
      'flexible-ip',
      'gateway',
      'gateway-ip',
      'private-network',
      'server',
      'server',
      'ssh-key',
      'vpc',
    ])
    const server = report.leaks.find(({ kind }) => kind === 'server')
    t.match(server, { code: 'provision-gone', price: { currency: 'EUR', source: /offer/ } })
    t.ok((server?.price?.perHour ?? 0) > 0.1, 'with the option it was ordered with')
    t.same(report.unlooked, [])
    t.same(
      (await releaseAll()).filter(({ outcome }) => outcome !== 'released'),
      [],
    )
    t.same(await site.violations(true), [])
    t.same(ids(await leaks.look()), [])
  },
)

t.test('nobody else’s is a leak: other clouds, other engines, no tags', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  await stage.write({ hosts: 1 })
  const another = { ...stage.identity, cloud: '99999999-0000-4000-8000-000000000000' }
  const own = tagsFor(stage.identity, 'flexible-ip', 'ip-9')
  const strangers = [
    tagsFor(another, 'flexible-ip', 'ip-0'),
    own.filter((tag) => tag !== 'managed-by=edgectl'),
    own.filter((tag) => !tag.startsWith('key=')),
    [`provision=${stage.identity.provision}`, `cloud=${stage.identity.cloud}`],
    ['PROVISION_ID=7'],
  ]
  for (const tags of strangers)
    await site.scaleway.flexibleIp.createFlexibleIP({ description: '', isIpv6: false, tags })
  await site.scaleway.vpc.createVPC({ name: 'theirs', tags: [], enableRouting: true })
  await stage.leaks.look()
  stage.later(31)
  t.same(stage.ids(await stage.leaks.look()), [])
})

t.test(
  'two clouds with equal provision ids share a project, and neither finds the other’s',
  async (t) => {
    const site = await createSite(t)
    await build(site, 1)
    const stage = await createLeaksStage(t, site)
    await stage.provider()
    const another = {
      ...{ cloud: '99999999-0000-4000-8000-000000000000', provisionId: 7, userTags: {} },
      provision: '99999999-0000-4000-8000-000000000007',
    }
    const tools = { clock: createClock(timing), logger: silent }
    const hardware = createHardware(site.scaleway, another, tools)
    await build({ ...site, hardware }, 1)
    await site.scaleway.flexibleIp.createFlexibleIP({
      ...{ description: '', isIpv6: false, tags: tagsFor(another, 'flexible-ip', 'ip-0') },
    })
    const theirs = await hardware.inventory()
    t.equal(theirs.length, 7)
    t.equal((await stage.leaks.look()).leaks.length, 6)
    t.ok((await stage.releaseAll()).every(({ outcome }) => outcome === 'released'))
    t.same(await site.hardware.inventory(), [])
    t.same(await hardware.inventory(), theirs)
  },
)

t.test('a server of a removed host is a leak after half an hour, and goes alone', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  await stage.write({ hosts: 1 })
  const id = await order(site, 'host-4')
  const first = await stage.leaks.look()
  t.same(stage.ids(first), [])
  t.match(first.watched, [{ id: `server/${id}`, code: 'host-removed' }])
  stage.later(29)
  t.same(stage.ids(await stage.leaks.look()), [])
  stage.later(2)
  const found = await stage.leaks.look()
  t.same(stage.ids(found), [`server/${id}`])
  t.equal(found.leaks[0]?.sinceMs, first.watched[0]?.sinceMs, 'since when it was first seen')
  t.match(await stage.releaseAll(), [{ outcome: 'released' }])
  t.same(serverKeys(site), ['host-0'])
  t.same([...new Set(stage.letGo)], [id])
  t.same(await site.violations(), [])
})

t.test('of twins only the one goes that nothing uses', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  await stage.write({ hosts: 1 })
  const before = await site.hardware.inventory()
  const { vpc, gateway, iam } = site.scaleway
  const tags = (role: 'vpc' | 'gateway-ip' | 'gateway') => tagsFor(stage.identity, role, role)
  const name = 'twin'
  const twins = [
    await vpc.createVPC({ name, enableRouting: true, tags: tags('vpc') }),
    await gateway.createIP({ tags: tags('gateway-ip') }),
    await gateway.createGateway({
      ...{ name, type: 'VPC-GW-S', enableSmtp: false, enableBastion: false },
      tags: tags('gateway'),
    }),
    await iam.createSSHKey({
      name: before.find(({ kind }) => kind === 'ssh-key')?.name ?? '',
      publicKey,
    }),
  ]
  await stage.leaks.look()
  stage.later(31)
  const { leaks } = await stage.leaks.look()
  t.same(
    leaks.map(({ code }) => code),
    ['second', 'second', 'second', 'second'],
  )
  t.same(leaks.map(({ id }) => id.split('/')[1]).sort(), twins.map(({ id }) => id).sort())
  t.ok((await stage.releaseAll()).every(({ outcome }) => outcome === 'released'))
  t.same(await site.hardware.inventory(), before)
})

t.test('what is no leak by the time of its release is kept', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  await stage.provider()
  const { leaks } = await stage.leaks.look()
  t.equal(leaks.length, 6)
  await stage.write({ hosts: 1 })
  stage.leaks.release(leaks)
  while (stage.leaks.releases().some(({ outcome }) => outcome === 'under way'))
    await new Promise((done) => setTimeout(done, 50))
  t.same(
    stage.leaks.releases().filter(({ outcome }) => outcome !== 'kept'),
    [],
  )
  t.equal((await site.hardware.inventory()).length, 6)
})

t.test('what no provider shows any more is not told to be gone', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  const provider = await stage.provider()
  const { leaks } = await stage.leaks.look()
  await stage.documents.providers.delete(provider)
  stage.leaks.release(leaks)
  while (stage.leaks.releases().some(({ outcome }) => outcome === 'under way'))
    await new Promise((done) => setTimeout(done, 50))
  t.match(
    stage.leaks.releases(),
    leaks.map(() => ({ outcome: 'failed', sentence: /could not be looked at again in project/ })),
  )
  t.equal((await site.hardware.inventory()).length, 6)
})

t.test('one that cannot be released stops no other, and says why', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  await stage.provider()
  const body = { type: 'locked', message: 'resource is locked', resource: 'vpc', resource_id: 'v' }
  await site.fault({
    ...{ match: { method: 'DELETE', pathRegex: 'vpcs/' }, times: 1 },
    action: { status: { code: 403, body } },
  })
  const ended = await stage.releaseAll()
  t.match(
    ended.filter(({ outcome }) => outcome !== 'released'),
    [{ id: /^vpc\//, outcome: 'failed', sentence: /resource is locked.*\[request .*\].*support/ }],
  )
  t.same(
    (await site.hardware.inventory()).map(({ kind }) => kind),
    ['vpc'],
  )
  t.match(await stage.releaseAll(), [{}, {}, {}, {}, {}, { id: /^vpc\//, outcome: 'released' }])
  t.same(await site.violations(true), [])
})

t.test('an address without a range is a leak, and not handed out while it goes', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  await stage.write({ hosts: 1 })
  const first = await stage.flexibleIps.register({ provisionId: 7 })
  stage.later(11)
  t.same(stage.ids(await stage.leaks.look()), [])
  t.match((await stage.leaks.look()).watched, [{ code: 'address-unused' }])
  stage.later(31)
  t.same(stage.ids(await stage.leaks.look()), [`flexible-ip/${first.id}`])
  await stage.flexibleIps.withhold(first.id, async () => {
    const key = `${stage.identity.provision}/${first.key}`
    const again = stage.flexibleIps.register({ provisionId: 7, edgeKey: key })
    await t.rejects(again, { code: 'EDGE_IP_LEAVING', kind: 'transient' })
    const other = await stage.flexibleIps.register({ provisionId: 7 })
    t.not(other.id, first.id, 'somebody new gets another')
  })
  t.match(await stage.releaseAll(), [{ id: `flexible-ip/${first.id}`, outcome: 'released' }])
  t.notOk(
    [...site.sim.state.flexibleIps.values()].some(({ ip_address: ip, tags }) => {
      return ip === first.external && tags.length > 0
    }),
  )
})

t.test('an address that was handed out meanwhile is kept', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  await stage.write({ hosts: 1 })
  await stage.flexibleIps.register({ provisionId: 7 })
  stage.later(11)
  await stage.leaks.look()
  stage.later(31)
  const { leaks } = await stage.leaks.look()
  t.equal(leaks.length, 1)
  const reused = await stage.flexibleIps.register({ provisionId: 7 })
  t.equal(`flexible-ip/${reused.id}`, leaks[0]?.id)
  stage.leaks.release(leaks)
  while (stage.leaks.releases().some(({ outcome }) => outcome === 'under way'))
    await new Promise((done) => setTimeout(done, 50))
  t.match(stage.leaks.releases(), [{ outcome: 'failed', sentence: /in somebody’s hands/ }])
})

t.test(
  'a provider that cannot be asked is named, and keeps no other from being asked',
  async (t) => {
    const site = await createSite(t)
    await build(site, 1)
    const stage = await createLeaksStage(t, site)
    const bad = await stage.provider({
      zone: 'fr-par-1',
      secret_key: '0badcafe-0000-4000-8000-000000000000',
    })
    await stage.provider()
    const { leaks, unlooked } = await stage.leaks.look()
    t.equal(leaks.length, 6)
    t.match(unlooked, [
      {
        ...{ what: /^project .* in fr-par-1$/, providers: [bad] },
        why: /API key|denied|authentication/,
      },
    ])
  },
)

t.test('of several keys to one project the one that works is used, and all may see', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  const expired = await stage.provider({ secret_key: '0badcafe-0000-4000-8000-000000000000' })
  const good = await stage.provider()
  const elsewhere = await stage.provider({ zone: 'fr-par-1' })
  const { leaks, unlooked } = await stage.leaks.look()
  t.same(unlooked, [])
  t.equal(leaks.length, 6, 'what is regional shows in both zones, and is told once')
  for (const { providers } of leaks) t.same([...providers].sort(), [expired, good, elsewhere])
  t.ok((await stage.releaseAll()).every(({ outcome }) => outcome === 'released'))
})

t.test('a provider whose secret cannot be opened is named, and stops no look', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const stage = await createLeaksStage(t, site)
  const stranger = createDocuments(stage.store, { master: Buffer.alloc(32, 2) })
  const { id: theirs } = await stranger.providers.create(providerBody())
  const damaged = await stage.provider()
  await stage.damageSecret(damaged)
  await stage.provider()
  const { leaks, unlooked } = await stage.leaks.look()
  t.equal(leaks.length, 6)
  t.match(unlooked, [
    { what: `what provider ${damaged} pays for`, why: /secret_key cannot be decrypted/ },
    { what: `what provider ${theirs} pays for`, why: /written by somebody else/ },
  ])
})

t.test('the controller looks by itself, and logs each leak once', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const warnings: string[] = []
  const logger = { ...silent, warn: (text: string) => void warnings.push(text) }
  const stage = await createLeaksStage(t, site, { everyMinutes: 1, logger })
  await stage.provider()
  stage.leaks.start()
  const pause = () => new Promise((done) => setTimeout(done, 1_500))
  await pause()
  t.equal(warnings.filter((text) => text.startsWith('server/')).length, 1)
  t.match(warnings.join('\n'), /server\/.* is a leak: OpenNebula has no provision .*provision=/)
  const before = warnings.length
  await pause()
  t.equal(warnings.length, before, 'and nothing twice')
})
