import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { createExec } from '../../../agent/exec/index.ts'
import { createFrr, proveConfig } from '../../../agent/frr/index.ts'
import { gatewayMac } from '../../../agent/host/index.ts'
import { createNetwork, type FrrPort } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { type Cluster, createCluster, type Host } from '../agent/cluster.ts'

/** A host with real FRR of its own beside the agent's network. */
export interface RoutedHost extends Host {
  /** Where its vty sockets are; the same path inside and outside of the host. */
  readonly runDirectory: string
  readonly configFile: string
  readonly frr: FrrPort
  /** Kills one of its daemons as a crash would. */
  kill(daemon: Daemon): Promise<void>
  start(daemon: Daemon): Promise<void>
}

export type Daemon = 'zebra' | 'bgpd' | 'bfdd'

export interface RoutedCluster extends Cluster {
  readonly hosts: readonly [RoutedHost, RoutedHost, RoutedHost]
  close(): Promise<void>
}

/** The cluster of the agent's tests, every host in a full mesh of real BGP sessions. */
export async function createRoutedCluster(): Promise<RoutedCluster> {
  const root = await mkdtemp(join(tmpdir(), 'doctor-'))
  await execa('chmod', ['755', root])
  const cluster = await createCluster()
  const stop = new AbortController()
  const ended: Promise<unknown>[] = []
  const routed = async (host: Host): Promise<RoutedHost> => {
    const home = join(root, host.name)
    await homeOf(home)
    // Where systemd never ran, nobody made /run/frr.
    await host.sh(
      `mkdir -p /run/frr; mount --bind ${home}/etc /etc/frr; mount --bind ${home}/run /run/frr`,
    )
    const files = {
      runDirectory: join(home, 'run'),
      configFile: join(home, 'etc', 'frr.conf'),
    }
    const frr = createFrr({
      ...files,
      gatewayMac,
      prove: (file) => proveConfig(createExec({ logger: silent }), file),
      announce: async (device, address) => {
        await host.exec.run(['ip', 'address', 'replace', address, 'dev', device])
      },
    })
    ended.push(nest(host, stop.signal))
    const init = await untilSeen(() => initOf(host))
    // A bash whose standard input is a socket takes itself for rsh's and reads the user's ~/.bashrc.
    const inside = (script: string) =>
      execa('nsenter', ['-t', init, '-n', '-m', '-p', 'bash', '--norc', '-ec', script])
    const start = async (daemon: Daemon) => {
      await inside(`/usr/lib/frr/${daemon} -d`)
    }
    for (const daemon of ['zebra', 'bgpd', 'bfdd'] as const) await start(daemon)
    const spec: HostSpec = { ...host.spec, bgp: meshOf(host.number) }
    return {
      ...host,
      ...files,
      frr,
      spec,
      start,
      kill: async (daemon) => {
        await inside(`kill -9 $(cat /run/frr/${daemon}.pid); rm /run/frr/${daemon}.vty`)
      },
      network: createNetwork({ exec: host.exec, logger: silent, clock: createClock(), frr }),
    }
  }
  const [one, two, three] = cluster.hosts
  return {
    ...cluster,
    hosts: [await routed(one), await routed(two), await routed(three)],
    close: async () => {
      stop.abort()
      await Promise.all(ended)
      await cluster.fabric.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

function meshOf(number: number): HostSpec['bgp'] {
  const others = [1, 2, 3].filter((other) => other !== number)
  return {
    asn: 65000,
    role: 'mesh',
    clusterId: null,
    neighbours: others.map((other) => ({ address: `10.180.0.1${other}`, role: 'mesh' })),
    password: 'a-shared-password',
  }
}

async function homeOf(home: string): Promise<void> {
  await mkdir(join(home, 'etc'), { recursive: true })
  await mkdir(join(home, 'run'), { recursive: true })
  await writeFile(join(home, 'etc', 'vtysh.conf'), 'service integrated-vtysh-config\n')
  await execa('chown', ['-R', 'frr:frr', home])
}

/** FRR drops its privileges, and with them its parent-death signal; a PID namespace ends it all the same. */
function nest(host: Host, signal: AbortSignal): Promise<unknown> {
  return host.exec.follow(
    [
      ...['setpriv', '--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child'],
      ...['--mount-proc', 'sleep', nestMark],
    ],
    () => undefined,
    signal,
  )
}

/** How long the init of a nest sleeps, which is what it is found by. */
const nestMark = '86399'

async function initOf({ pid }: Host): Promise<string | undefined> {
  const { stdout } = await execa('bash', [
    '--norc',
    '-c',
    `for p in $(pgrep -x -f 'sleep ${nestMark}'); do [ "$(readlink /proc/$p/ns/net)" = "$(readlink /proc/${pid}/ns/net)" ] && echo $p; done; true`,
  ])
  return stdout.trim() === '' ? undefined : stdout.trim()
}

const patienceMs = 300_000

/** Looks again and again until something is seen; a look may take seconds on a busy machine. */
export async function untilSeen<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const startedMs = performance.now()
  while (performance.now() - startedMs < patienceMs) {
    const seen = await look()
    if (seen) return seen
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`waited ${patienceMs / 1000} s in vain`)
}
