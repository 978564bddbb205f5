import t from 'tap'
import { linkGroup, protocol, tableName } from '../../../agent/host/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { createCluster } from '../agent/cluster.ts'
import { secure } from './security-groups.ts'
import { elasticOf, vms } from './vms.ts'
import { difference } from './whole-state.ts'

const cluster = await createCluster()
t.teardown(() => cluster.fabric.close())
const [h1] = cluster.hosts
const guests = ['web', 'api', 'red1', 'red2'] as const

/** What docker, ufw, a VPN and an operator leave on a host, in every corner the agent works in. */
const strangers = `
  ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip link set docker0 up
  ip netns add box; ip link add veth7 type veth peer name eth0 netns box; ip link set veth7 master docker0 up
  ip netns exec box ip addr add 172.17.0.2/16 dev eth0; ip netns exec box ip link set eth0 up
  ip netns exec box nft add table ip fx
  ip link add br-lan type bridge mcast_snooping 1 forward_delay 1500; ip link set br-lan up
  ip link add vx9 type vxlan id 900 dstport 4789 local 51.15.0.11; ip link set vx9 master br-lan up
  ip link add vnet0 type veth peer name vnet0p; ip link set vnet0 master br-lan up
  bridge fdb append 00:00:00:00:00:00 dev vx9 dst 192.0.2.9
  bridge fdb add 02:aa:00:00:00:01 dev vnet0 master static
  ip addr add 192.0.2.1/24 dev br-lan
  ip route add 198.51.100.0/24 via 192.0.2.9 proto static; ip route add default via 192.0.2.9 table 300
  ip route add 198.18.0.0/15 dev docker0 proto bird; ip route add blackhole 203.0.113.128/25
  ip rule add pref 500 from 192.0.2.0/24 lookup 300; ip rule add pref 501 iif docker0 lookup 300
  ip rule add pref 999 fwmark 7 lookup 300
  ip neigh add 172.17.0.9 lladdr 02:aa:00:00:00:09 dev docker0 nud permanent
  ip neigh add proxy 192.0.2.77 dev br-lan
  nft add table inet firewalld; nft 'add chain inet firewalld in { type filter hook input priority 10; }'
  nft add rule inet firewalld in tcp dport 9 counter drop
  nft add table ip fx2; nft add set ip fx2 addresses '{ type ipv4_addr; }'; nft add element ip fx2 addresses '{ 192.0.2.5 }'
  nft add table bridge filter; nft add table netdev guard
  nft 'add chain netdev guard in { type filter hook ingress device "eth0" priority 5; }'
  iptables -P FORWARD DROP; iptables -N DOCKER; iptables -N ufw-before-forward
  iptables -A FORWARD -j ufw-before-forward; iptables -A FORWARD -o docker0 -j DOCKER
  iptables -A DOCKER -d 172.17.0.2 -p tcp --dport 80 -j ACCEPT
  iptables -t nat -N DOCKER; iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
  iptables -t nat -A PREROUTING -p tcp --dport 8081 -j DNAT --to 172.17.0.2:80
  ip6tables -N ufw6-before-input; ip6tables -A INPUT -j ufw6-before-input
  ipset create blocked hash:ip; ipset add blocked 192.0.2.66
  echo 1 > /proc/sys/net/ipv4/conf/docker0/rp_filter; echo 1 > /proc/sys/net/ipv4/conf/br-lan/proxy_arp`

t.test(
  "a host full of strangers' objects gets its network, and they are as they were",
  async (t) => {
    await h1.sh(strangers)
    const before = await theirs()
    const [empty] = [{ ...h1.spec, networks: [], publicNetworks: [] }]
    for (const spec of [h1.spec, empty, h1.spec]) {
      t.same((await h1.network.reconcile(spec)).faults, [])
      t.same(difference(before, await theirs()), [])
    }
  },
)

t.test(
  "OpenNebula's rules, sets and taps are as they were, whatever becomes of our networks",
  async (t) => {
    for (const name of guests) await cluster.plug(h1, vms[name].nic)
    h1.spec = { ...h1.spec, ports: guests.map((name) => vms[name].spec) }
    await secure(
      h1,
      guests.map((name) => vms[name].secured),
      'vxlan first',
    )
    await h1.sh('iptables -P FORWARD DROP')
    const unisolated = await theirs()
    await h1.network.reconcile(h1.spec)
    const before = await theirs()
    const changed = difference(unisolated, before)
    t.equal(changed.length, 4, 'only that the two taps of the public bridge are isolated')
    for (const line of changed) t.match(line, /^(gone|new): link one-[12]-0 /)

    for (const [title, change] of Object.entries(lives)) {
      const { faults } = await h1.network.reconcile({ ...h1.spec, ...change })
      t.same(faults, [], title)
      t.same(difference(before, await theirs()), [], `${title}: theirs is as it was`)
      t.same((await h1.network.reconcile({ ...h1.spec, ...change })).steps, [], 'and that is all')
      const { networks, publicNetworks } = { ...h1.spec, ...change }
      const routed = networks.some(({ gateway }) => gateway !== null) || publicNetworks.length > 0
      const forward = await h1.sh('iptables -S FORWARD')
      t.equal(forward.includes(' fxl+ '), routed, `${title}: FORWARD lets pass what is routed`)
    }
    for (let round = 0; round < 20; round++) await h1.network.reconcile(h1.spec)
    t.same(difference(before, await theirs()), [], 'after twenty more looks')
  },
)

