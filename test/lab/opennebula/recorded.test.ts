import { readFileSync } from 'node:fs'
import t from 'tap'
import { createClock } from '../../../lib/clock/index.ts'
import { createFakeHypervisor } from './fake-hypervisor.ts'
import { writeFakeIpam } from './fake-ipam.ts'
import { createOpenNebulaStandIn } from './index.ts'

const recorded = (name: string) =>
  readFileSync(new URL(`../../recorded/xmlrpc/${name}.xml`, import.meta.url), 'utf8')

/** Times, password hashes and ciphertext differ between two clouds. */
const comparable = (text: string) =>
  text
    .replace(/(TIMESTAMP|REGTIME)&gt;\d+/g, '$1&gt;T')
    .replace(/PASSWORD&gt;&lt;!\[CDATA\[\w+/g, 'PASSWORD&gt;HASH')
    .replace(/(PROVISION_BODY&gt;&lt;!\[CDATA\[)[A-Za-z0-9+/=]+\]/g, '$1CIPHER]')

t.test('the recorded calls in their order get the recorded answers', async (t) => {
  const ipamDir = t.testdir()
  await writeFakeIpam(ipamDir, 21)
  const one = await createOpenNebulaStandIn({
    ipamDir,
    hypervisor: createFakeHypervisor(),
    users: { oneadmin: 'opennebula' },
    clock: createClock({ scale: 0.5 }),
    monitorEveryMs: 50,
  })
  t.teardown(() => one.close())
  await one.call('one.cluster.allocate', ['edge1'])
  await one.call('one.host.allocate', ['h1', 'fake', 'fake', 100])
  await one.call('one.host.allocate', ['h2', 'fake', 'fake', 100])
  one.state.networks.continueAt(15)
  one.state.datastores.continueAt(101)

  const post = async (name: string) => {
    const response = await fetch(one.url, { method: 'POST', body: recorded(`${name}-request`) })
    return await response.text()
  }
  const same = async (...names: string[]) => {
    for (const name of names) {
      t.equal(comparable(await post(name)), comparable(recorded(`${name}-response`)), name)
    }
  }
  const settled = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  await same('one.system.version', 'one.zone.raftstatus', 'one.user.info', 'one.user.info-badauth')
  await same('one.clusterpool.info-badauth', 'one.clusterpool.info-malformed_auth')
  await same('one.nosuch.method-unknown_method', 'one.cluster.info-bad_params')
  await same('one.cluster.allocate', 'one.cluster.allocate-dup_name', 'one.cluster.update')
  await same('one.cluster.info', 'one.cluster.info-notfound', 'one.cluster.delete-default_cluster')

  await same('one.datastore.allocate', 'one.datastore.allocate-no_type', 'one.datastore.update')
  await same('one.datastore.info', 'one.datastore.info-notfound')

  await same('one.host.allocate', 'one.host.allocate-dup_name', 'one.host.allocate-no_cluster')
  await same('one.host.update', 'one.host.info-notfound', 'one.host.delete-notfound')
  await settled(() => one.state.hosts.get(2).state === 2)
  await same('one.host.info', 'one.host.status-disable', 'one.host.status-offline')

  await same('one.vn.allocate', 'one.vn.info-lock_create')
  await settled(() => one.state.networks.get(15).state === 1)
  await same('one.vn.info', 'one.vn.add_ar', 'one.vn.info-two_ars', 'one.vn.hold')
  await same('one.vn.info-with_hold', 'one.vn.rm_ar-ar_in_use', 'one.vn.delete-leases_in_use')
  await same('one.vn.allocate-no_vn_mad', 'one.vn.allocate-parse_error')
  await same(
    'one.cluster.info-full',
    'one.cluster.delete-not_empty',
    'one.cluster.addhost-notfound',
  )
  await same('one.vn.release', 'one.vn.rm_ar', 'one.vn.rm_ar-notfound', 'one.vn.info')

  await same('one.vntemplate.allocate', 'one.vntemplate.info', 'one.vntemplate.instantiate')
  await settled(() => one.state.networks.get(16).state === 1)
  await same('one.vn.info-vxlan', 'one.vntemplate.delete', 'one.vn.info-notfound')

  await same('one.document.allocate-type103', 'one.document.allocate-type104')
  await same('one.document.info-type103', 'one.document.info-type103_decrypt')
  await same('one.document.info-type104', 'one.document.info-type104_decrypt')
  await same('one.document.update-type104', 'one.document.lock-type104')
  await same('one.document.update-type104_locked', 'one.document.unlock-type104')
  await same(
    'one.document.chmod-type104',
    'one.document.chown-type104',
    'one.document.rename-type104',
  )
  await same('one.documentpool.info-type103', 'one.documentpool.info-type104')
  await same('one.document.info-notfound', 'one.document.delete', 'one.document.delete-type103')
  await same('one.vmpool.info')

  await same('one.vn.delete', 'one.host.status-enable', 'one.host.delete', 'one.datastore.delete')
  await settled(() => one.state.networks.find(15) === undefined)
  await same('one.vn.info-after_delete', 'one.host.info-after_delete', 'one.vn.delete-notfound')
  await same('one.datastore.info-after_delete')
  await one.call('one.cluster.delvnet', [101, 16])
  await same('one.cluster.delete')

  const [register, add] = one.state.ipam.calls.filter((c) => c.action === 'register_address_range')
  const wire = '<IPAM_DRIVER_ACTION_DATA><AR><IPAM_MAD><![CDATA[scaleway]]></IPAM_MAD>'
  t.ok(register?.document.startsWith(wire))
  t.match(add, { mad: 'scaleway', exitCode: 0 })
  const actions = one.state.ipam.calls.map(({ action }) => action)
  t.same(actions, [
    'register_address_range',
    'register_address_range',
    'allocate_address',
    'free_address',
    'unregister_address_range',
    'unregister_address_range',
  ])
})
