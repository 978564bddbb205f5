import { writeFile } from 'node:fs/promises'
import { until } from '../../net/fleet/machine.ts'
import { createFabric, type Node } from '../../net/frr/fabric.ts'
import { forgets } from './forgets.ts'

const device = 'scwpn.3'

/**
 * The incumbent's frr.conf: a reflector that listens, hosts that dial it, FRR's own timers (60 and
 * 180 s), no BFD. Returns how long a cut host stays in the other's tables, in ms.
 */
export async function withDefaultTimers(): Promise<number> {
  const fabric = await createFabric()
  try {
    const reflector = await fabric.node('rr', '10.180.0.1')
    const hosts = [await fabric.node('a', '10.180.0.2'), await fabric.node('b', '10.180.0.3')]
    await configure(reflector, [
      ' bgp cluster-id 10.180.0.1',
      ' bgp listen range 10.180.0.0/24 peer-group fabric',
      ' address-family l2vpn evpn',
      '  neighbor fabric activate',
      '  neighbor fabric route-reflector-client',
      ' exit-address-family',
    ])
    for (const host of hosts) {
      await configure(host, [
        ' neighbor 10.180.0.1 peer-group fabric',
        ' address-family l2vpn evpn',
        '  neighbor fabric activate',
        '  advertise-all-vni',
        ' exit-address-family',
      ])
      await host.exec(
        'sh',
        '-ec',
        `ip link add onebr1 type bridge; ip link add ${device} type vxlan id 3 dstport 4789 local ${host.address} nolearning
        ip link set ${device} master onebr1; ip link set onebr1 up; ip link set ${device} up
        ip link add tap type veth peer name vm; ip link set tap master onebr1 up; ip link set vm up`,
      )
    }
    const [survivor, victim] = hosts as [Node, Node]
    const mac = '02:00:ac:1e:00:0b'
    await victim.exec('bridge', 'fdb', 'add', mac, 'dev', 'tap', 'master', 'static')
    const knows = async () =>
      (await survivor.exec('bridge', 'fdb', 'show', 'dev', device)).includes(mac)
    await until('the other to know the VM', knows, 200)
    const gone = forgets(survivor.pid, mac)
    await gone.listens
    const cut = performance.now()
    await victim.exec('ip', 'link', 'set', 'scwpn', 'down')
    return (await gone.at) - cut
  } finally {
    await fabric.close()
  }
}

async function configure(node: Node, lines: readonly string[]): Promise<void> {
  const text = [
    'router bgp 65000',
    ` bgp router-id ${node.address}`,
    ' no bgp default ipv4-unicast',
    ' neighbor fabric peer-group',
    ' neighbor fabric remote-as 65000',
    ...lines,
    'exit',
    '',
  ].join('\n')
  await writeFile(node.configFile, text)
  await node.exec('vtysh', '-b')
}
