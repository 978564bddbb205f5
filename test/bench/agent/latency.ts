import type { HostSpec } from '../../../lib/contract/index.ts'
import { createFabric, type Machine } from '../../net/agent/fabric.ts'
import { median, type Row } from '../report.ts'
import { createIncumbent } from './incumbent.ts'
import { createRig, type Rig } from './rig.ts'
import { addressesOf, macOf, specOf, tapOf } from './specs.ts'

const counts = [1, 1000, 10_000] as const
const rounds = 3
const connects = 400

/**
 * How long a client waits for a new TCP connection to an elastic address, one out of so many at
 * random: through our router namespace, and through the incumbent's rules in the host's stack.
 */
export async function latency(): Promise<Row[]> {
  const fabric = createFabric()
  const rig = createRig()
  const incumbent = await createIncumbent()
  const ours = await clientOf(await fabric.machine('client'), (pid) =>
    rig.sh(`ip link set isp netns ${pid}`),
  )
  const theirs = await clientOf(await fabric.machine('client of the incumbent'), (pid) =>
    incumbent.machine.sh(`ip link set isp netns ${pid}`),
  )
  await rig.reconcile(specOf({}))
  await vmBehind(await fabric.machine('vm'), 'onebr1', (script) => rig.sh(script))
  await vmBehind(await fabric.machine('vm of the incumbent'), 'br0', (script) =>
    incumbent.machine.sh(script),
  )
  const rows: Row[] = []
  let loaded = 0
  for (const count of counts) {
    await arm(rig, count)
    await incumbent.preload(addressesOf(count).slice(loaded))
    loaded = count
    const [mine, rival]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      mine.push(...(await connectUs(ours, count)))
      rival.push(...(await connectUs(theirs, count)))
    }
    const refused = rounds * connects - rival.length
    rows.push({
      what: `new TCP connection, ${count.toLocaleString('en')} addresses, p50`,
      ours: `${median(mine)} us`,
      rival: `${median(rival)} us${refused === 0 ? '' : `, ${refused} of ${rounds * connects} failed`}`,
      ratio: median(rival) / median(mine),
      target: 'none fails',
      met: mine.length === rounds * connects,
    })
  }
  return rows
}

/** All addresses belong to one VM, so that one server answers on each. */
async function arm(rig: Rig, count: number): Promise<void> {
  const spec = specOf({ addresses: count })
  const elastics = spec.elastics.map((elastic) => ({ ...elastic, port: tapOf(0) }))
  const ports: HostSpec['ports'] = spec.ports
    .slice(0, 1)
    .map((port) => ({ ...port, addresses: elastics.map(({ address }) => address) }))
  await rig.reconcile({ ...spec, elastics, ports })
}

/** A machine at the other end of a host's public NIC. */
async function clientOf(
  machine: Machine,
  plug: (pid: number) => Promise<string>,
): Promise<Machine> {
  await plug(machine.pid)
  await machine.sh(`ip link set isp up; ip addr add 51.15.0.1/24 dev isp
    ip route add 195.154.0.0/16 via 51.15.0.11`)
  return machine
}

/** A VM that has every address of the pool and a server that lets everybody in. */
async function vmBehind(
  vm: Machine,
  bridge: string,
  onHost: (script: string) => Promise<string>,
): Promise<void> {
  await onHost(`ip link add ${tapOf(0)} type veth peer name eth0 netns ${vm.pid}
    ip link set ${tapOf(0)} master ${bridge}; ip link set ${tapOf(0)} up`)
  await vm.sh(`ip link set eth0 address ${macOf(0)} mtu 1450; ip link set eth0 up
    ip addr add 100.64.0.1/31 dev eth0; ip route add default via 100.64.0.0
    ip route add local 100.64.0.0/16 dev lo table local`)
  const server = 'require("net").createServer((s) => s.destroy()).listen(80, "0.0.0.0", 4096)'
  void vm.exec.follow(
    ['setpriv', '--pdeathsig', 'KILL', process.execPath, '-e', server],
    () => undefined,
    new AbortController().signal,
  )
  await vm.sh('for i in $(seq 100); do ss -ltn | grep -q :80 && exit; sleep 0.1; done; exit 1')
}

/**
 * Microseconds until connect(2) returns, of those that came about; bash measures its own overhead with
 * it, on both sides. The incumbent's host asks for each VM address by ARP, and a kernel remembers 1,024
 * (net.ipv4.neigh.default.gc_thresh3): with more addresses in use some cannot be reached.
 */
async function connectUs(client: Machine, count: number): Promise<number[]> {
  const output = await client.sh(`for i in $(seq ${connects}); do
      n=$(( (RANDOM * 32768 + RANDOM) % ${count} ))
      from=$EPOCHREALTIME
      true 3<>/dev/tcp/195.154.$((n / 256)).$((n % 256))/80 || continue
      to=$EPOCHREALTIME
      echo $(( \${to/./} - \${from/./} ))
    done`)
  return output.trim().split('\n').filter(Boolean).map(Number)
}
