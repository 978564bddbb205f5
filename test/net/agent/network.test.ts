import t from 'tap'
import { watchKernel } from '../../../agent/observe/index.ts'
import { createNetwork } from '../../../agent/reconcile/index.ts'
import { createObserver } from '../../../agent/reconcile/observer.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec, VmPort } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { type Cluster, createCluster, type Host, type Nic } from './cluster.ts'
import type { Machine } from './fabric.ts'
import { stateOf } from './state-of.ts'

const cluster: Cluster = await createCluster()
const { hosts, internet } = cluster
const [h1, h2, h3] = hosts

const red = (vm: number): Nic & VmPort => ({
  ...port(vm, 5, `02:00:ac:1e:00:${10 + vm}`, [`172.30.0.${10 + vm}`]),
  bridge: 'onebr5',
  address: `172.30.0.${10 + vm}/24`,
  gateway: '172.30.0.1',
})
const blue = (vm: number, last: number): Nic & VmPort => ({
  ...port(vm, 6, `02:00:ac:1f:00:${10 + vm}`, [`172.30.0.${last}`]),
  bridge: 'onebr6',
  address: `172.30.0.${last}/24`,
  gateway: '172.30.0.1',
})
/** A VM with an elastic address: its own is the second of a /31. */
const open = (vm: number, pair: number): Nic & VmPort => ({
  ...port(vm, 4, `02:00:64:40:00:${10 + vm}`, [`100.64.0.${2 * pair + 1}`]),
  bridge: 'onebr4',
  address: `100.64.0.${2 * pair + 1}/31`,
  gateway: `100.64.0.${2 * pair}`,
})

function port(vm: number, network: number, mac: string, addresses: string[]): VmPort {
  return { port: `one-${vm}-0`, vm, nic: 0, network, mac, addresses }
}

function elastic(vm: number, pair: number): HostSpec['elastics'][number] {
  return {
    external: `195.154.0.${pair}`,
    address: `100.64.0.${2 * pair + 1}`,
    gateway: `100.64.0.${2 * pair}`,
    network: 4,
    port: `one-${vm}-0`,
  }
}

const asPort = ({ port: name, vm, nic, network, mac, addresses }: VmPort): VmPort => ({
  port: name,
  vm,
  nic,
  network,
  mac,
  addresses,
})

async function settle(host: Host): Promise<string[]> {
  const { faults, steps } = await host.network.reconcile(host.spec)
  t.same(faults, [], `${host.name} has no fault`)
  return steps.map(({ sentence }) => sentence)
}

const pings = (from: Machine, to: string, more = ''): Promise<boolean> =>
  from.tries(`ping -c 2 -i 0.2 -W 1 ${more} ${to} | grep -q ' 0% packet loss'`)
/** The address a client in the internet sees this machine call from. */
const seenAs = (from: Machine): Promise<string> =>
  from.sh('exec 3<>/dev/tcp/203.0.113.10/8080; cat <&3')

const vms = {
  a: red(1),
  b: red(2),
  c: blue(3, 13),
  d: blue(4, 12),
  e: open(5, 1),
  f: open(6, 2),
}
let a: Machine
let b: Machine
let c: Machine
let d: Machine
let e: Machine
let f: Machine

/** Who calls here is told its own address. */
const stop = new AbortController()
const server =
  'require("net").createServer((s) => s.end(s.remoteAddress.replace("::ffff:", ""))).listen(8080)'
// It dies with this process, like the machines, however that ends.
const serving = internet.exec.follow(
  ['setpriv', '--pdeathsig', 'KILL', 'node', '-e', server],
  () => undefined,
  stop.signal,
)
t.teardown(async () => {
  stop.abort()
  await serving
  await cluster.fabric.close()
})

