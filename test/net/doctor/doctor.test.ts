import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { diagnose, type Question, type Report } from '../../../agent/doctor/index.ts'
import { type Status, serveStatus } from '../../../agent/status.ts'
import type { HostSpec, VmPort } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import type { Machine } from '../agent/fabric.ts'
import { createRoutedCluster, type RoutedHost, untilSeen } from './routed.ts'

// Some fifty breakages, one after the other, each looked at.
t.setTimeout(1_800_000)

const cluster = await createRoutedCluster()
t.teardown(() => cluster.close())
const { hosts } = cluster
const [h1, h2] = hosts

const port = (vm: number, network: number, address: string): VmPort => ({
  ...{ port: `one-${vm}-0`, vm, nic: 0, network, addresses: [address] },
  mac: `02:00:ac:1e:00:${10 + vm}`,
})
const red = port(1, 5, '172.30.0.11')
const far = port(2, 5, '172.30.0.12')
const open = port(5, 4, '100.64.0.3')
const elastic: HostSpec['elastics'][number] = {
  ...{ external: '195.154.0.1', address: '100.64.0.3', gateway: '100.64.0.2' },
  ...{ network: 4, port: 'one-5-0' },
}

const settle = (host: RoutedHost) => host.network.reconcile(host.spec)
const ask = (
  kind: Question['kind'],
  name: string,
  network: string | null = null,
): Promise<Report> =>
  diagnose(
    { kind, name, network },
    {
      exec: h1.exec,
      kept: { spec: h1.spec, at: 0 },
      controllers: [],
      running: { epoch: 1, generation: 1, connected: true, verdict: 'healthy', reasons: [] },
      frrRunDirectory: h1.runDirectory,
      frrPlan: h1.frr.plan,
    },
  )

let a: Machine
let e: Machine

/** The report once nothing is broken any more; the VM speaks now and then, as they do. */
type Asked = readonly [Question['kind'], string, (string | null)?]

function wellReport(question: Asked): Promise<Report> {
  return untilSeen(async () => {
    await a.tries('ping -c 1 -W 1 172.30.0.12')
    const report = await ask(...question)
    return report.first === null && report
  })
}

t.test('on a host as it should be no hop is broken, whatever is asked', async (t) => {
  h1.spec = {
    ...h1.spec,
    public: { ...h1.spec.public, neighbour: 'proxy' },
    ports: [red, open],
    elastics: [elastic],
  }
  h2.spec = { ...h2.spec, ports: [far] }
  for (const host of hosts) t.same((await settle(host)).faults, [])
  a = await cluster.plug(h1, {
    ...{ ...red, bridge: 'onebr5', address: '172.30.0.11/24', gateway: '172.30.0.1' },
  })
  e = await cluster.plug(h1, {
    ...{ ...open, bridge: 'onebr4', address: '100.64.0.3/31', gateway: '100.64.0.2' },
  })
  const b = await cluster.plug(h2, {
    ...{ ...far, bridge: 'onebr5', address: '172.30.0.12/24', gateway: '172.30.0.1' },
  })
  for (const host of hosts) t.same((await settle(host)).faults, [])
  await cluster.internet.sh('ip route add 195.154.0.1/32 via 51.15.0.11')
  await untilSeen(() => b.tries('ping -c 1 -W 1 172.30.0.11'))
  await e.sh('ping -c 1 203.0.113.10')
  for (const question of [
    ['vm', '1'],
    ['vm', 'one-5-0'],
    ['ip', '195.154.0.1'],
    ['ip', '172.30.0.12'],
    ['network', 'red'],
    ['network', '6'],
    ['ip', '10.180.0.12'],
    ['ip', '51.15.0.11'],
  ] as const) {
    const report = await wellReport(question)
    const hops = report.walks.flatMap(({ seen }) => seen)
    t.ok(hops.length >= 7, `${question.join(' ')}: ${hops.length} hops`)
    const unseen = hops.filter(({ verdict }) => verdict !== 'ok').map(({ hop }) => hop)
    t.same(unseen, question[1] === '195.154.0.1' || question[1] === 'one-5-0' ? ['cloud'] : [])
  }
})

