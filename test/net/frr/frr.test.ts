import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { createFrr, frrFacts, proveConfig } from '../../../agent/frr/index.ts'
import type { Bgp, HostSpec } from '../../../lib/contract/index.ts'
import { createFabric, type Node, startDaemons, until } from './fabric.ts'
import { debian13, type FrrRelease, installed } from './release.ts'

const gatewayMac = '02:00:5e:00:01:01'
const addresses = { r1: '10.180.0.1', r2: '10.180.0.2', c1: '10.180.0.3', c2: '10.180.0.4' }

const prove = (node: Node) => (file: string) => proveConfig(node.programs, file)

function spec(name: keyof typeof addresses, peers: (keyof typeof addresses)[]): HostSpec {
  const roleOf = (node: string): Bgp['role'] => (node.startsWith('r') ? 'reflector' : 'client')
  return {
    version: 1,
    epoch: 1,
    generation: 1,
    server: name,
    hostname: name,
    public: { address: '51.15.0.1', neighbour: 'none' },
    underlay: {
      medium: { kind: 'link', device: 'scwpn' },
      address: `${addresses[name]}/24`,
      gateway: null,
      mtu: 1500,
    },
    bgp: {
      asn: 65000,
      role: roleOf(name),
      clusterId: roleOf(name) === 'reflector' ? '10.180.0.1' : null,
      neighbours: peers.map((peer) => ({ address: addresses[peer], role: roleOf(peer) })),
      password: 'a-shared-password',
    },
    networks: [],
    publicNetworks: [],
    elastics: [],
    ports: [],
    firewall: { management: [] },
    pools: { links: '100.96.0.0/11', elastic: '100.64.0.0/16' },
  }
}

function files({ runDirectory, configFile }: Node) {
  return { runDirectory, configFile }
}

const newer = await debian13()
t.test(`configured by deltas only: ${installed.title}`, (t) => functional(t, installed))
if (typeof newer === 'string')
  t.test('configured by deltas only: the FRR of Debian 13', { skip: newer }, async () => {})
else t.test(`configured by deltas only: ${newer.title}`, (t) => functional(t, newer))