t.test(
  'a bare host becomes what its spec says, and a second look finds nothing to do',
  async (t) => {
    // What others own on this host must be there at the end, untouched.
    await h1.sh(`ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip link set docker0 up
    nft add table ip filter; nft 'add chain ip filter FORWARD { type filter hook forward priority 0; }'
    nft add rule ip filter FORWARD iifname docker0 counter accept`)
    h1.spec = { ...h1.spec, ports: [vms.a, vms.c, vms.e].map(asPort), elastics: [elastic(5, 1)] }
    h2.spec = { ...h2.spec, ports: [vms.b, vms.d].map(asPort), elastics: [] }
    h3.spec = { ...h3.spec, ports: [vms.f].map(asPort), elastics: [elastic(6, 2)] }
    for (const host of hosts) {
      t.not((await settle(host)).length, 0)
      t.same(await settle(host), [])
    }
  },
)

t.test(
  'an elastic address without its VM answers nothing and leaves no connection entry',
  async (t) => {
    await internet.sh(
      'ip route add 195.154.0.1/32 via 51.15.0.11; ip route add 195.154.0.2/32 via 51.15.0.13',
    )
    t.notOk(await pings(internet, '195.154.0.1', '-I 203.0.113.10'))
    t.equal(await h1.sh('conntrack -L 2>/dev/null | grep -c 195.154.0.1 || true'), '0')
    t.notMatch(await h1.sh('ip route'), '195.154.0.1')
  },
)

t.test('virtual machines of one network talk across hosts', async (t) => {
  a = await cluster.plug(h1, vms.a)
  b = await cluster.plug(h2, vms.b)
  c = await cluster.plug(h1, vms.c)
  d = await cluster.plug(h2, vms.d)
  e = await cluster.plug(h1, vms.e)
  f = await cluster.plug(h3, vms.f)
  for (const host of hosts) await settle(host)
  for (const host of hosts) t.same(await settle(host), [])
  t.ok(await pings(a, '172.30.0.12'))
  t.ok(await pings(b, '172.30.0.11'))
  t.match(
    await h1.sh('ip neigh show dev onebr5 nud permanent'),
    /172\.30\.0\.11 lladdr 02:00:ac:1e:00:11/,
  )
})

t.test('two networks with the same prefix never meet', async (t) => {
  t.ok(await pings(c, '172.30.0.12'), 'blue reaches its own 172.30.0.12')
  t.ok(await pings(c, '172.30.0.1'), 'and its own gateway')
  t.notOk(await pings(c, '172.30.0.11'), 'but not the red VM on the same host')
  t.notOk(await pings(a, '172.30.0.13'), 'nor the other way round')
})

t.test(
  'a VM without an elastic address leaves by the public gateway, and nowhere else',
  async (t) => {
    t.equal(await seenAs(a), '51.15.0.99')
    t.equal(await seenAs(d), '51.15.0.99')
    await h1.sh('ip link set scwpn down')
    t.notOk(await pings(a, '203.0.113.10'))
    await h1.sh('ip link set scwpn up')
    t.not((await settle(h1)).length, 0)
    t.equal(await seenAs(a), '51.15.0.99')
  },
)

t.test('a VM with an elastic address is reached by it and leaves with it', async (t) => {
  t.ok(await pings(internet, '195.154.0.1', '-I 203.0.113.10'))
  t.equal(await seenAs(e), '195.154.0.1')
  t.equal(await seenAs(f), '195.154.0.2')
  t.ok(await pings(e, '195.154.0.2'), 'and reaches the one on another host')
  t.ok(await pings(e, '195.154.0.1'), 'and itself')
  t.ok(await pings(h1, '195.154.0.1'), 'and the host reaches it')
})

t.test('tenants reach neither the underlay nor services of the host', async (t) => {
  for (const from of [a, e]) {
    t.notOk(await pings(from, '10.180.0.12'))
    t.notOk(await from.tries('timeout 1 bash -c "exec 3<>/dev/tcp/51.15.0.11/22"'))
  }
})