interface Breakage {
  /** What is done to the host. */
  readonly damage: string
  readonly hop: string
  readonly says: RegExp
}

const vm1 = ['vm', '1'] as const
const ip = ['ip', '195.154.0.1'] as const
const there = ['ip', '172.30.0.12', 'red'] as const
const in4 = 'ip netns exec fx4'
const in5 = 'ip netns exec fx5'
const foreignRule = (rule: string) =>
  `nft 'add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; }; add rule ip filter FORWARD ${rule}'`

/** A VM's way out of its host, from the far end: each breakage is nearer to the VM than those before. */
const outwards: readonly Breakage[] = [
  {
    damage: 'bridge fdb del 00:00:00:00:00:00 dev scwpn.105 dst 10.180.0.12 via scwpn self',
    hop: 'flood list',
    says: /scwpn\.105 does not flood to 10\.180\.0\.12/,
  },
  { damage: 'ip link set scwpn.105 down', hop: 'vxlan', says: /scwpn\.105 is down/ },
  { damage: 'ip link set scwpn.105 nomaster', hop: 'vxlan', says: /is on no bridge/ },
  {
    damage:
      'ip link del scwpn.105; ip link add scwpn.105 type vxlan id 105 dstport 8472 local 10.180.0.11',
    hop: 'vxlan',
    says: /VNI 105 on UDP port 8472/,
  },
  { damage: foreignRule('iifname fxl5 drop'), hop: 'foreign rules', says: /FORWARD of ip filter/ },
  {
    damage: `nft delete element ip fx by_gateway '{ "fxl5" }'`,
    hop: 'host rules',
    says: /by_gateway of .* lacks fxl5/,
  },
  { damage: 'nft flush chain ip fx leave', hop: 'host rules', says: /chain leave .* 0 of its 1/ },
  { damage: 'sysctl -qw net.ipv4.ip_forward=0', hop: 'forwarding', says: /ip_forward is 0/ },
  {
    damage: 'ip route del default via 10.180.0.1 table 100005',
    hop: 'egress',
    says: /no route default to 10\.180\.0\.1/,
  },
  { damage: 'ip rule del iif fxl5', hop: 'egress', says: /comes from fxl5 is not routed/ },
  { damage: 'ip link set scwpn mtu 1400', hop: 'underlay', says: /MTU 1400, not 1500/ },
  { damage: 'ip addr add 10.9.9.9/24 dev scwpn', hop: 'underlay', says: /10\.9\.9\.9\/24/ },
  { damage: 'ip link set scwpn down', hop: 'underlay', says: /scwpn is down/ },
  {
    damage: 'ip neigh del 172.30.0.11 dev onebr5',
    hop: 'neighbour',
    says: /172\.30\.0\.11 is not known .* on onebr5/,
  },
  {
    damage: 'ip -n fx5 neigh del 172.30.0.11 dev r0',
    hop: 'neighbour',
    says: /172\.30\.0\.11 is not known .* on r0 in fx5/,
  },
  { damage: 'ip link set fxr5 alias half-done', hop: 'applied', says: /fx5 is not marked/ },
  { damage: 'ip addr flush dev fxl5', hop: 'link', says: /fxl5 lacks address 100\.96\.0\.10/ },
  { damage: `${in5} nft flush ruleset`, hop: 'inside', says: /ip fx in fx5 is not loaded/ },
  { damage: `${in5} ip route del default`, hop: 'inside', says: /no route default/ },
  { damage: `${in5} sysctl -qw net.ipv4.ip_forward=0`, hop: 'inside', says: /is 0 in fx5/ },
  {
    damage: 'bridge fdb del 02:00:5e:00:01:01 dev fxr5 master',
    hop: 'gateway',
    says: /not pinned to fxr5/,
  },
  { damage: `${in5} ip addr flush dev r0`, hop: 'gateway', says: /lacks address 172\.30\.0\.1/ },
  {
    damage: `${in5} ip link set r0 address 02:00:00:00:00:77`,
    hop: 'gateway',
    says: /MAC in fx5 is 02:00:00:00:00:77/,
  },
  {
    damage: 'ip link set fxr5 nomaster',
    hop: 'router',
    says: /fxr5 is on no bridge/,
  },
  { damage: 'umount /run/netns/fx5', hop: 'router', says: /a name without a namespace/ },
  { damage: 'ip netns delete fx5', hop: 'router', says: /namespace fx5 is not there/ },
  { damage: foreignRule('oifname onebr5 drop'), hop: 'filter', says: /frame on onebr5/ },
  {
    damage: 'sysctl -qw net.bridge.bridge-nf-call-iptables=0',
    hop: 'br_netfilter',
    says: /is 0, not 1/,
  },
  { damage: 'nft delete table netdev fx', hop: 'deaf', says: /netdev fx is not loaded/ },
  { damage: 'ip link set onebr5 mtu 1400', hop: 'bridge', says: /MTU 1400, not 1450/ },
  { damage: 'ip link set onebr5 down', hop: 'bridge', says: /onebr5 is down/ },
  {
    damage: `nft delete element bridge fx macs '{ "one-1-0" . ${red.mac} }'`,
    hop: 'guard',
    says: /lacks one-1-0 \. 02:/,
  },
  {
    damage: `ip link set onebr5 up; bridge fdb replace ${red.mac} dev one-7-0 master static`,
    hop: 'mac',
    says: /believed to be on one-7-0/,
  },
  { damage: 'ip link set one-1-0 mtu 1300', hop: 'tap', says: /MTU 1300, less than 1450/ },
  { damage: 'ip link set one-1-0 down', hop: 'tap', says: /one-1-0 is down/ },
  { damage: 'ip link set one-1-0 nomaster', hop: 'tap', says: /on no bridge, not on onebr5/ },
]

