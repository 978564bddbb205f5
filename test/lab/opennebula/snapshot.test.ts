import t from 'tap'
import { createFakeHypervisor } from './fake-hypervisor.ts'
import { createOpenNebulaStandIn, type Snapshot } from './index.ts'

t.test('an OpenNebula begins where another stood, and goes its own way from there', async (t) => {
  const hypervisor = createFakeHypervisor()
  const begin = async (snapshot?: Snapshot) => {
    const one = await createOpenNebulaStandIn({
      ...{ hypervisor, ipamDir: '/nowhere', users: { oneadmin: 'opennebula' }, transferMs: 0 },
      ...(snapshot ? { snapshot } : {}),
    })
    t.teardown(() => one.close())
    return one
  }
  const first = await begin()
  await first.call('one.host.allocate', ['h1', 'kvm', 'kvm', 0])
  await first.call('one.host.update', [0, 'EDGE_HOST = [ KEY = "host-0" ]', 1])
  const range = 'AR = [ TYPE = IP4, IP = 10.0.0.1, SIZE = 4 ]'
  await first.call('one.vn.allocate', [`NAME=red VN_MAD=bridge ${range}`, 0])
  await first.quiet()
  const vm = await first.instantiate({ name: 'vm', hostId: 0, nics: [{ networkId: 0 }] })
  await first.quiet()
  await first.waitVm(vm, 'RUNNING')
  const second = await begin(first.snapshot())
  for (const [what, id] of [
    ['one.vm.info', vm],
    ['one.vn.info', 0],
  ] as const) {
    t.equal(await second.call(what, [id, false]), await first.call(what, [id, false]), what)
  }
  t.match(await second.call('one.host.info', [0, false]), /<KEY><!\[CDATA\[host-0\]\]>/)

  await first.terminate(vm)
  await first.quiet()
  t.match(await second.call('one.vn.info', [0, false]), /<LEASE>/, 'its lease is its own')
  const other = await second.instantiate({ name: 'other', hostId: 0, nics: [{ networkId: 0 }] })
  await second.quiet()
  t.equal(other, vm + 1, 'ids go on')
  t.equal(second.state.vms.get(other).nics[0]?.['IP'], '10.0.0.2')
})