t.test('a tunnel packet from the internet is not let into a network', async (t) => {
  // A broadcast frame of protocol 0x88b5 (local experiments) in a VXLAN header for VNI 105.
  const frame = String.raw`\x08\0\0\0\0\0\x69\0\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x09\x88\xb5forged-forged-forged-forged-forged-forged-forged`
  // Only this frame is counted: the network has traffic of its own.
  await h1.sh(
    'nft "add table bridge probe; add chain bridge probe seen { type filter hook prerouting priority -400; }; add rule bridge probe seen ether type 0x88b5 counter"',
  )
  const taken = () => h1.sh("nft list table bridge probe | grep -o 'packets [0-9]*'")
  const forge = async () => {
    const before = await taken()
    await internet.sh(`printf '${frame}' > /dev/udp/51.15.0.11/4789`)
    return before !== (await taken())
  }
  t.notOk(await forge())
  await h1.sh('nft flush chain ip fx host_in')
  t.ok(await forge(), 'as it is without the guard')
  await settle(h1)
  t.notOk(await forge())
  await h1.sh('nft delete table bridge probe')
})

t.test('a VM that forges MAC or ARP is not believed', async (t) => {
  await e.sh('ip addr add 100.64.0.99/32 dev eth0')
  t.notOk(await pings(e, '203.0.113.10', '-I 100.64.0.99'))
  await e.sh('ip addr del 100.64.0.99/32 dev eth0; ip link set eth0 address 02:00:64:40:00:77')
  t.notOk(await pings(e, '203.0.113.10'))
  await e.sh(`ip link set eth0 address ${vms.e.mac}; ip route replace default via ${vms.e.gateway}`)
  t.ok(await pings(e, '203.0.113.10'))
})

t.test('a FORWARD chain whose policy drops does not eat what is routed', async (t) => {
  for (const backend of ['nft', 'legacy']) {
    const iptables = `iptables-${backend}`
    // What Docker or ufw set, and the stock driver's chain for bridged traffic.
    await h1.sh(`${iptables} -P FORWARD DROP; ${iptables} -N opennebula; ${iptables} -A opennebula -j ACCEPT
      ${iptables} -A FORWARD -m physdev --physdev-is-bridged -j opennebula`)
    const before = await h1.sh(`${iptables} -S`)
    t.notOk(await pings(internet, '195.154.0.1', '-I 203.0.113.10'), `${backend}: it does`)
    t.not((await settle(h1)).length, 0)
    t.same(await settle(h1), [])
    t.ok(await pings(internet, '195.154.0.1', '-I 203.0.113.10'), 'until we say what is ours')
    t.equal(await seenAs(e), '195.154.0.1')
    await h1.sh(`${iptables} -D FORWARD -o fxl+ -m comment --comment fx -j ACCEPT
      ${iptables} -A FORWARD -i fxl+ -m comment --comment fx -j ACCEPT`)
    t.equal((await settle(h1)).length, 2, 'one is missing, another is there twice')
    t.same(await settle(h1), [])
    const stranger = '-s 192.0.2.0/24 -j DROP'
    await h1.sh(`${iptables} -A FORWARD ${stranger}`)
    t.equal((await settle(h1)).length, 4, 'a rule added after ours')
    t.match(await h1.sh(`${iptables} -S FORWARD | tail -n 3`), /DROP\n.*fxl\+.*\n.*fxl\+/)
    t.same(await settle(h1), [])
    await h1.sh(`${iptables} -D FORWARD ${stranger}; ${iptables} -P FORWARD ACCEPT`)
    await settle(h1)
    t.equal(await h1.sh(`${iptables} -S`), before.replace('-P FORWARD DROP', '-P FORWARD ACCEPT'))
    await h1.sh(`${iptables} -D FORWARD -m physdev --physdev-is-bridged -j opennebula
      ${iptables} -F opennebula; ${iptables} -X opennebula`)
  }
})

