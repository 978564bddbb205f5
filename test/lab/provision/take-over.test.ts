import t from 'tap'
import { createSite, publicKey, request, type Site } from './site.ts'

t.setTimeout(60_000)

async function stockServer({ scaleway, hardware, tell }: Site, name: string) {
  const { offer, osId } = await hardware.model(request)
  const key = await scaleway.iam.createSSHKey({ name, publicKey })
  const { id } = await scaleway.baremetal.createServer({
    ...{ name, description: '', tags: ['owner=ops', 'role=db'], offerId: offer.id, optionIds: [] },
    ...{ protected: false, install: { osId, hostname: name, sshKeyIds: [key.id] } },
  })
  await hardware.waitDelivered(id, name, tell)
  await hardware.waitInstalled(id, name, tell)
  return { id, key: { id: key.id, name } }
}

/** Scaleway does the next such request, and its answer is lost. */
function lose(site: Site, method: string, pathRegex: string): Promise<void> {
  return site.fault({ match: { method, pathRegex }, action: 'lostResponse', times: 1 })
}

t.test('a server that others ordered is found by our tags, with its own beside them', async (t) => {
  const site = await createSite(t)
  const { hardware, scaleway, tell } = site
  const { id, key } = await stockServer(site, 'stock')
  const claim = { role: 'server', key: 'host-0', id } as const
  await lose(site, 'PATCH', `/servers/${id}$`)
  t.ok(await hardware.takeOver(claim, tell))
  t.match(await hardware.findServers(), [{ id, key: 'host-0' }])
  const { tags } = await scaleway.baremetal.getServer({ serverId: id })
  t.ok(tags.includes('owner=ops'))
  t.notOk(tags.includes('role=db'), 'a second role would make its owner unclear')

  const before = (await site.asked()).length
  t.ok(await hardware.takeOver(claim, tell))
  const changes = (await site.asked()).slice(before).filter((one) => !one.startsWith('GET '))
  t.strictSame(changes, [], 'twice changes nothing')

  await scaleway.baremetal.updateServer({ serverId: id, tags: ['managed-by=edgectl', 'cloud=c'] })
  await t.rejects(hardware.takeOver(claim, tell), {
    code: 'EDGE_CLAIM_TAKEN',
    details: { answer: 'managed-by=edgectl, cloud=c' },
  })
  t.ok(await hardware.isServerThere(id), 'whatever its tags say')
  t.notOk(await hardware.takeOver({ ...claim, address: '203.0.113.9' }, tell), 'another’s address')
  const gone = { ...claim, id: '00000000-0000-4000-8000-000000000000' }
  t.notOk(await hardware.takeOver(gone, tell), 'only a listing proves that it is gone')
  t.notOk(await hardware.isThere(gone))
  t.notOk(await hardware.isServerThere(gone.id))
  await scaleway.baremetal.updateServer({ serverId: id, tags: [] })
  t.ok(await hardware.takeOver(claim, tell))
  t.ok(await hardware.takeOver(gone, tell), 'another has taken its place')
  t.ok(await hardware.isThere(gone))

  await hardware.releaseNamedKey({ ...key, name: 'renamed' })
  t.equal((await scaleway.iam.listSSHKeys({})).totalCount, 1)
  await hardware.releaseNamedKey(key)
  await hardware.releaseNamedKey(key)
  t.equal((await scaleway.iam.listSSHKeys({})).totalCount, 0)
})

t.test('the private-network option is ordered once, whatever becomes of the answer', async (t) => {
  const site = await createSite(t)
  const { hardware, scaleway, tell } = site
  const { id } = await stockServer(site, 'stock')
  await lose(site, 'POST', `/servers/${id}/options`)
  await hardware.ensureServerOption(id, tell)
  await hardware.ensureServerOption(id, tell)
  const { options } = await scaleway.baremetal.getServer({ serverId: id })
  t.match(options, [{ status: 'option_status_enable' }])
  t.equal(options.length, 1)
  const vpc = await hardware.ensureVpc()
  const network = await hardware.ensurePrivateNetwork(vpc, '10.180.0.0/22')
  t.match(await hardware.ensurePrivateNic(id, network.id, tell), { address: /^10\.180\.0\./ })
})

t.test('an address is meant by its id and its number: ids go round in a pool', async (t) => {
  const site = await createSite(t)
  const { scaleway, hardware, tell } = site
  const fip = await scaleway.flexibleIp.createFlexibleIP({
    ...{ description: '', tags: ['PROVISION_ID=3', 'private=10.0.0.0/31'], isIpv6: false },
  })
  const claim = { role: 'flexible-ip', key: 'ip-0', id: fip.id } as const
  t.notOk(await hardware.takeOver({ ...claim, address: '203.0.113.9' }, tell))
  t.ok(await hardware.takeOver({ ...claim, address: fip.ipAddress }, tell))
  const { tags } = await scaleway.flexibleIp.getFlexibleIP({ fipId: fip.id })
  t.ok(tags.includes('key=ip-0'))
  t.notOk(tags.includes('private=10.0.0.0/31'), 'no pair is taken from a tag of somebody else')
})
