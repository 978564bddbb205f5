import { randomUUID } from 'node:crypto'
import t from 'tap'
import { costOf, createPriceBook } from '../../../controller/scaleway/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { tagsFor, tagValue } from '../../../lib/scaleway/index.ts'
import { build, createSite, request, type Site, timing } from './site.ts'

async function identityOf({ sim, scaleway }: Site) {
  const [id = ''] = sim.state.servers.keys()
  const { tags } = await scaleway.baremetal.getServer({ serverId: id })
  const value = (name: string) => tagValue(tags, name) ?? ''
  return {
    ...{ cloud: value('cloud'), provision: value('provision') },
    ...{ provisionId: 7, userTags: {} },
  }
}

async function requests({ sim }: Site, part: RegExp): Promise<number> {
  const answer = await fetch(`${sim.url}/_sim/requests`)
  const { requests: all } = (await answer.json()) as { requests: { url: string }[] }
  return all.filter(({ url }) => part.test(url)).length
}

t.test('a provision costs what it has at the cloud, and nobody else’s things', async (t) => {
  const site = await createSite(t)
  const planned = await site.hardware.plan({ ...request, hosts: 2, publicIps: 1 })
  await build(site, 2)
  const own = await identityOf(site)
  for (const identity of [own, { ...own, provision: randomUUID() }])
    await site.scaleway.flexibleIp.createFlexibleIP({
      ...{ description: '', isIpv6: false, tags: tagsFor(identity, 'flexible-ip', 'ip-0') },
    })
  const book = createPriceBook(createClock(timing))
  const { items, total, unread } = await costOf(site.scaleway, own, book)
  t.same(items.map(({ kind }) => kind).sort(), [
    ...['flexible-ip', 'gateway', 'gateway-ip', 'private-network', 'server', 'server'],
    ...['ssh-key', 'vpc'],
  ])
  t.same(unread, [])
  t.equal(total.complete, true)
  t.equal(total.perHour, planned.total.perHour, 'as the plan said')
  const sum = items.reduce((all, { price }) => all + (price?.perMonth ?? 0), 0)
  t.equal(Math.round(sum * 100), Math.round(total.perMonth * 100))
})

t.test(
  'prices are read once a day, and a cost without them is said to be incomplete',
  async (t) => {
    const site = await createSite(t)
    await build(site, 1)
    const own = await identityOf(site)
    const clock = createClock(timing)
    await site.fault({
      ...{ match: { method: 'GET', pathRegex: '/offers' }, times: 2 },
      action: { status: { code: 403, body: { type: 'permissions_denied', message: 'no' } } },
    })
    const book = createPriceBook(clock)
    t.match((await costOf(site.scaleway, own, book)).total, { complete: false })
    const before = await requests(site, /\/offers/)
    t.match((await costOf(site.scaleway, own, book)).total, { complete: true })
    const after = await requests(site, /\/offers/)
    t.ok(after > before)
    await costOf(site.scaleway, own, book)
    t.equal(await requests(site, /\/offers/), after)
  },
)

t.test('what may not be listed is named, and the rest is told', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const own = await identityOf(site)
  await site.fault({
    ...{ match: { method: 'GET', pathRegex: '/gateways$' }, times: 1 },
    action: { status: { code: 403, body: { type: 'permissions_denied', message: 'no' } } },
  })
  const { items, unread } = await costOf(site.scaleway, own, createPriceBook(createClock(timing)))
  t.match(unread, [{ kind: 'gateway', code: 'EDGE_CLOUD_DENIED', why: /\[request / }])
  t.equal(items.length, 5)
})