t.test('a moved VM keeps both addresses', async (t) => {
  await h3.sh('ip link delete one-6-0')
  h1.spec = {
    ...h1.spec,
    generation: 2,
    ports: h1.spec.ports.filter(({ vm }) => vm !== 5 && vm !== 1),
    elastics: [],
  }
  h3.spec = {
    ...h3.spec,
    generation: 2,
    ports: [vms.a, vms.e].map(asPort),
    elastics: [elastic(5, 1)],
  }
  await cluster.unplug(h1, e, vms.e)
  await cluster.unplug(h1, a, vms.a)
  await cluster.replug(h3, e, vms.e)
  await cluster.replug(h3, a, vms.a)
  await settle(h3)
  await settle(h1)
  await internet.sh('ip route replace 195.154.0.1/32 via 51.15.0.13')
  t.ok(await pings(internet, '195.154.0.1', '-I 203.0.113.10'))
  t.equal(await seenAs(e), '195.154.0.1')
  t.ok(await pings(a, '172.30.0.12'))
  t.equal(await seenAs(a), '51.15.0.99')
  t.notMatch(await h1.sh('ip route; ip neigh'), /195\.154\.0\.1|172\.30\.0\.11/)
  t.notMatch(await h1.sh('ip netns exec fx4 nft list table ip fx'), '195.154.0.1')
})

t.test('what a hand deletes or bends comes back', async (t) => {
  const damages = [
    'ip link delete scwpn.106',
    'ip netns delete fx4',
    'ip link delete fxl5',
    'nft delete table bridge fx',
    'nft flush chain ip fx through',
    'bridge fdb del 00:00:00:00:00:00 dev scwpn.105 dst 10.180.0.11 via scwpn self',
    'ip link set one-5-0 nomaster; ip link set one-5-0 master onebr4',
    'ip rule del iif fxl6',
    'ip netns exec fx5 ip addr flush dev r0',
    'ip netns exec fx4 nft flush ruleset',
    'ip link set scwpn.105 master onebr6',
    'ip addr add 10.9.9.9/24 dev scwpn',
    'ip neigh add proxy 100.64.0.2 dev onebr4; ip link set onebr4 up; ip route add 100.64.0.3/32 dev onebr4',
    'sysctl -qw net.bridge.bridge-nf-call-iptables=0',
    'nft flush ruleset',
    'ip link set scwpn down; ip link set scwpn up',
    // What a kill between the two halves of `ip netns add`, or of `delete`, leaves behind.
    'umount /run/netns/fx4',
    'ip netns delete fx5; touch /run/netns/fx5',
  ]
  const before = stateOf(await h3.network.observed(h3.spec))
  for (const damage of damages) {
    await h3.sh(damage)
    t.not((await settle(h3)).length, 0, `noticed: ${damage}`)
    t.same(await h3.network.plan(h3.spec), [], `mended: ${damage}`)
  }
  // Deleting a bridge unplugs its ports; the hypervisor's are not ours to put back.
  await h3.sh('ip link delete onebr5')
  await settle(h3)
  await h3.sh('ip link set one-1-0 master onebr5')
  await settle(h3)
  t.same(stateOf(await h3.network.observed(h3.spec)), before)
  t.equal(await seenAs(e), '195.154.0.1')
  t.equal(await seenAs(a), '51.15.0.99')
})

t.test('a look that finds nothing to do takes few processes', async (t) => {
  const ran: string[] = []
  const network = createNetwork({
    exec: {
      ...h3.exec,
      run: (argv, options) => {
        ran.push(argv.slice(0, 2).join(' '))
        return h3.exec.run(argv, options)
      },
    },
    frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
    logger: silent,
    clock: createClock(),
  })
  t.same((await network.reconcile(h3.spec)).steps, [])
  // Host: ip, what ip does not know, sysctls; all three router namespaces: one glances, one reads.
  t.equal(ran.length, 5, ran.join(', '))
  const again = async () => {
    ran.length = 0
    t.same((await network.reconcile(h3.spec)).steps, [])
    return ran.join(', ')
  }
  // The second time it knows which sysctls to read, and what is right inside.
  t.equal(await again(), 'perl -e, /usr/bin/python3 -I, ip -j')
  t.equal(await again(), 'perl -e', 'and then that nothing changed')
  await h3.sh('ip link set onebr5 mtu 1400')
  t.not((await network.reconcile(h3.spec)).steps.length, 0)
})

