import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { createExec } from '../../../agent/exec/index.ts'
import { createFrr, proveConfig } from '../../../agent/frr/index.ts'
import { askStatus, type Status } from '../../../agent/status.ts'
import { HostReport, type HostSpec, parseAs } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createFabric, type Node } from '../frr/fabric.ts'

const addresses = { h1: '10.180.0.11', h2: '10.180.0.12', h3: '10.180.0.13' } as const
type Name = keyof typeof addresses
const vms = [7, 8] as const
const externalOf = (vm: number) => `195.154.0.${vm}`
const addressOf = (vm: number) => `100.64.0.${2 * vm + 1}`
const gatewayOf = (vm: number) => `100.64.0.${2 * vm}`
const macOf = (vm: number) => `02:00:64:40:00:0${vm}`

/** Three hosts in a full mesh; the first has two elastic addresses as well. */
function spec(name: Name): HostSpec {
  const others = Object.values(addresses).filter((address) => address !== addresses[name])
  return {
    ...{ version: 1, epoch: 1, generation: 5, server: name, hostname: name },
    public: { address: '51.15.0.11', neighbour: 'none' },
    underlay: {
      medium: { kind: 'link', device: 'scwpn' },
      ...{ address: `${addresses[name]}/24`, gateway: null, mtu: 1500 },
    },
    bgp: {
      ...{ asn: 65000, role: 'mesh', clusterId: null, password: 'a-shared-password' },
      neighbours: others.map((address) => ({ address, role: 'mesh' })),
    },
    networks: [
      {
        ...{ id: 5, name: 'red', vni: 105, bridge: 'onebr5', device: 'scwpn.105', mtu: 1450 },
        ...{ vteps: others, gateway: '172.30.0.1/24', egress: 'none' },
      },
    ],
    publicNetworks: [{ id: 4, name: 'public', bridge: 'onebr4', mtu: 1450 }],
    elastics: vms.map((vm) => ({
      ...{ external: externalOf(vm), address: addressOf(vm), gateway: gatewayOf(vm) },
      ...{ network: 4, port: `one-${vm}-0` },
    })),
    ports: vms.map((vm) => ({
      ...{ port: `one-${vm}-0`, vm, nic: 0, network: 4 },
      ...{ mac: macOf(vm), addresses: [addressOf(vm)] },
    })),
    firewall: { management: [] },
    pools: { links: '100.96.0.0/11', elastic: '100.64.0.0/16' },
  }
}

const sh = (node: Node, script: string) => node.exec('bash', '--norc', '-ec', script)

/** Looks each 300 ms until it sees something; a machine under load is slow, so for two minutes. */
async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const until = Date.now() + 120_000
  while (Date.now() < until) {
    const seen = await look()
    if (seen) return seen
    await delay(300)
  }
  throw new Error(`waited for ${what} in vain`)
}

/** The agent itself, in the namespaces of a host, with this spec as the last good one. */
async function startAgent(node: Node, directory: string, wanted: HostSpec) {
  const config = join(directory, 'config.json')
  const [state, statusSocket] = [join(directory, 'state'), join(directory, 'status.sock')]
  await mkdir(state, { recursive: true })
  await writeFile(join(state, 'last-good.json'), JSON.stringify(wanted))
  const { runDirectory, configFile } = node
  await writeFile(
    config,
    JSON.stringify({
      ...{ server: wanted.server, state, statusSocket },
      ...{ socket: join(directory, 'hub.sock'), tokenFile: join(directory, 'token') },
      ...{ frr: { runDirectory, configFile }, logLevel: 'warn' },
    }),
  )
  const main = join(import.meta.dirname, '../../../agent/main.ts')
  const stop = new AbortController()
  const running = node.programs.follow(
    [process.execPath, main, 'run', '--config', config],
    () => undefined,
    stop.signal,
  )
  return {
    status: (): Promise<Status> => askStatus(statusSocket),
    text: () => node.exec(process.execPath, main, 'status', '--config', config),
    /** nsenter ends at once; the agent, PID namespaces apart from it, with its host. */
    stop: () => stop.abort(),
    ended: running,
  }
}