/** From the VM to the world. */
const inwards: readonly Breakage[] = [
  {
    // As the stock elastic driver does.
    damage: 'ip route add 100.64.0.3/32 dev onebr4',
    hop: 'bridge',
    says: /stray route to 100\.64\.0\.3 on onebr4/,
  },
  {
    damage: 'ip -n fx4 neigh del 100.64.0.3 dev r0',
    hop: 'neighbour',
    says: /100\.64\.0\.3 is not known/,
  },
  { damage: 'ip -n fx4 route del 100.64.0.3', hop: 'proxy', says: /no route 100\.64\.0\.3/ },
  {
    damage: 'ip -n fx4 neigh del proxy 100.64.0.2 dev r0',
    hop: 'proxy',
    says: /nobody answers ARP for 100\.64\.0\.2/,
  },
  {
    damage: `${in4} nft delete element ip fx vms '{ 100.64.0.3 }'`,
    hop: 'NAT',
    says: /vms of .* lacks 100\.64\.0\.3/,
  },
  {
    damage: `${in4} nft delete element ip fx outward '{ 100.64.0.3 : 195.154.0.1 }'`,
    hop: 'NAT',
    says: /outward of .* lacks 100\.64\.0\.3 : 195/,
  },
  {
    damage: `${in4} nft delete element ip fx inward '{ 195.154.0.1 : 100.64.0.3 }'`,
    hop: 'NAT',
    says: /inward of .* lacks 195\.154\.0\.1 : 100/,
  },
  { damage: `${in4} ip route del default`, hop: 'inside', says: /no route default/ },
  { damage: 'ip link set fxr4 down', hop: 'router', says: /fxr4 is down/ },
  {
    // As docker leaves it.
    damage: `nft 'add table ip filter; add chain ip filter USER; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }
      add rule ip filter USER return
      add rule ip filter FORWARD jump USER
      add rule ip filter FORWARD oifname docker0 ct state established,related accept'`,
    hop: 'foreign rules',
    says: /policy drop of chain FORWARD of ip filter drops what goes from eth0 to fxl4/,
  },
  { damage: 'sysctl -qw net.ipv4.ip_forward=0', hop: 'forwarding', says: /ip_forward is 0/ },
  { damage: 'ip route del 195.154.0.1', hop: 'route', says: /no route 195\.154\.0\.1/ },
  { damage: 'ip addr flush dev fxl4', hop: 'link', says: /fxl4 lacks address/ },
  {
    damage: "nft delete element ip fx elastics '{ 195.154.0.1 }'",
    hop: 'door',
    says: /elastics of .* lacks 195\.154\.0\.1/,
  },
  {
    damage: "nft add element ip fx unarmed '{ 195.154.0.1 }'",
    hop: 'door',
    says: /unarmed of .* has 195\.154\.0\.1/,
  },
  {
    damage: 'ip neigh del proxy 195.154.0.1 dev eth0',
    hop: 'ARP',
    says: /nobody answers ARP for 195\.154\.0\.1 on eth0/,
  },
  { damage: 'ip route del default', hop: 'public NIC', says: /no default route/ },
  { damage: 'ip link set one-5-0 nomaster', hop: 'armed', says: /on no bridge, not on onebr4/ },
]