t.test('tenants are not told what a cloud keeps at its link-local address', async (t) => {
  await h3.sh('nft insert rule ip fx through ip daddr 169.254.0.0/16 counter')
  await e.tries('ping -c 1 -W 1 169.254.42.42')
  t.match(await h3.sh('nft list chain ip fx through'), /169\.254\.0\.0\/16 counter packets [1-9]/)
  t.not((await settle(h3)).length, 0)
  const out = h3.sh('timeout 2 tcpdump -lni eth0 -c 1 dst net 169.254.0.0/16 2>/dev/null || true')
  await e.tries('ping -c 2 -i 0.3 -W 1 169.254.42.42')
  t.equal(await out, '')
})

t.test('BGP and BFD are heard from neighbours alone, VXLAN leaves no connection', async (t) => {
  const neighbours = [{ address: '10.180.0.12', role: 'mesh' as const }]
  h3.spec = { ...h3.spec, bgp: { ...h3.spec.bgp, neighbours } }
  await settle(h3)
  const listening = h3.exec.follow(
    ['setpriv', '--pdeathsig', 'KILL', 'node', '-e', 'require("net").createServer().listen(179)'],
    () => undefined,
    listen.signal,
  )
  t.teardown(async () => {
    listen.abort()
    await listening
  })
  const opens = (from: Machine, to: string) =>
    from.tries(`timeout 1 bash -c 'exec 3<>/dev/tcp/${to}/179'`)
  await untilTrue(() => opens(h2, '10.180.0.13'))
  t.notOk(await opens(h1, '10.180.0.13'), 'a host that is no neighbour')
  t.notOk(await opens(internet, '51.15.0.13'), 'the internet')
  t.ok(await pings(a, '172.30.0.12'))
  t.equal(await h3.sh('conntrack -L -p udp --dport 4789 2>/dev/null | grep -c 4789 || true'), '0')
})

const listen = new AbortController()

async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  for (let left = 50; left > 0; left--) if (await look()) return
  throw new Error('it never became true')
}

t.test('an address that the cloud asks for is answered and announced', async (t) => {
  await internet.sh('ip route replace 195.154.0.1/32 dev isp')
  t.notOk(await pings(internet, '195.154.0.1', '-I 203.0.113.10'))
  const heard = internet.sh(
    'timeout 20 tcpdump -lni isp -c 1 arp and src host 195.154.0.1 2>/dev/null',
  )
  h3.spec = { ...h3.spec, public: { ...h3.spec.public, neighbour: 'proxy' } }
  t.ok((await settle(h3)).includes('announce 195.154.0.1 on eth0'))
  t.match(await heard, '195.154.0.1')
  t.ok(await pings(internet, '195.154.0.1', '-I 203.0.113.10'))
  t.same(await h3.network.plan(h3.spec), [])
})

t.test('an address of a newer spec is served, or not, before anybody looks', async (t) => {
  const { spec } = h3
  const port = spec.elastics[0]?.port ?? ''
  // This process sees its own devices there, not the host's.
  const devices = t.testdir({ [port]: { master: t.fixture('symlink', '../onebr4') }, fxr4: {} })
  const reached: string[] = []
  const { look } = createObserver(h3.exec, silent)
  const network = createNetwork({
    ...{ exec: h3.exec, logger: silent, clock: createClock(), devices },
    frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
    observe: async (wanted, options) => {
      const answers = await pings(internet, '195.154.0.1', '-I 203.0.113.10')
      reached.push(`${wanted.generation}: ${answers}`)
      return look(wanted, options)
    },
  })
  for (const generation of [2, 3, 4]) {
    const elastics = generation === 3 ? [] : spec.elastics
    t.same((await network.reconcile({ ...spec, generation, elastics })).faults, [])
  }
  t.same(
    [...new Set(reached)],
    ['2: true', '3: false', '4: true'],
    'already at the first look of each',
  )
  t.same(await h3.network.plan(spec), [])
})

