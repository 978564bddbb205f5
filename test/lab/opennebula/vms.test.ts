import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createOpenNebula, lcmState } from '../../../controller/opennebula/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { createFakeHypervisor } from './fake-hypervisor.ts'
import { writeFakeIpam } from './fake-ipam.ts'
import { createOpenNebulaStandIn, type StandInOptions } from './index.ts'

const plugin = `
class TestProvider < GenericProvider
    def assign(ip, external, _opts = {})
        vm = ObjectSpace.each_object(ElasticDriver).first.vm['ID']
        note("assign #{ip} #{external} vm #{vm} on #{@host['NAME']} #{@resource_id} #{File.basename($PROGRAM_NAME)} #{ARGV.inspect}")
        return 0 unless File.exist?("#{ENV['TEST_HOME']}/refuse")
        OpenNebula::DriverLogger.report(File.read("#{ENV['TEST_HOME']}/refuse"))
        1
    end
    def unassign(ip, _external, _opts = {})
        note("unassign #{ip} on #{@host['NAME']} #{ARGV.inspect}")
        raise 'no way' if File.exist?("#{ENV['TEST_HOME']}/raise")
        0
    end
    def activate(cmds, _nic) = cmds.clear
    def deactivate(cmds, _nic) = cmds.clear
    def note(text) = File.write("#{ENV['TEST_HOME']}/log", "#{text}\\n", :mode => 'a')
end
`

/** Two hosts h1 and h2 in cluster 100, a public network with one address, and a private one. */
async function cloudWithHosts(t: Test, options: Partial<StandInOptions> = {}) {
  const home = t.testdir({ log: '', elastic: { 'test_vnm.rb': plugin } })
  await writeFakeIpam(home, 16)
  const hypervisor = createFakeHypervisor()
  const one = await createOpenNebulaStandIn({
    ipamDir: home,
    hypervisor,
    elasticDir: home,
    env: { TEST_HOME: home },
    users: { oneadmin: 'opennebula', user: 'secret-of-user' },
    clock: createClock({ scale: 0.01 }),
    monitorEveryMs: 1000,
    ...options,
  })
  const client = createOpenNebula({ endpoint: one.url, session: 'oneadmin:opennebula' })
  t.teardown(async () => {
    client.close()
    await one.close()
  })
  const clusterId = await client.clusters.create('edge1')
  await client.datastores.create({ NAME: 'dsys', TYPE: 'SYSTEM_DS', TM_MAD: 'ssh' }, clusterId)
  const oneform = { ONEFORM: { PROVISION_ID: 42, RESOURCE_ID: 'fr-par-2/s1' } }
  const hosts = [
    await client.hosts.create('h1', 'fake', 'fake', clusterId),
    await client.hosts.create('h2', 'fake', 'fake', clusterId),
  ] as const
  for (const id of hosts) await client.hosts.update(id, oneform)
  const ready = async (id: number) => {
    while ((await client.networks.get(id)).state === 'LOCK_CREATE') await pause()
    return id
  }
  const publicRange = { TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway', PROVISION_ID: 42 }
  const elastic = { NAME: 'c1', VN_MAD: 'elastic', BRIDGE: 'brp', AR: publicRange }
  return { home, hypervisor, one, client, clusterId, hosts, ready, elastic }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 10))
const linesOf = (home: string) => readFileSync(`${home}/log`, 'utf8').trim().split('\n')
const recorded = (name: string) =>
  readFileSync(new URL(`../../recorded/vnm/${name}.xml`, import.meta.url), 'utf8')

