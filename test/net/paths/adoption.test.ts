import t from 'tap'
import { createCluster, type Host, type Nic } from '../agent/cluster.ts'

const cluster = await createCluster()
t.teardown(() => cluster.fabric.close())
const [h1, h2] = cluster.hosts
const everyMs = 10

const nicOf = (vm: number): Nic => ({
  ...{ port: `one-${vm}-0`, bridge: 'onebr5', mac: `02:00:00:00:00:1${vm}` },
  ...{ address: `172.30.0.1${vm}/24`, gateway: null },
})

/**
 * As the stock vxlan driver makes a network at the first VM of a host: nothing set on bridge and
 * port, a time to live on the tunnel, its source the first address of the PHYDEV.
 */
async function stockDriver(host: Host): Promise<void> {
  await host.sh(`ip link set eth1 down; ip link set eth1 name scwpn; ip link set scwpn up
    ip addr add 10.180.0.1${host.number}/22 dev scwpn
    ip link add onebr5 type bridge
    ip link set onebr5 up
    ip link add scwpn.105 mtu 1450 type vxlan id 105 dev scwpn ttl 16 local 10.180.0.1${host.number} nolearning dstport 4789
    ip link set scwpn.105 up
    ip link set scwpn.105 master onebr5
    bridge fdb append 00:00:00:00:00:00 dev scwpn.105 dst 10.180.0.1${3 - host.number}`)
}

t.test('what the stock driver made first is adopted while its VMs talk', async (t) => {
  for (const host of [h1, h2]) {
    await stockDriver(host)
    host.spec = {
      ...host.spec,
      networks: host.spec.networks.filter(({ id }) => id === 5),
      ports: [nicOf(host.number)].map(({ port, mac, address }) => ({
        ...{ port, mac, vm: host.number, nic: 0, network: 5 },
        addresses: [address.replace('/24', '')],
      })),
    }
  }
  const [one, two] = [await cluster.plug(h1, nicOf(1)), await cluster.plug(h2, nicOf(2))]
  // A bridge with the kernel's forward delay of 15 s learns before it forwards.
  while (!(await one.tries('ping -q -c 1 -W 1 172.30.0.12')));
  const indexes = async (host: Host) =>
    Promise.all(
      ['onebr5', 'scwpn.105', `one-${host.number}-0`].map((name) =>
        host.sh(`ip -o link show ${name} | cut -d: -f1`),
      ),
    )
  const before = await Promise.all([h1, h2].map(indexes))
  const stopped = '/run/netns/stop'
  // In batches, because one that is interrupted leaves its last ping unanswered.
  const pinging = one.sh(`while [ ! -e ${stopped} ]; do
      ping -q -c 50 -i ${everyMs / 1000} -W 5 172.30.0.12 || true
    done`)
  for (const host of [h1, h2]) {
    const { faults, steps } = await host.network.reconcile(host.spec)
    t.same(faults, [])
    t.not(steps.length, 0)
    t.same((await host.network.reconcile(host.spec)).steps, [])
  }
  await one.sh(`touch ${stopped}`)
  const batches = [...(await pinging).matchAll(/(\d+) packets transmitted, (\d+) received/g)]
  const total = (at: number) => batches.reduce((sum, batch) => sum + Number(batch[at]), 0)
  const [sent, received] = [total(1), total(2)]
  t.same(await Promise.all([h1, h2].map(indexes)), before, 'nothing was made anew')
  t.ok(sent >= 50, `${sent} pings were sent meanwhile`)
  t.equal(received, sent, `0 of ${sent} pings are lost`)
  t.ok(await two.tries('ping -q -c 1 -W 2 172.30.0.11'))
})