t.test('the health of a host with real FRR and real packets', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'health-'))
  const fabric = await createFabric()
  const h1 = await fabric.node('h1', addresses.h1)
  const h2 = await fabric.node('h2', addresses.h2)
  const h3 = await fabric.node('h3', addresses.h3)
  const exec = createExec({ logger: silent })
  for (const [name, { runDirectory, configFile }] of [
    ['h2', h2],
    ['h3', h3],
  ] as const) {
    const frr = createFrr({
      ...{ runDirectory, configFile, gatewayMac: '02:00:5e:00:01:01' },
      prove: (file) => proveConfig(exec, file),
      announce: async () => undefined,
    })
    t.same((await frr.apply(spec(name))).faults, [])
  }
  // The kernel lets a VLAN tag's four bytes more pass a veth or a bridge than its MTU says.
  await sh(h3, 'ip link set scwpn mtu 1400')
  await sh(
    h1,
    `mkdir -p /run/netns; mount -t tmpfs netns /run/netns; mount -t sysfs sysfs /sys
    ip netns add outside; ip link add eth0 type veth peer name gw netns outside
    ip addr add 51.15.0.11/24 dev eth0; ip link set eth0 up; 
    ip -n outside link set lo up; ip -n outside link set gw up
    ip -n outside addr add 51.15.0.1/24 dev gw; ip -n outside addr add 203.0.113.10/32 dev lo
    ip -n outside route add 195.154.0.0/24 via 51.15.0.11; ip route add default via 51.15.0.1`,
  )
  const agent = await startAgent(h1, directory, spec('h1'))
  t.teardown(async () => {
    agent.stop()
    await fabric.close()
    await agent.ended
    await rm(directory, { recursive: true, force: true })
  })
  const report = async () =>
    parseAs(HostReport, (await agent.status().catch(() => null))?.report ?? null, 'The report')
  const reported = async (what: string, isSo: (report: HostReport) => boolean) => {
    let seen: HostReport | undefined
    try {
      return await eventually(what, async () => {
        seen = await report().catch(() => seen)
        return seen && isSo(seen) && seen
      })
    } catch (error) {
      t.comment(JSON.stringify(seen))
      throw error
    }
  }
  const plug = async (vm: number) =>
    sh(
      h1,
      `ip netns add vm${vm}; ip link add one-${vm}-0 type veth peer name eth0 netns vm${vm}
      ip link set one-${vm}-0 master onebr4; ip link set one-${vm}-0 up
      ip -n vm${vm} link set eth0 address ${macOf(vm)} mtu 1450; ip -n vm${vm} link set eth0 up
      ip -n vm${vm} addr add ${addressOf(vm)}/31 dev eth0
      ip -n vm${vm} route add default via ${gatewayOf(vm)}`,
    )
  const elasticIn = ({ elastics }: HostReport, vm: number) =>
    elastics.find(({ external }) => external === externalOf(vm))
  const pings = (from: string, to: string, count: number, size: number) =>
    sh(
      h1,
      `ip netns exec ${from} ping -n -q -i 0.05 -W 5 -c ${count} -s ${size} ${to} | grep -q ' 0% packet loss'`,
    )

  await t.test('sessions, BFD, networks, versions and the measured MTU are told', async (t) => {
    const seen = await reported(
      'two sessions and two paths',
      ({ sessions, bfd, underlay, vnis }) =>
        sessions.filter(({ state }) => state === 'Established').length === 2 &&
        bfd.filter(({ state }) => state === 'up').length === 2 &&
        underlay.peers.length === 2 &&
        vnis.length === 1,
    )
    const [near, narrow] = seen.underlay.peers.toSorted((a, b) => (a.peer < b.peer ? -1 : 1))
    t.match(near, { peer: addresses.h2, mtu: 1500 })
    t.equal(narrow?.peer, addresses.h3)
    const mtu = narrow?.mtu ?? 0
    t.ok(mtu >= 1400 && mtu <= 1404, `${mtu} bytes pass`)
    t.equal(seen.verdict, 'degraded')
    t.same(seen.reasons, [
      `Packets to ${addresses.h3} pass up to ${mtu} bytes only, not the 1500 promised for the private network; raise the MTU on the way, or VMs lose large packets`,
    ])
    t.match(seen, {
      generation: 5,
      silentDaemons: [],
      vnis: [{ vni: 105, device: 'scwpn.105' }],
      elastics: [
        { armed: false, traffic: null },
        { armed: false, traffic: null },
      ],
      versions: { frr: /^\d+\.\d/, nft: /^\d+\.\d/, iproute2: /^\d+\.\d/ },
      agent: { roundMs: Number },
    })
    t.same(
      seen.nics.map(({ name, carrier }) => [name, carrier]),
      [
        ['eth0', true],
        ['scwpn', true],
      ],
    )
  })

  await t.test('the counters of an elastic address are what was sent', async (t) => {
    await plug(7)
    await eventually('an armed address', async () =>
      pings('outside', externalOf(7), 1, 56).then(
        () => true,
        () => false,
      ),
    )
    const { traffic: before } = elasticIn(await report(), 7) ?? {}
    t.ok(before)
    await pings('outside', externalOf(7), 50, 1000)
    await pings('vm7', '203.0.113.10', 70, 100)
    const { traffic: after } = elasticIn(await report(), 7) ?? {}
    t.same(
      {
        packets: (after?.sentPackets ?? 0) - (before?.sentPackets ?? 0),
        bytes: (after?.sentBytes ?? 0) - (before?.sentBytes ?? 0),
      },
      { packets: 120, bytes: 50 * 1028 + 70 * 128 },
      'questions of its own and answers to others',
    )
    t.same(
      {
        packets: (after?.receivedPackets ?? 0) - (before?.receivedPackets ?? 0),
        bytes: (after?.receivedBytes ?? 0) - (before?.receivedBytes ?? 0),
      },
      { packets: 120, bytes: 50 * 1028 + 70 * 128 },
    )
  })

  await t.test('they survive another VM and the loss of their table', async (t) => {
    const { traffic: before } = elasticIn(await report(), 7) ?? {}
    t.ok(before)
    await plug(8)
    const both = await reported(
      'the second address',
      (seen) => elasticIn(seen, 8)?.traffic !== null,
    )
    t.same(elasticIn(both, 7)?.traffic, before)
    await pings('outside', externalOf(8), 3, 56)
    t.match(elasticIn(await report(), 8)?.traffic, { receivedPackets: 3, receivedBytes: 252 })

    const { repairs } = await report()
    await sh(h1, 'ip netns exec fx4 nft delete table ip fx')
    const mended = await reported(
      'a repair',
      (seen) => seen.repairs > repairs && elasticIn(seen, 7)?.traffic !== null,
    )
    t.same(elasticIn(mended, 7)?.traffic, before)
    t.match(mended.lastRepairs.at(-1)?.sentence, /fx4/)
    await pings('outside', externalOf(7), 3, 56)
    t.equal(
      elasticIn(await report(), 7)?.traffic?.receivedPackets,
      (before?.receivedPackets ?? 0) + 3,
    )
  })

  await t.test('a host whose bfdd dies is named, while BGP goes on', async (t) => {
    await sh(h2, 'kill -9 $(cat /run/frr/bfdd.pid)')
    const seen = await reported('BFD down', ({ bfd }) =>
      bfd.some(({ neighbour, state }) => neighbour === addresses.h2 && state !== 'up'),
    )
    const sentence = seen.reasons.find((reason) => reason.startsWith('The BFD session'))
    t.match(
      sentence,
      /^The BFD session to 10\.180\.0\.12 is down: control detection time expired; look/,
    )
    t.match(await agent.text(), /10\.180\.0\.12 \w+.*, BFD down \(control detection time expired\)/)
  })

  await t.test('a silent bfdd here hides nothing of bgpd and zebra', async (t) => {
    await sh(h1, 'kill -STOP $(cat /run/frr/bfdd.pid)')
    const hung = await reported('a silent daemon', ({ silentDaemons }) => silentDaemons.length > 0)
    t.same(hung.silentDaemons, ['bfdd'])
    t.equal(hung.sessions.length, 2)
    t.equal(hung.vnis.length, 1)
    t.match(hung.reasons.join('\n'), /FRR's bfdd does not answer/)
    await sh(h1, 'kill -9 $(cat /run/frr/bfdd.pid)')
  })

  await t.test('within a minute a mended path is measured anew, a lost host told', async (t) => {
    await sh(h3, 'ip link set scwpn mtu 1500')
    await sh(h2, 'ip link set scwpn down')
    const of = ({ underlay }: HostReport, host: string) =>
      underlay.peers.find(({ peer }) => peer === host)?.mtu
    const seen = await reported(
      'both',
      (seen) => of(seen, addresses.h3) === 1500 && of(seen, addresses.h2) === null,
    )
    t.equal(seen.verdict, 'degraded')
    t.notMatch(seen.reasons.join('\n'), /promised/)
    t.match(
      seen.reasons[0],
      /^10\.180\.0\.12 cannot be reached over the private network \(no ping is answered\)/,
      'which is no small MTU',
    )
  })
})