t.test('deploy and live migration hand drivers the recorded messages', async (t) => {
  const { home, hypervisor, one, client, clusterId, hosts, ready, elastic } = await cloudWithHosts(
    t,
    { transferMs: 100_000 },
  )
  one.state.networks.continueAt(9)
  const pub = await ready(await client.networks.create(elastic, clusterId))
  one.state.networks.continueAt(18)
  const range = { TYPE: 'IP4', IP: '10.9.0.10', SIZE: 10 }
  const flat = { NAME: 'lv', VN_MAD: 'bridge', BRIDGE: 'brlog', AR: range }
  const priv = await ready(await client.networks.create(flat, clusterId))
  one.state.vms.continueAt(7)
  const vm = await one.instantiate({
    name: 'vm',
    hostId: hosts[0],
    nics: [{ networkId: pub }, { networkId: priv }],
  })
  t.match(await client.vms.list(), [{ id: 7, lcmState: lcmState.prolog }], 'seen in PROLOG')
  await one.waitVm(vm, 'RUNNING')
  const same = (document: string | undefined, name: string) =>
    t.equal(
      document,
      recorded(name).replaceAll('logvnm', 'bridge').replaceAll('one-fake-id', 'one-7'),
      name,
    )
  same(one.state.elastic.calls[0]?.document, '005-elastic-post')

  await one.migrate(vm, hosts[1], true)
  const [during] = await client.vms.list()
  t.match(during, { lcmState: lcmState.migrate, history: [{ hostname: 'h1' }, { hostname: 'h2' }] })
  await one.waitVm(vm, 'RUNNING')
  same(one.state.elastic.calls[1]?.document, '035-elastic-clean')
  same(one.state.elastic.calls[2]?.document, '037-elastic-post')
  t.same(
    one.state.elastic.calls.map(({ action, argv, stdout }) => [action, ...argv, stdout]),
    [
      ['post', 'one-7', 'h1', ''],
      ['clean', 'h1', ''],
      ['post', 'one-7', 'h1', ''],
    ],
    'live migration names the source, and no stock command is left',
  )
  t.same(linesOf(home), [
    'assign 172.16.0.66 51.159.0.16 vm 7 on h1 fr-par-2/s1 post ["one-7", "h1"]',
    'unassign 172.16.0.66 on h2 ["h1"]',
    'assign 172.16.0.66 51.159.0.16 vm 7 on h2 fr-par-2/s1 post ["one-7", "h1"]',
    'unassign 172.16.0.66 on h2 ["one-7", "h1"]',
  ])
  t.same(hypervisor.done, [
    'bridge brp on h1',
    'bridge brlog on h1',
    'start 7 on h1',
    'bridge brp on h2',
    'bridge brlog on h2',
    'move 7 from h1 to h2',
  ])
  t.match((await client.vms.list())[0]?.history, [{ seq: 1, hostname: 'h2' }], 'last record only')
  t.match(hypervisor.running.get(7)?.nics, [
    { target: 'one-7-0', ip: '172.16.0.66', prefix: 31, gateway: '172.16.0.67', mtu: 1500 },
    { target: 'one-7-1', ip: '10.9.0.10', mac: '02:00:0a:09:00:0a' },
  ])
})

t.test('cold migration cleans on the source and posts on the destination', async (t) => {
  const { one, client, clusterId, hosts, ready, elastic } = await cloudWithHosts(t)
  const pub = await ready(await client.networks.create(elastic, clusterId))
  const vm = await one.instantiate({ name: 'vm', hostId: hosts[0], nics: [{ networkId: pub }] })
  await one.waitVm(vm, 'RUNNING')
  await one.migrate(vm, hosts[1], false)
  await one.waitVm(vm, 'RUNNING')
  const calls = one.state.elastic.calls.map(({ action, argv }) => [action, ...argv])
  t.same(calls.slice(1), [
    ['clean', 'h1'],
    ['post', `one-${vm}`, 'h2'],
  ])
  t.match(await client.hosts.get(hosts[1]), { vmIds: [vm], state: 'MONITORED' })
})

t.test('terminating frees the address and takes the VM off the list', async (t) => {
  const { one, client, clusterId, hosts, ready, elastic } = await cloudWithHosts(t)
  const pub = await ready(await client.networks.create(elastic, clusterId))
  const vm = await one.instantiate({ name: 'vm', hostId: hosts[0], nics: [{ networkId: pub }] })
  await one.waitVm(vm, 'RUNNING')
  t.match((await client.networks.get(pub)).ranges[0], { usedLeases: 1, leases: [{ vm }] })
  await t.rejects(client.networks.removeRange(pub, 0, false), { code: 'ONE_REFUSED' })
  await t.rejects(client.hosts.delete(hosts[0]), { code: 'ONE_REFUSED' })
  await t.rejects(
    one.instantiate({ name: 'second', hostId: hosts[0], nics: [{ networkId: pub }] }),
    /Cannot get IP\/MAC lease from virtual network/,
  )
  await one.terminate(vm)
  await one.waitVm(vm, 'DONE')
  t.same(await client.vms.list(), [])
  t.equal((await client.networks.get(pub)).usedLeases, 0)
  t.same(
    one.state.ipam.calls.map(({ action }) => action),
    ['register_address_range', 'get_address', 'free_address'],
  )
})