/** What a fleet needs of FRR, on three hosts: two reflectors and a client. */
async function functional(t: Test, release: FrrRelease): Promise<void> {
  const fabric = await createFabric(release)
  t.teardown(() => fabric.close())
  const nodes = {
    r1: await fabric.node('r1', addresses.r1),
    r2: await fabric.node('r2', addresses.r2),
    c1: await fabric.node('c1', addresses.c1),
  }
  const announcer = (node: Node) => async (device: string, address: string) => {
    await node.exec('ip', 'address', 'replace', address, 'dev', device)
  }
  const port = (node: Node) =>
    createFrr({ ...files(node), gatewayMac, prove: prove(node), announce: announcer(node) })
  const established = async (node: Node) =>
    (await frrFacts(node.runDirectory)).sessions.filter(({ state }) => state === 'Established')

  await t.test('what is planned is what is then done', async (t) => {
    const wanted = spec('r1', ['r2', 'c1'])
    const planned = await port(nodes.r1).plan(wanted)
    t.ok(planned.length > 20)
    t.notMatch(JSON.stringify(planned), /a-shared-password/)
    t.same(await port(nodes.r1).apply(wanted), { steps: planned, faults: [] })
    t.match(await readFile(nodes.r1.configFile, 'utf8'), /router bgp 65000/)
    t.equal(
      (await nodes.r1.exec('stat', '-c', '%U:%G %a', '/etc/frr/frr.conf')).trim(),
      'frr:frr 640',
    )
  })

  await t.test('sessions with a password establish between reflectors and client', async (t) => {
    t.same((await port(nodes.r2).apply(spec('r2', ['r1', 'c1']))).faults, [])
    t.same((await port(nodes.c1).apply(spec('c1', ['r1', 'r2']))).faults, [])
    for (const node of Object.values(nodes)) {
      await until(async () => (await established(node)).length === 2)
    }
    const peers = await until(async () => {
      const seen = JSON.parse(await nodes.c1.exec('vtysh', '-c', 'show bfd peers json'))
      return seen.every((peer: Record<string, unknown>) => peer['status'] === 'up') && seen
    })
    t.same(
      peers.map((peer: Record<string, unknown>) => peer['transmit-interval']),
      [300, 300, 300, 300],
      'both forms to both reflectors',
    )
    const { bfd, silent: silentDaemons } = await frrFacts(nodes.c1.runDirectory)
    t.same(silentDaemons, [])
    t.same(
      bfd.map(({ neighbour, state }) => [neighbour, state]).toSorted(),
      [
        [addresses.r1, 'up'],
        [addresses.r2, 'up'],
      ],
      'told once for each neighbour',
    )
  })

  await t.test('the second apply sends nothing', async (t) => {
    for (const [name, peers] of [
      ['r1', ['r2', 'c1']],
      ['c1', ['r1', 'r2']],
    ] as const) {
      t.same(await port(nodes[name]).apply(spec(name, [...peers])), { steps: [], faults: [] })
    }
  })

  await t.test('it is known what was in force at the last look, and nothing else', async (t) => {
    const [wanted, other] = [spec('c1', ['r1', 'r2']), spec('c1', ['r1'])]
    const frr = port(nodes.c1)
    t.equal(frr.knows?.(wanted), false, 'not before it was looked at')
    await frr.apply(wanted)
    t.same([frr.knows?.(wanted), frr.knows?.(other)], [true, false])
    t.equal(frr.knows?.({ ...wanted, elastics: [] }), true, 'whatever else the spec says')
  })

  await t.test('VTEPs and MACs travel, the gateway MAC does not', async (t) => {
    for (const node of [nodes.c1, nodes.r1]) {
      await node.exec('ip', 'link', 'add', 'onebr7', 'type', 'bridge')
      await node.exec(
        ...['ip', 'link', 'add', 'scwpn.7', 'type', 'vxlan', 'id', '7', 'dstport', '4789'],
        ...['local', node.address, 'nolearning'],
      )
      await node.exec('ip', 'link', 'set', 'scwpn.7', 'master', 'onebr7')
      await node.exec('ip', 'link', 'set', 'onebr7', 'up')
      await node.exec('ip', 'link', 'set', 'scwpn.7', 'up')
    }
    await nodes.c1.exec('ip', 'link', 'add', 'tap0', 'type', 'veth', 'peer', 'name', 'vm0')
    await nodes.c1.exec('ip', 'link', 'set', 'tap0', 'master', 'onebr7', 'up')
    for (const mac of ['02:00:ac:1e:00:02', gatewayMac]) {
      await nodes.c1.exec('bridge', 'fdb', 'add', mac, 'dev', 'tap0', 'master', 'static')
    }
    const [vni] = await until(async () => {
      const { vnis } = await frrFacts(nodes.r1.runDirectory)
      return vnis[0]?.remoteVteps.length && vnis[0].macs > 0 ? vnis : undefined
    })
    t.match(vni, { vni: 7, device: 'scwpn.7', macs: 1, remoteVteps: [addresses.c1] })
    const macs = await nodes.r1.exec('vtysh', '-c', 'show evpn mac vni 7 json')
    t.match(macs, '02:00:ac:1e:00:02')
    t.notMatch(macs, gatewayMac)
    const floods = await nodes.r1.exec('vtysh', '-c', 'show bgp l2vpn evpn route type multicast')
    for (const { address } of [nodes.c1, nodes.r1]) {
      t.ok(floods.includes(`[3]:[0]:[32]:[${address}]`), `type 3 of ${address} is there`)
    }
    const fdb = await nodes.r1.exec('bridge', 'fdb', 'show', 'dev', 'scwpn.7')
    t.match(fdb, /02:00:ac:1e:00:02 dst 10\.180\.0\.3 self/)
    t.notMatch(fdb, /00:00:00:00:00:00/, 'and the flood list stays the agent’s own')
  })

  await t.test('a neighbour joins and leaves without a reset of the others', async (t) => {
    const before = await established(nodes.r1)
    const joined = await port(nodes.r1).apply(spec('r1', ['r2', 'c1', 'c2']))
    t.same(
      joined.steps.map(({ sentence }) => sentence).filter((text) => text.includes('bgpd')),
      ['Tell bgpd: router bgp 65000 / neighbor 10.180.0.4 peer-group clients'],
    )
    const c2 = await fabric.node('c2', addresses.c2)
    t.same((await port(c2).apply(spec('c2', ['r1']))).faults, [])
    await until(async () => (await established(nodes.r1)).length === 3)
    t.same((await port(nodes.r1).apply(spec('r1', ['r2', 'c1']))).faults, [])
    const after = await established(nodes.r1)
    t.same(
      after.map(({ neighbour }) => neighbour).sort(),
      before.map(({ neighbour }) => neighbour).sort(),
    )
    for (const { neighbour, uptimeMs } of before) {
      const now = after.find((session) => session.neighbour === neighbour)
      t.ok((now?.uptimeMs ?? 0) >= uptimeMs, `${neighbour} was never reset`)
    }
  })

  await t.test('lines of somebody else are removed, roles change by deltas', async (t) => {
    await nodes.c1.exec(
      ...['vtysh', '-c', 'configure terminal', '-c', 'router bgp 65000'],
      ...['-c', 'neighbor fabric shutdown', '-c', 'neighbor 10.9.9.9 remote-as 65000'],
    )
    const repaired = await port(nodes.c1).apply(spec('c1', ['r1', 'r2']))
    t.same(repaired.faults, [])
    t.same(repaired.steps.length, 2)
    const mesh = spec('r1', ['r2', 'c1'])
    const changed = await port(nodes.r1).apply({
      ...mesh,
      bgp: { ...mesh.bgp, role: 'mesh', clusterId: null, password: 'another-password' },
    })
    t.same(changed.faults, [])
    t.same((await port(nodes.r1).apply(mesh)).faults, [])
    await until(async () => (await established(nodes.r1)).length === 2)
  })

  await t.test('FRR that starts anew from the file is as it was', async (t) => {
    // Until it is gone it holds its lock and its port, and no other can start.
    const end =
      'pid=$(cat /run/frr/bgpd.pid); kill $pid; while [ -e /proc/$pid/exe ]; do sleep 0.1; done'
    await nodes.c1.exec('sh', '-c', end)
    const outcome = await until(async () => {
      const tried = await port(nodes.c1).apply(spec('c1', ['r1', 'r2']))
      return tried.faults.length > 0 ? tried : undefined
    })
    t.match(outcome.faults, [/bgpd does not answer/])
    await nodes.c1.exec('sh', '-ec', startDaemons.replace('mgmtd zebra bgpd bfdd', 'bgpd'))
    await nodes.c1.exec('vtysh', '-b')
    t.same(await port(nodes.c1).apply(spec('c1', ['r1', 'r2'])), { steps: [], faults: [] })
  })

  await t.test('zebra knows the VTEP’s address however its device got its name', async (t) => {
    const wanted = spec('c1', ['r1', 'r2'])
    const { address } = wanted.underlay
    // zebra 10.3 aborts when a device takes a name a second time (FRR #21950).
    const times = release === installed ? 12 : 1
    for (let time = 0; time < times; time++) {
      // As the agent does it: zebra 8.4 may lose the address while it digests the new name.
      await nodes.c1.exec('ip', 'link', 'set', 'scwpn', 'down', 'name', `pn${time}`)
      await nodes.c1.exec('ip', 'link', 'set', `pn${time}`, 'name', 'scwpn')
      await nodes.c1.exec('ip', 'link', 'set', 'scwpn', 'up')
      await nodes.c1.exec('ip', 'address', 'replace', address, 'dev', 'scwpn')
      t.same((await port(nodes.c1).apply(wanted)).faults, [])
      t.match(await nodes.c1.exec('vtysh', '-c', 'show interface scwpn'), `inet ${address}`)
    }
  })

  await t.test(
    'a configuration that FRR would not take is refused before it is used',
    async (t) => {
      const before = await readFile(nodes.c1.configFile, 'utf8')
      const frr = createFrr({
        runDirectory: nodes.c1.runDirectory,
        configFile: nodes.c1.configFile,
        gatewayMac: 'not a mac',
        prove: prove(nodes.c1),
        announce: announcer(nodes.c1),
      })
      const outcome = await frr.apply(spec('c1', ['r1', 'r2']))
      t.same(outcome.steps, [])
      t.equal(outcome.faults.length, 1)
      t.equal(await readFile(nodes.c1.configFile, 'utf8'), before)
    },
  )
}