t.test('a bridge the stock driver made is adopted in place', async (t) => {
  const id = 30
  await h2.sh(`ip link add onebr30 type bridge; ip link add scwpn.130 type vxlan id 130 dstport 4789 ttl 16 local 10.180.0.12 dev scwpn
    ip link set scwpn.130 master onebr30; ip link set onebr30 up; ip link set scwpn.130 up
    ip link add onebr31 type bridge; ip link add scwpn.131 type vxlan id 131 dstport 8472 local 10.180.0.12 dev scwpn
    ip link set scwpn.131 master onebr31; ip link set onebr31 up; ip link set scwpn.131 up`)
  const index = (name: string) =>
    h2.sh(`cat /proc/self/net/dev >/dev/null; ip -o link show ${name} | cut -d: -f1`)
  const [bridge, tunnel, old] = [
    await index('onebr30'),
    await index('scwpn.130'),
    await index('scwpn.131'),
  ]
  const [template] = h2.spec.networks
  if (template === undefined) throw new Error('the red network is missing')
  const made = (number: number) => ({
    ...template,
    id: number,
    name: `made ${number}`,
    vni: 100 + number,
    bridge: `onebr${number}`,
    device: `scwpn.${100 + number}`,
  })
  h2.spec = { ...h2.spec, networks: [...h2.spec.networks, made(id), made(31)] }
  await settle(h2)
  t.equal(await index('onebr30'), bridge)
  t.equal(await index('scwpn.130'), tunnel)
  t.not(await index('scwpn.131'), old, 'a UDP port cannot be changed in place')
  t.same(await h2.network.plan(h2.spec), [])
})

t.test('a kernel change wakes the agent up', async (t) => {
  const woken = new Promise<void>((resolve) => {
    const monitor = watchKernel({
      exec: h2.exec,
      clock: createClock(),
      logger: silent,
      onChange: resolve,
    })
    t.teardown(() => monitor.close())
  })
  const change = setInterval(
    () => void h2.tries('ip link add probe type bridge || ip link delete probe'),
    100,
  )
  t.teardown(() => clearInterval(change))
  await woken
})

t.test('what is no longer wanted goes, and what others own stays', async (t) => {
  h1.spec = {
    ...h1.spec,
    generation: 3,
    networks: h1.spec.networks.filter(({ id }) => id !== 5),
    publicNetworks: [],
    ports: [],
  }
  await settle(h1)
  t.same(await settle(h1), [])
  const links = await h1.sh('ip -br link')
  t.notMatch(links, /onebr5|scwpn\.105|fxr5|fxl5|fxr4|fxl4/)
  t.match(links, /docker0/)
  t.match(await h1.sh('ip netns list'), /^fx6/)
  t.match(await h1.sh('nft list table ip filter'), /docker0/)
  t.match(await h1.sh('ip addr show docker0'), '172.17.0.1/16')
})

t.test('a hostile network is refused by name and the others are applied', async (t) => {
  const [blueNetwork] = h1.spec.networks
  if (blueNetwork === undefined) throw new Error('the blue network is missing')
  const hostile = [
    {
      ...blueNetwork,
      id: 20,
      name: 'underlay',
      vni: 120,
      bridge: 'onebr20',
      device: 'scwpn.120',
      gateway: '10.180.0.1/24',
    },
    { ...blueNetwork, id: 21, name: 'steals', vni: 121, bridge: 'docker0', device: 'scwpn.121' },
    { ...blueNetwork, id: 22, name: 'twin', vni: 106, bridge: 'onebr22' },
    { ...blueNetwork, id: 23, name: 'host', vni: 123, bridge: 'eth0', device: 'scwpn.123' },
  ]
  const good = {
    ...blueNetwork,
    id: 24,
    name: 'good',
    vni: 124,
    bridge: 'onebr24',
    device: 'scwpn.124',
  }
  const { ok, faults } = await h1.network.reconcile({
    ...h1.spec,
    networks: [...h1.spec.networks, ...hostile, good],
  })
  t.notOk(ok)
  t.equal(faults.length, hostile.length)
  for (const { name } of hostile)
    t.ok(
      faults.some((fault) => fault.includes(`"${name}"`)),
      name,
    )
  t.match(await h1.sh('ip -br link'), /onebr24/)
  t.match(await h1.sh('ip -br link'), /docker0/)
})