const sequences: readonly { asked: Asked; breakages: readonly Breakage[]; mend: string }[] = [
  {
    asked: vm1,
    breakages: outwards,
    mend: `ip link del one-7-0 || true; nft delete table ip filter || true
      ip link set one-1-0 master onebr5; ip link set one-1-0 mtu 1500; ip link set one-1-0 up`,
  },
  {
    asked: ip,
    breakages: inwards,
    mend: `ip route replace default via 51.15.0.1; nft delete table ip filter || true
      ip link set one-5-0 master onebr4; ip link set one-5-0 up`,
  },
]

for (const { asked, breakages, mend } of sequences) {
  t.test(
    `the first broken hop of ${asked.join(' ')} is named, whatever lies behind it`,
    async (t) => {
      // Whatever comes of it, the next test finds a whole host.
      t.teardown(async () => {
        await h1.tries(mend)
        for (let round = 0; round < 2; round++) await settle(h1)
        await wellReport(asked)
      })
      await h1.tries(
        'ip link add one-7-0 type veth peer name far; ip link set one-7-0 master onebr5',
      )
      for (const { damage, hop, says } of breakages) {
        await h1.sh(damage)
        const { first } = await ask(...asked)
        t.equal(first?.hop, hop, damage)
        t.match(first?.says, says)
        t.ok(first?.fix, `and what to do: ${first?.fix}`)
      }
    },
  )
}

t.test('a guest that holds no end of its tap is told from a tap that is down', async (t) => {
  await a.sh('ip link set eth0 down')
  const { first } = await ask('vm', '1')
  t.match(first, { hop: 'tap', says: /no carrier/ })
  await a.sh('ip link set eth0 up; ip route replace default via 172.30.0.1')
})

/** Once more, until what travels has arrived. */
const namedAs = async (question: Asked, hop: string): Promise<Report['first']> =>
  untilSeen(async () => {
    const { first } = await ask(...question)
    return first?.hop === hop && first
  })

const whole = async (question: Asked): Promise<void> => {
  await wellReport(question)
}

t.test('trouble on the way to another host is named, and which host', async (t) => {
  await whole(there)
  await h2.sh('ip link set scwpn mtu 1400')
  t.match(await namedAs(vm1, 'path MTU'), { says: /10\.180\.0\.12 answers small packets/ })
  t.match(await namedAs(there, 'path MTU'), { says: /10\.180\.0\.12/ })
  t.equal((await ask('ip', '10.180.0.13')).first, null, 'the third host is another way')
  await settle(h2)
  await whole(there)

  await h2.sh('ip link set scwpn down')
  t.match(await namedAs(['ip', '10.180.0.12'], 'path MTU'), { says: /does not answer/ })
  await settle(h2)
  await whole(there)
})