t.test('a post that fails ends in BOOT_FAILURE with the reported sentence', async (t) => {
  const { home, hypervisor, one, client, clusterId, hosts, ready, elastic } =
    await cloudWithHosts(t)
  const pub = await ready(await client.networks.create(elastic, clusterId))
  writeFileSync(`${home}/refuse`, 'no such address')
  const vm = await one.instantiate({ name: 'vm', hostId: hosts[0], nics: [{ networkId: pub }] })
  await t.rejects(one.waitVm(vm, 'RUNNING'), /BOOT_FAILURE: DEPLOY: elastic: no such address/)
  t.equal(hypervisor.running.size, 0, 'the guest is stopped again')
  t.equal(one.state.elastic.calls.at(-1)?.action, 'clean')
  writeFileSync(`${home}/refuse`, '')
  const { unlinkSync } = await import('node:fs')
  unlinkSync(`${home}/refuse`)
  await one.call('one.vm.recover', [vm, 2])
  await one.waitVm(vm, 'RUNNING')
})

t.test('a clean that fails turns the VM back to RUNNING', async (t) => {
  const { home, one, client, clusterId, hosts, ready, elastic } = await cloudWithHosts(t)
  const pub = await ready(await client.networks.create(elastic, clusterId))
  const vm = await one.instantiate({ name: 'vm', hostId: hosts[0], nics: [{ networkId: pub }] })
  await one.waitVm(vm, 'RUNNING')
  writeFileSync(`${home}/raise`, '')
  await one.terminate(vm)
  await one.waitVm(vm, 'RUNNING')
  t.match((await client.vms.get(vm)).userTemplate, { ERROR: 'SHUTDOWN: elastic: -' })
})

t.test('the vxlan driver starts a VM only where the agent has been', async (t) => {
  const { hypervisor, one, client, clusterId, hosts, ready } = await cloudWithHosts(t)
  const network = {
    NAME: 'priv',
    VN_MAD: 'vxlan',
    PHYDEV: 'scwpn',
    AUTOMATIC_VLAN_ID: true,
    CONF: 'keep_empty_bridge=true',
    NETWORK_MASK: '255.255.255.0',
    GATEWAY: '172.30.0.1',
    GUEST_MTU: 1450,
    AR: { TYPE: 'IP4', IP: '172.30.0.10', SIZE: 10 },
  }
  const id = await ready(await client.networks.create(network, clusterId))
  const found = await client.networks.get(id)
  t.match(found, { bridge: `onebr${id}`, vlanId: id + 2, phydev: 'scwpn' })
  const vm = await one.instantiate({ name: 'vm', hostId: hosts[0], nics: [{ networkId: id }] })
  const failure = /vxlan: would have to create bridge onebr0 on h1/
  await t.rejects(one.waitVm(vm, 'RUNNING'), failure)
  hypervisor.bridges.set('h1 onebr0', new Set())
  await one.call('one.vm.recover', [vm, 2])
  await t.rejects(one.waitVm(vm, 'RUNNING'), /would have to create scwpn.2 on h1 and enslave it/)
  hypervisor.bridges.set('h1 onebr0', new Set(['scwpn.2']))
  await one.call('one.vm.recover', [vm, 2])
  await one.waitVm(vm, 'RUNNING')
  t.match(hypervisor.running.get(vm)?.nics, [
    { bridge: 'onebr0', ip: '172.30.0.10', prefix: 24, gateway: '172.30.0.1', mtu: 1450 },
  ])
  await one.migrate(vm, hosts[1], true)
  await one.waitVm(vm, 'RUNNING')
  const after = await client.vms.get(vm)
  t.match(after.userTemplate, { ERROR: /MIGRATE: vxlan: would have to create bridge onebr0 on h2/ })
  t.equal(after.history.at(-1)?.hostname, 'h1', 'it stays where it was')
})

