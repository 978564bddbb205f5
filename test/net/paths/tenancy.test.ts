import t from 'tap'
import { numberToIpv4 } from '../../../lib/net/index.ts'
import type { Machine } from '../agent/fabric.ts'
import { arpRequest, broadcast, ethernet, experiment, sendFrames, udpFrame } from './frames.ts'
import { createSite, newToken } from './site.ts'
import { type VmName, vms } from './vms.ts'

/** Two tenants with the same prefix and the same addresses, on one host and across two. */
const red = ['red1', 'red2', 'red3'] as const
const blue = ['blue1', 'blue2', 'blue3'] as const
const gatewayMac = '02:00:5e:00:01:01'
/** A port nobody uses: whatever carries it is the attacker's. */
const marked = 4242

const site = await createSite([...red, ...blue])
t.teardown(() => site.close())
const mac = (name: VmName): string => vms[name].nic.mac

t.test('nothing that a VM sends comes out in a network with the same prefix', async (t) => {
  await site.secure('wide open', 'vxlan first')
  await Promise.all(red.map((name) => count(site.machine(name), [mac('red2')])))
  await Promise.all(
    blue.map((name) => count(site.machine(name), [...red, 'blue2' as const].map(mac))),
  )
  await sendFrames(site.machine('red2'), attack())
  for (const name of ['red1', 'red3'] as const)
    t.not(await counted(site.machine(name)), 0, `${name}, of the same network, hears the attack`)
  for (const name of blue) t.equal(await counted(site.machine(name)), 0, `${name} hears nothing`)
  const learnt = await site.machine('h1').sh('bridge fdb show br onebr6')
  for (const name of red) t.notMatch(learnt, mac(name), `the blue bridge never learnt ${name}`)
  await sendFrames(site.machine('blue2'), [experimentFrame(mac('blue2'))])
  for (const name of ['blue1', 'blue3'] as const)
    t.not(await counted(site.machine(name)), 0, `${name} does hear its own neighbour`)
})

t.test('a connection of one tenant opens no door in the other one', async (t) => {
  await site.secure('as they are')
  const call = (from: 'red2' | 'blue2', patienceMs: number) =>
    site.ask(from, {
      ...{ kind: 'udp', to: '172.30.0.11', port: 53, sourcePort: 5000, patienceMs },
      payload: Buffer.from(newToken()).toString('base64'),
    })
  t.equal(await call('red2', 15_000), 'source 172.30.0.12', 'the red group allows it')
  t.equal(await call('blue2', 1300), 'drops', 'the blue group does not')
  const hole = 'nft flush chain ip fx door; conntrack -F 2>/dev/null'
  await site.machine('h1').sh(hole)
  t.equal(await call('red2', 15_000), 'source 172.30.0.12')
  t.equal(await call('blue2', 15_000), 'source 172.30.0.12', 'as it does without conntrack zones')
  t.not(await site.settle(), 0)
  await site.machine('h1').sh('conntrack -F 2>/dev/null')
  t.equal(await call('red2', 15_000), 'source 172.30.0.12')
  t.equal(await call('blue2', 1300), 'drops', 'and they are back')
})

/** Counts what comes in from these MACs, or is marked as the attacker's. */
async function count(vm: Machine, macs: readonly string[]): Promise<void> {
  await vm.sh(`nft -f - <<'END'
    table netdev seen {
      counter strange { }
      chain in {
        type filter hook ingress device "eth0" priority 0;
        ether saddr { ${macs.join(', ')} } counter name strange accept
        ether type ${experiment} counter name strange accept
        udp dport ${marked} counter name strange
      }
    }
END`)
}

async function counted(vm: Machine): Promise<number> {
  const [, packets] =
    /packets (\d+)/.exec(await vm.sh('nft list counter netdev seen strange')) ?? []
  return Number(packets)
}

/** A scan, broadcasts, a forged gateway, the other network's MACs and addresses, by bridge and by router. */
function attack(): Buffer[] {
  const [own, address] = [mac('red2'), vms.red2.secured.address]
  const everyAddress = Array.from({ length: 254 }, (_, at) => numberToIpv4(0xac1e0001 + at))
  const datagram = (to: string) => ({ from: address, to, port: marked, text: 'attack' })
  return [
    ...everyAddress.map((to) => arpRequest(own, address, to)),
    ...everyAddress.map((to) => udpFrame(gatewayMac, own, datagram(to))),
    ...['172.30.0.255', '255.255.255.255', '224.0.0.1'].map((to) =>
      udpFrame(broadcast, own, datagram(to)),
    ),
    ...[own, gatewayMac, ...blue.map(mac)].map(experimentFrame),
    ...blue.map((name) => udpFrame(mac(name), own, datagram(vms[name].secured.address))),
    ...blue.map((name) => ethernet(mac(name), mac('blue1'), experiment, Buffer.alloc(46))),
  ]
}

function experimentFrame(from: string): Buffer {
  return ethernet(broadcast, from, experiment, Buffer.alloc(46))
}
