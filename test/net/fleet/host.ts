import { closeSync, openSync } from 'node:fs'
import { access, chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { openVty } from '../../../agent/frr/vty.ts'
import type { Status } from '../../../agent/status.ts'
import { agentNodeFlags } from '../../../scripts/build/agent-node.ts'
import { startDaemons, withRelease } from '../frr/fabric.ts'
import type { FrrRelease } from '../frr/release.ts'
import { type Machine, switchOn, until } from './machine.ts'
import type { World } from './world.ts'

/** A metal server: its disk stays when its power goes. */
export interface Host {
  readonly number: number
  readonly name: string
  readonly server: string
  /** Its underlay address. */
  readonly vtep: string
  /** The machine of its present life. Throws while it is off. */
  readonly machine: Machine
  /** FRR's sockets and file, seen from outside. */
  readonly frr: { readonly runDirectory: string; readonly configFile: string }
  /** Where its agent listens for the controller, seen from outside. */
  readonly socket: string
  /** Boots: network, FRR from its file, then the agent. */
  boot(): Promise<void>
  cut(): Promise<void>
  startAgent(): Promise<void>
  /** Ends the agent's process by a signal and waits until it is gone. */
  endAgent(signal: 'TERM' | 'KILL'): Promise<void>
  /** Puts another copy of the program in place, as an upgrade does; it runs from the next start. */
  install(program: string): Promise<void>
  /** What its agent says of itself. */
  status(): Promise<Status>
  /** Asks a daemon over its vty socket: 1 ms, vtysh takes 60. */
  ask(daemon: Exclude<Daemon, 'mgmtd'>, command: string): Promise<string>
  endDaemons(signal: 'TERM' | 'KILL', ...daemons: Daemon[]): Promise<void>
  /** Starts the daemons that do not run; they find their configuration in its file. */
  startDaemons(): Promise<void>
  log(): Promise<string>
}

export type Daemon = 'mgmtd' | 'zebra' | 'bgpd' | 'bfdd'

export interface HostOptions {
  readonly number: number
  readonly server: string
  readonly home: string
  readonly world: World
  readonly release: FrrRelease
  /** The agent's program, one file. */
  readonly program: string
}

/** A server that is off, with the agent and a token on its disk. */
export async function createHost(options: HostOptions): Promise<Host> {
  const { number, server, world, release, program } = options
  const name = `h${number}`
  const home = join(options.home, name)
  const paths = {
    frr: join(home, 'etc-frr'),
    var: join(home, 'var'),
    run: join(home, 'run'),
    agent: join(home, 'agent'),
  }
  for (const path of Object.values(paths)) await mkdir(path, { recursive: true })
  await mkdir(join(paths.var, 'frr'))
  await chmod(paths.agent, 0o700)
  await writeFile(join(paths.frr, 'vtysh.conf'), 'service integrated-vtysh-config\n')
  const config = join(paths.agent, 'config.json')
  const socket = join(paths.run, 'hub.sock')
  const statusSocket = join(paths.run, 'status.sock')
  const state = join(paths.agent, 'state')
  const tokenFile = join(paths.agent, 'token')
  await writeFile(config, JSON.stringify({ server, socket, statusSocket, state, tokenFile }))
  await writeFile(tokenFile, `token-of-${name}`)
  const logFile = join(home, 'agent.log')
  let machine: Machine | undefined
  const here = (): Machine => {
    if (machine === undefined) throw new Error(`${name} is off`)
    return machine
  }

  const host: Host = {
    number,
    name,
    server,
    vtep: `10.180.0.1${number}`,
    frr: { runDirectory: join(paths.run, 'frr'), configFile: join(paths.frr, 'frr.conf') },
    socket,
    get machine() {
      return here()
    },
    async boot() {
      await rm(paths.run, { recursive: true, force: true })
      await mkdir(join(paths.run, 'frr'), { recursive: true })
      machine = await switchOn(
        name,
        `mount --bind ${home} ${home}
        ${withRelease(release)}
        chown -R frr:frr ${paths.frr} ${paths.run}/frr ${paths.var}/frr
        mount --bind ${paths.frr} /etc/frr; mount --bind ${paths.var} /var/lib; mount --bind ${paths.run} /run`,
      )
      await world.plug(machine)
      await machine.sh(`ip addr add 51.15.0.1${number}/24 dev eth0
        ip route add default via 51.15.0.1`)
      await host.startDaemons()
      await host.startAgent()
    },
    async cut() {
      const was = here()
      machine = undefined
      await was.cut()
    },
    async startAgent() {
      const output = openSync(logFile, 'a')
      const node = [process.execPath, ...agentNodeFlags].join(' ')
      const run = `echo $$ > /run/agent.pid; exec ${node} ${paths.agent}/current run --config ${config}`
      here().start(['sh', '-c', run], output)
      closeSync(output)
      await until(`${name}'s agent is ready`, () => isThere(statusSocket))
    },
    async endAgent(signal) {
      await here().sh(`read -r pid < /run/agent.pid; kill -${signal} $pid
        while [ -e /proc/$pid ]; do sleep 0.02; done; rm -f ${statusSocket}`)
    },
    async install(copy) {
      await rm(join(paths.agent, 'next'), { force: true })
      await symlink(copy, join(paths.agent, 'next'))
      await rename(join(paths.agent, 'next'), join(paths.agent, 'current'))
    },
    status: async () => JSON.parse(await text(createConnection(statusSocket))),
    async ask(daemon, command) {
      const vty = await openVty(join(paths.run, 'frr'), daemon)
      try {
        await vty.ask('enable')
        return (await vty.ask(command)).text
      } finally {
        vty.close()
      }
    },
    async endDaemons(signal, ...daemons) {
      await here().sh(`for daemon in ${daemons.join(' ')}; do
        [ -s /run/frr/$daemon.pid ] || continue
        read -r pid < /run/frr/$daemon.pid; kill -${signal} $pid
        while [ -e /proc/$pid ]; do sleep 0.02; done; rm -f /run/frr/$daemon.pid /run/frr/$daemon.vty
      done`)
    },
    async startDaemons() {
      const absent = startDaemons.replace('[ ! -x', '[ -s /run/frr/$daemon.pid ] || [ ! -x')
      await here().sh(`${absent}\n[ ! -e /etc/frr/frr.conf ] || vtysh -b >/dev/null`)
    },
    log: () => readFile(logFile, 'utf8'),
  }
  await host.install(program)
  return host
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