const [red, blue] = h1.spec.networks as [HostSpec['networks'][number], HostSpec['networks'][number]]
const lives: Record<string, Partial<HostSpec>> = {
  'elastic addresses come': { elastics: [elasticOf('web'), elasticOf('api')] },
  'one changes hands': { elastics: [{ ...elasticOf('api'), external: '195.154.0.1' }] },
  'elastic addresses go': { elastics: [] },
  'the cloud asks for addresses': {
    elastics: [elasticOf('web')],
    public: { ...h1.spec.public, neighbour: 'proxy' },
  },
  'an operator closes SSH': { firewall: { management: ['192.0.2.0/24'] } },
  'egress moves to the host': { networks: [{ ...red, egress: 'host' }, blue] },
  'a network loses its gateway': { networks: [{ ...red, gateway: null }, blue] },
  'a network goes, its VMs still there': { networks: [blue] },
  'the public network goes, its VMs still there': { publicNetworks: [] },
  'all networks go': { networks: [], publicNetworks: [] },
  'no VM is known': { ports: [] },
  'all is back': {},
}

/** One line for each thing on the host that is not ours, in the words of the tool that shows it. */
async function theirs(): Promise<Set<string>> {
  // New IPv6 addresses are tentative for a second or two.
  await h1.sh('while ip -6 addr show tentative | grep -q .; do sleep 0.1; done')
  const json = async (command: string) => {
    // Ubuntu's iproute2 writes words of its own into the JSON of VXLAN devices.
    const output = (await h1.sh(command)).replaceAll(/(?<=[\d{])fan-map [^,}"]*/g, '')
    return output.trim() === '' ? [] : (JSON.parse(output) as Record<string, unknown>[])
  }
  const [links, addresses, routes, rules, fdb] = [
    await json('ip -j -d link'),
    await json('ip -j addr'),
    await json('ip -j route show table all'),
    await json('ip -j rule'),
    await json('bridge -j fdb'),
  ]
  const neighbours = [
    ...(await json('ip -j neigh show nud permanent')),
    ...(await json('ip -j neigh show proxy')),
  ]
  const { nftables } = JSON.parse(await h1.sh('nft -j list ruleset')) as {
    nftables: Record<string, Record<string, unknown>>[]
  }
  const own = new Set(
    links
      .filter(({ group, ifname }) => group === linkGroup || ifname === 'scwpn' || ifname === 'eth1')
      .map(({ ifname }) => ifname),
  )
  const isTheirs = ({ ifname, dev, protocol: mark }: Record<string, unknown>) =>
    !own.has(ifname ?? dev) && mark !== protocol
  const text = await h1.sh(`iptables-save | grep -v '^#'; ip6tables-save | grep -v '^#'; ipset save
    ip netns list | grep -v '^fx[0-9]' | sed 's/ (id.*//'
    ip netns exec box ip -j addr; ip netns exec box nft list ruleset
    grep -r . /proc/sys/net/ipv4/conf/docker0 /proc/sys/net/ipv4/conf/br-lan /proc/sys/net/ipv4/conf/vnet0`)
  return new Set([
    ...links
      .filter(isTheirs)
      .map(({ ifname, ...link }) => `link ${ifname} ${JSON.stringify(link, steady)}`),
    ...addresses.filter(isTheirs).map((one) => `address ${JSON.stringify(one)}`),
    ...routes.filter(isTheirs).map((one) => `route ${JSON.stringify(one)}`),
    ...rules.filter(isTheirs).map((one) => `rule ${JSON.stringify(one)}`),
    ...neighbours.filter(isTheirs).map((one) => `neighbour ${JSON.stringify(one)}`),
    ...fdb
      .filter((one) => isTheirs(one) && (one['state'] ?? '') !== '')
      .map((one) => `fdb ${JSON.stringify(one)}`),
    ...nftables
      .filter((entry) => {
        const [[kind, { name, table }] = ['', {}]] = Object.entries(entry)
        if (kind === 'metainfo' || isOurForwardRule(JSON.stringify(entry))) return false
        return (kind === 'table' ? name : table) !== tableName
      })
      .map(
        (entry) =>
          `nft ${JSON.stringify(entry, (key, value) => (key === 'packets' || key === 'bytes' ? 0 : value))}`,
      ),
    ...text
      .split('\n')
      // Counters of chains, and settings that the host's own switch for all devices turns.
      .map((line) => line.replace(/\[\d+:\d+\]/, ''))
      .filter((line) => !/conf\/[^/]+\/(forwarding|send_redirects|mc_forwarding)/.test(line))
      .filter((line) => !isOurForwardRule(line)),
  ])
}

/** The two at the end of a FORWARD chain that drops, as iptables and as nft show them. */
const isOurForwardRule = (text: string): boolean =>
  /-A FORWARD -[io] fxl\+ .*--comment fx /.test(text) || /"chain":"FORWARD".*"fxl\*"/.test(text)

/** Without what changes by itself: the timers of a bridge, and how many MACs it has learnt. */
function steady(key: string, value: unknown): unknown {
  return /_timer$|^fdb_n_learned$/.test(key) ? undefined : value
}
