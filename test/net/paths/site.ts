import { randomUUID } from 'node:crypto'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { type Cluster, createCluster, type Host } from '../agent/cluster.ts'
import type { Machine } from '../agent/fabric.ts'
import { type Ask, type Probes, startProbes } from './probes.ts'
import { allowAll, type DriverOrder, type SecuredNic, secure } from './security-groups.ts'
import { type Vm, type VmName, vms } from './vms.ts'

/** Whoever sends or hears packets here. */
export type Party = VmName | 'h1' | 'h2' | 'internet' | 'stranger' | 'router'

/**
 * Two hosts with their agents, some VMs, the internet and a public gateway. `stranger` is plugged
 * into the private network without being one of the hosts; `router` is the red network's on host 1.
 */
export interface Site {
  readonly cluster: Cluster
  readonly hosts: readonly Host[]
  /** The machine of a party. Throws for one that is not there. */
  machine(party: Exclude<Party, 'router'>): Machine
  ask(from: Party, words: Ask): Promise<string>
  /** From where a datagram with this text came in, anywhere; null when it did not. */
  arrival(text: string): Promise<string | null>
  /** Makes every host what its spec says; throws with the faults. Returns how many steps were repairs. */
  settle(): Promise<number>
  /** Programs the security groups of all VMs, or ones that allow everything. */
  secure(groups: 'as they are' | 'wide open', order?: DriverOrder): Promise<void>
  close(): Promise<void>
}

export async function createSite(
  names: readonly VmName[],
  { probes: probing = true } = {},
): Promise<Site> {
  const cluster = await createCluster()
  const { internet } = cluster
  const [h1, h2] = cluster.hosts
  const hosts = [h1, h2]
  const chosen = names.map((name) => vms[name])
  const settle = async () => {
    const rounds = await Promise.all(hosts.map(({ network, spec }) => network.reconcile(spec)))
    const faults = rounds.flatMap((round) => round.faults)
    if (faults.length > 0) throw new Error(faults.join('; '))
    return rounds.reduce((sum, { repairs }) => sum + repairs.length, 0)
  }
  for (const host of hosts) host.spec = specOf(host, chosen)
  await outsideWorld(internet, chosen)
  const [stranger] = await Promise.all([plugStranger(cluster), settle()])
  const plugged = await plugAll(cluster, names)
  await settle()
  const machines = new Map<Party, Machine>([
    ...plugged,
    ...Object.entries({ h1, h2, internet, stranger }),
  ] as [Party, Machine][])
  const probes = probing ? await startAll(machines, h1) : new Map<Party, Probes>()
  let order: DriverOrder = 'vxlan first'
  return {
    cluster,
    hosts,
    settle,
    machine: (party) => known(machines, party),
    ask: (from, words) => known(probes, from).ask(words),
    arrival: async (token) => {
      const everybody = [...probes.values()]
      const heard = await Promise.all(everybody.map(({ ask }) => ask({ kind: 'arrived', token })))
      return heard.find((source) => source !== '') ?? null
    },
    secure: async (groups, first = order) => {
      order = first
      await Promise.all(hosts.map((host) => secure(host, nicsOf(host, chosen, groups), order)))
    },
    close: async () => {
      await Promise.all([...probes.values()].map(({ stop }) => stop()))
      await cluster.fabric.close()
    },
  }
}

/** A text that is nowhere else. */
export const newToken = (): string => randomUUID()

function known<T>(map: ReadonlyMap<Party, T>, party: Party): T {
  const found = map.get(party)
  if (found === undefined) throw new Error(`${party} is not part of this site`)
  return found
}

/** The cloud's side: elastic addresses are routed to their hosts, and its secrets have an address. */
async function outsideWorld(internet: Machine, chosen: readonly Vm[]): Promise<void> {
  const routes = chosen.flatMap(({ elastic, host }) =>
    elastic === null
      ? []
      : [`ip route add ${elastic.external} via 51.15.0.1${host} src 203.0.113.10`],
  )
  await internet.sh(['ip addr add 169.254.169.254/32 dev lo', ...routes].join('\n'))
}

function specOf({ spec, number }: Host, chosen: readonly Vm[]): HostSpec {
  const mine = chosen.filter(({ host }) => host === number)
  const [red] = spec.networks
  if (red === undefined) throw new Error('the red network is missing')
  const more = (id: number, name: string, egress: 'host' | 'none') => ({
    ...red,
    ...{ id, name, egress, vni: 100 + id, bridge: `onebr${id}`, device: `scwpn.${100 + id}` },
    gateway: `172.31.${id}.1/24`,
  })
  const peers = [1, 2, 3].filter((other) => other !== number)
  return {
    ...spec,
    networks: [...spec.networks, more(7, 'green', 'host'), more(8, 'grey', 'none')],
    bgp: {
      ...spec.bgp,
      neighbours: peers.map((other) => ({ address: `10.180.0.1${other}`, role: 'mesh' })),
    },
    firewall: {
      ...spec.firewall,
      open: [
        { protocol: 'tcp', port: 80 },
        { protocol: 'udp', port: 53 },
      ],
    },
    ports: mine.map((vm) => vm.spec),
    elastics: mine.flatMap(({ elastic }) => (elastic === null ? [] : [elastic])),
  }
}

/** Without IPv6, whose own chatter would be counted among what a test counts. */
function plugAll({ hosts, plug }: Cluster, names: readonly VmName[]): Promise<[VmName, Machine][]> {
  return Promise.all(
    names.map(async (name) => {
      const { host, nic } = vms[name]
      const machine = await plug(hosts[host - 1] ?? hosts[0], nic)
      await machine.sh('echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6')
      return [name, machine]
    }),
  )
}

async function plugStranger({ fabric, underlay }: Cluster): Promise<Machine> {
  const stranger = await fabric.machine('stranger')
  await fabric.cable(underlay, 'stranger', stranger, 'eth0')
  await underlay.sh('ip link set stranger master lan')
  await stranger.sh('ip addr add 10.180.0.50/22 dev eth0')
  return stranger
}

async function startAll(
  machines: ReadonlyMap<Party, Machine>,
  routing: Machine,
): Promise<Map<Party, Probes>> {
  const started = await Promise.all([
    ...[...machines].map(async ([party, machine]) => [party, await startProbes(machine)] as const),
    startProbes(routing, 'fx5').then((probes) => ['router', probes] as const),
  ])
  return new Map(started)
}

function nicsOf(
  { number }: Host,
  chosen: readonly Vm[],
  groups: 'as they are' | 'wide open',
): SecuredNic[] {
  return chosen
    .filter(({ host }) => host === number)
    .map(({ secured }) => (groups === 'wide open' ? { ...secured, rules: allowAll } : secured))
}