t.test('a daemon that died here, and one that died there', async (t) => {
  await h1.kill('bgpd')
  t.match(await namedAs(vm1, 'FRR'), { says: 'bgpd does not answer', fix: /systemctl .* frr/ })
  await h1.start('bgpd')
  await settle(h1)
  await whole(there)

  await h2.kill('bgpd')
  t.match(await namedAs(vm1, 'BGP'), { says: /10\.180\.0\.12/ })
  t.equal((await ask('ip', '10.180.0.13')).first, null)
  await h2.start('bgpd')
  await settle(h2)
  await whole(there)
})

t.test('a hand that changed FRR is told from a session that is down', async (t) => {
  await h1.sh(
    "vtysh -c 'configure terminal' -c 'router bgp 65000' -c 'neighbor 10.180.0.12 shutdown'",
  )
  t.match(await namedAs(vm1, 'FRR config'), { says: /neighbor 10\.180\.0\.12 shutdown/ })
  await settle(h1)
  await whole(there)
  // There it is the other's configuration, which cannot be seen from here.
  await h2.sh(
    "vtysh -c 'configure terminal' -c 'router bgp 65000' -c 'neighbor 10.180.0.11 shutdown'",
  )
  t.match(await namedAs(vm1, 'BGP'), { says: /10\.180\.0\.12 is \w+ \(last: .*Admin/ })
  await settle(h2)
  await whole(there)
})

t.test('a host that no longer has the network sends no type-3 route', async (t) => {
  await h2.sh('ip link delete scwpn.105')
  t.match(await namedAs(['network', 'red'], 'type-3'), { says: /10\.180\.0\.12/ })
  await settle(h2)
  await whole(['network', 'red'])
})

t.test('a VM that left its host is announced by nobody', async (t) => {
  await whole(there)
  await h2.sh('ip link set one-2-0 nomaster; ip neigh del 172.30.0.12 dev onebr5')
  t.match(await namedAs(there, 'type-2'), { says: /no host announces 172\.30\.0\.12/ })
  await h2.sh('ip link set one-2-0 master onebr5')
  await settle(h2)
  await whole(there)
})

t.test('an FDB entry that leads to the wrong host is found', async (t) => {
  await h1.sh(
    `bridge fdb replace ${far.mac} dev scwpn.105 dst 10.180.0.13 self extern_learn; bridge fdb replace ${far.mac} dev scwpn.105 master extern_learn`,
  )
  t.match((await ask(...there)).first, {
    hop: 'FDB',
    says: /10\.180\.0\.13, not to 10\.180\.0\.12/,
  })
  await h1.sh(`bridge fdb replace ${far.mac} dev scwpn.105 dst 10.180.0.12 self extern_learn`)
})

t.test(
  'an FDB entry of a hand is taken away, and frames are flooded until FRR speaks',
  async (t) => {
    await h1.sh(`bridge fdb replace ${far.mac} dev scwpn.105 dst 10.180.0.13 self permanent`)
    t.match((await ask(...there)).first, { says: /no longer send .* to 10\.180\.0\.13/ })
    await settle(h1)
    t.match((await ask(...there)).first, { hop: 'FDB', says: /packets to it are flooded/ })
    await h1.sh(`bridge fdb replace ${far.mac} dev scwpn.105 dst 10.180.0.12 self extern_learn`)
    await whole(there)
  },
)

t.test('the doctor changes nothing', async (t) => {
  const state = () =>
    h1.sh(
      'ip link; ip addr; ip route show table all; ip rule; ip neigh show nud permanent; ip neigh show proxy; nft -s list ruleset; ip netns list; ip netns exec fx4 nft -s list ruleset',
    )
  const before = await state()
  await ask(...vm1)
  await ask(...ip)
  await ask(...there)
  t.equal(await state(), before)
})

t.test('edge-agent doctor, beside a running agent and beside a dead one', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'doctor-cli-'))
  t.teardown(() => rm(home, { recursive: true, force: true }))
  // Entering a mount namespace leaves the working directory behind.
  const program = join(import.meta.dirname, '../../../agent/main.ts')
  const statusSocket = join(home, 'status.sock')
  const state = join(home, 'state')
  const { runDirectory, configFile } = h1
  const config = { server: 's', state, statusSocket, frr: { runDirectory, configFile } }
  await writeFile(join(home, 'config.json'), JSON.stringify(config))
  const agent = (...words: string[]) =>
    execa(
      'nsenter',
      [
        ...['-t', String(h1.pid), '-n', '-m', process.execPath, program],
        ...[...words, '--config', join(home, 'config.json')],
      ],
      { reject: false, stdin: 'ignore' },
    )
  const doctor = (...words: string[]) => agent('doctor', ...words)
  const fresh = await doctor('vm', '1')
  t.match(fresh, { exitCode: 2, stdout: '', stderr: /No specification was kept/ })
  await execa('mkdir', [state])
  await writeFile(join(state, 'last-good.json'), JSON.stringify(h1.spec))
  await whole(vm1)

  const dead = await doctor('vm', '1')
  t.equal(dead.exitCode, 1)
  t.match(dead.stdout, /^BROKEN {2}agent +no agent answers/)
  t.match(dead.stdout, /No hop is broken; but the agent is dead\.\nFix: `systemctl start/)

  const { epoch, generation } = h1.spec
  const status = { connected: false, epoch, generation, report: {} } as Status
  const report = { ...status.report, verdict: 'healthy' as const, reasons: [] }
  const served = await serveStatus(statusSocket, async () => ({ ...status, report }), silent)
  t.teardown(() => served.close())
  const well = await doctor('vm', '1')
  t.match(well, { exitCode: 0, stdout: /^ok {6}agent .*, without controller, and is healthy/ })
  t.match(well.stdout, /\nok {6}tap {2,}one-1-0 is on onebr5/)
  t.notMatch(well.stdout, '\u001b', 'no colour where there is no terminal')
  const data = JSON.parse((await doctor('ip', '195.154.0.1', '--json')).stdout)
  t.match(data, {
    first: null,
    agent: { verdict: /^ok$/ },
    walks: [{ seen: [{ hop: 'spec' }, { hop: 'mapping' }] }],
  })

  await h1.sh('ip neigh del proxy 195.154.0.1 dev eth0')
  const broken = await doctor('ip', '195.154.0.1')
  t.match(broken, {
    exitCode: 1,
    stdout: /\nFirst broken hop: ARP: .*\nFix: .*ip neighbour replace/,
  })
  t.match(await agent('plan'), { exitCode: 0, stdout: /answer ARP for 195\.154\.0\.1 on eth0/ })
  await settle(h1)
  t.match(await agent('plan'), { exitCode: 0, stdout: '', stderr: /Nothing to do\./ })
  t.match(await agent('plan', '--spec', '/none'), { exitCode: 2, stderr: /\/none cannot be read/ })

  t.match(await doctor('vm', '99'), { exitCode: 2, stdout: '', stderr: /known here: 1, 5/ })
  t.match(await doctor('ip', '172.30.0.1'), { exitCode: 2, stderr: /red.*blue.*--network/ })
  t.match(await doctor('vm'), { exitCode: 2, stderr: /doctor needs/ })
  t.match(await doctor('vm', '1', '--fix'), { exitCode: 2, stderr: /--fix/ })
  t.same(await readdir(state), ['last-good.json'], 'and it wrote nothing')
})