t.test('an IPAM driver that refuses is told word for word', async (t) => {
  const { home, one, client, clusterId, ready, elastic } = await cloudWithHosts(t)
  writeFileSync(`${home}/scaleway/refuse`, 'first line\nsecond line\n')
  const id = await ready(await client.networks.create(elastic, clusterId))
  t.match(await client.networks.get(id), {
    state: 'ERROR',
    ranges: [],
    template: { ERROR: 'first linesecond line' },
  })
  const other = { NAME: 'c2', VN_MAD: 'elastic', BRIDGE: 'brp' }
  const empty = await ready(await client.networks.create(other, clusterId))
  await t.rejects(client.networks.addRange(empty, { TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway' }), {
    code: 'ONE_BROKEN',
    message: 'first linesecond line',
  })
  await client.networks.delete(id)
  t.equal(one.state.ipam.calls.length, 2)
})

t.test('a driver later than oned’s patience is a timeout, and its answer is lost', async (t) => {
  const { client, clusterId, ready, elastic, home } = await cloudWithHosts(t, {
    ipamPatienceMs: 300,
  })
  writeFileSync(`${home}/scaleway/register_address_range`, '#!/bin/sh\nsleep 1\n')
  const id = await ready(await client.networks.create(elastic, clusterId))
  t.match((await client.networks.get(id)).template, { ERROR: 'Request timeout' })
})

t.test('users see and change only what they may', async (t) => {
  const { client } = await cloudWithHosts(t)
  const user = client.as('user:secret-of-user')
  t.match(await user.user(), { id: 2, name: 'user', groups: [1] })
  const id = await client.documents.create(104, 'edge', 'PROVISION_BODY', { state: 0 })
  t.same(await user.documents.list(104), [])
  await t.rejects(user.documents.get(id), { code: 'ONE_DENIED' })
  await client.documents.chown(id, 2, -1)
  t.match(await user.documents.get(id), { body: { state: 0 }, owner: { uname: 'user' } })
  await user.documents.update(id, 'PROVISION_BODY', { state: 1, text: 'x]]>y' })
  t.match(await client.documents.list(104), [{ body: { state: 1, text: 'x]]>y' } }])
  await t.rejects(user.clusters.create('mine'), { code: 'ONE_DENIED' })
})

t.test('the elastic driver asks OneForm for provision, provider and path', async (t) => {
  const asked: string[] = []
  const home = t.testdir({ log: '', driver: { elastic: { 'test_vnm.rb': plugin } } })
  const answers: Record<string, unknown> = {
    '/api/v1/provisions/42': { DOCUMENT: { TEMPLATE: { PROVISION_BODY: { provider_id: 3 } } } },
    '/api/v1/providers/3?include_sensitive=true': {
      DOCUMENT: { TEMPLATE: { PROVIDER_BODY: { driver: 'scaleway', connection: {} } } },
    },
    '/api/v1/providers/3/path': { path: `${home}/driver` },
  }
  const oneform = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`)
    response.end(JSON.stringify(answers[request.url ?? '']))
  })
  await new Promise<void>((listening) => oneform.listen(0, '127.0.0.1', listening))
  t.teardown(() => oneform.close())
  const url = `http://127.0.0.1:${(oneform.address() as AddressInfo).port}`
  const hypervisor = createFakeHypervisor()
  await writeFakeIpam(home, 16)
  const one = await createOpenNebulaStandIn({
    ipamDir: home,
    hypervisor,
    oneformUrl: url,
    env: { TEST_HOME: home },
    users: { oneadmin: 'opennebula' },
    clock: createClock({ scale: 0.01 }),
  })
  t.teardown(() => one.close())
  const client = createOpenNebula({ endpoint: one.url, session: 'oneadmin:opennebula' })
  t.teardown(() => client.close())
  const hostId = await client.hosts.create('h1', 'lxc', 'lxc', 0)
  await client.hosts.update(hostId, { ONEFORM: { PROVISION_ID: 42 } })
  const range = { TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway' }
  const network = { NAME: 'pub', VN_MAD: 'elastic', BRIDGE: 'br0' }
  const networkId = await client.networks.create(network, 0)
  await client.networks.addRange(networkId, range)
  const vm = await one.instantiate({ name: 'vm', hostId, nics: [{ networkId }] })
  await one.waitVm(vm, 'RUNNING')
  const basic = `Basic ${Buffer.from('oneadmin:opennebula').toString('base64')}`
  t.same(
    asked,
    Object.keys(answers).map((path) => `${basic} ${path}`),
  )
})
