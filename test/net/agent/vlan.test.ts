import t from 'tap'
import { createNetwork, type FrrPort } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { baseSpec } from './cluster.ts'
import { createFabric } from './fabric.ts'

const vlan = 1745
const noFrr: FrrPort = { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] }

const fabric = createFabric()
t.teardown(() => fabric.close())
const wire = await fabric.machine('switch')
const able = await wire.tries(
  `ip link add probe type veth peer name edorp && ip link add link probe name probe.${vlan} type vlan id ${vlan}`,
)
const skip = able ? false : 'this kernel has no 8021q; the commands are proved by the golden plans'

t.test('the private network arrives as a VLAN of the one NIC', { skip }, async (t) => {
  await wire.sh('ip link add lan type bridge; ip link set lan up')
  const hosts = await Promise.all(
    [1, 2].map(async (number) => {
      const machine = await fabric.machine(`h${number}`)
      await fabric.cable(wire, `h${number}`, machine, 'eno1')
      await wire.sh(`ip link add link h${number} name h${number}.${vlan} type vlan id ${vlan}
        ip link set h${number}.${vlan} master lan up`)
      await machine.sh(`ip addr add 51.15.0.1${number}/24 dev eno1
        ip route add default via 51.15.0.1`)
      const { exec } = machine
      const network = createNetwork({ exec, frr: noFrr, logger: silent, clock: createClock() })
      const base = baseSpec(number)
      const underlay = { ...base.underlay, medium: { kind: 'vlan', id: vlan } } as const
      return { machine, network, spec: { ...base, underlay } }
    }),
  )
  for (const { network, spec, machine } of hosts) {
    t.same((await network.reconcile(spec)).faults, [])
    t.same((await network.reconcile(spec)).steps, [], 'a second look finds nothing to do')
    t.match(await machine.sh('ip -d link show scwpn'), `vlan protocol 802.1Q id ${vlan}`)
    t.match(await machine.sh('ip route show default'), 'eno1', 'the way out stays where it was')
  }
  const [first] = hosts
  t.ok(await first?.machine.tries('ping -c 2 -i 0.2 -W 1 10.180.0.12'))
})
