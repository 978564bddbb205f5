import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createClock } from '../../../lib/clock/index.ts'
import { createFakeHypervisor } from './fake-hypervisor.ts'
import { writeFakeIpam } from './fake-ipam.ts'
import { createOpenNebulaStandIn } from './index.ts'

const ipam = fileURLToPath(new URL('../../../ipam', import.meta.url))

t.test('the plug-in tells the controller which VM takes which address where', async (t) => {
  // not t.testdir(): a socket's path has 107 characters at most
  const home = await mkdtemp(join(tmpdir(), 'plugin-'))
  t.teardown(() => rm(home, { recursive: true }))
  await writeFakeIpam(home, 16)
  const told: [string, unknown][] = []
  const refuse = { status: 200, text: '{}' }
  const controller = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    told.push([request.url ?? '', JSON.parse(body)])
    response.writeHead(refuse.status, { 'content-type': 'application/json' }).end(refuse.text)
  })
  await new Promise<void>((listening) => controller.listen(`${home}/socket`, listening))
  t.teardown(() => controller.close())
  const hypervisor = createFakeHypervisor()
  const one = await createOpenNebulaStandIn({
    ipamDir: home,
    hypervisor,
    elasticDir: ipam,
    env: { EDGECTL_IPAM_SOCKET: `${home}/socket` },
    users: { oneadmin: 'opennebula' },
    clock: createClock({ scale: 0.01 }),
  })
  t.teardown(() => one.close())
  const oneform = 'ONEFORM = [ PROVISION_ID = "42", RESOURCE_ID = "fr-par-2/s1" ]'
  for (const [id, name] of ['h1', 'h2'].entries()) {
    await one.call('one.host.allocate', [name, 'kvm', 'kvm', 0])
    await one.call('one.host.update', [id, oneform, 1])
  }
  await one.call('one.vn.allocate', ['NAME=pub VN_MAD=elastic BRIDGE=br0', 0])
  await one.call('one.vn.add_ar', [0, 'AR = [ TYPE = IP4, SIZE = 1, IPAM_MAD = scaleway ]'])

  const vm = await one.instantiate({ name: 'vm', hostId: 0, nics: [{ networkId: 0 }] })
  await one.waitVm(vm, 'RUNNING')
  const on = (host: number) => ({
    ...{ provision: 42, host, vm },
    ...{ ip: '172.16.0.66', external: '51.159.0.16' },
  })
  t.same(told, [['/elastic/assign', on(0)]])

  await one.migrate(vm, 1, true)
  await one.waitVm(vm, 'RUNNING')
  t.same(told.slice(1), [
    ['/elastic/unassign', { ...on(1), cleaned: 'h1' }],
    ['/elastic/assign', on(1)],
  ])

  await one.terminate(vm)
  await one.waitVm(vm, 'DONE')
  t.same(told.slice(3), [['/elastic/unassign', { ...on(1), cleaned: 'h2' }]])
  t.same(
    one.state.elastic.calls.map(({ stdout }) => stdout),
    ['', '', '', ''],
    'no command of the stock driver is left to run on a host',
  )

  refuse.status = 409
  refuse.text = '{"message":"the address is gone"}'
  const second = await one.instantiate({ name: 'second', hostId: 0, nics: [{ networkId: 0 }] })
  await t.rejects(one.waitVm(second, 'RUNNING'), /DEPLOY: elastic: .*the address is gone/)
  t.equal(hypervisor.running.size, 0)
})
