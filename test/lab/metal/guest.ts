import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readlink } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { VmNic } from '../opennebula/hypervisor.ts'
import { command, outcome } from '../sandbox/command.ts'
import { childOf } from './children.ts'
import type { Server } from './server.ts'

/** A guest's network, held by a process in its server. */
export interface Guest {
  /** The holder as the sandbox sees it. */
  readonly pid: number
  readonly ended: boolean
  /** The argv that runs `argv` in its network, with the sandbox's files. */
  inside(argv: readonly string[]): string[]
  /** Configures `eth<index>` as the guest's own set-up would, and announces it. */
  configure(index: number, nic: VmNic): Promise<void>
  /** What a guest sends when it came up or was moved. */
  announce(index: number, nic: VmNic): void
  stop(): Promise<void>
}

/** Starts a guest without NICs on a server. */
export async function startGuest(server: Server): Promise<Guest> {
  const guest = await hold(server, ['unshare', '--net', 'sleep', 'infinity'])
  await command(guest.inside(['ip', 'link', 'set', 'lo', 'up']))
  return guest
}

/** Another holder, on another server, of a guest's network: what a live migration leaves there. */
export async function joinGuest(server: Server, { pid }: Guest): Promise<Guest> {
  return await hold(server, ['sleep', 'infinity'], `/proc/${pid}/ns/net`)
}

async function hold(server: Server, argv: readonly string[], network?: string): Promise<Guest> {
  const process = spawn(
    'nsenter',
    [
      `--target=${server.pid}`,
      ...['--mount', '--uts', '--ipc', '--pid', '--cgroup', '--root', '--wd'],
      network ? `--net=${network}` : '--net',
      '--',
      ...argv,
    ],
    { stdio: 'ignore' },
  )
  const pid = await childOf(process, async (child) => {
    const [own, servers] = await Promise.all([netOf(child), netOf(`${server.pid}`)])
    return own !== undefined && own !== servers
  })
  return guestOf(process, pid)
}

function guestOf(process: ChildProcess, pid: number): Guest {
  const over = () => process.exitCode !== null || process.signalCode !== null
  const inside = (argv: readonly string[]) => [
    'nsenter',
    `--net=/proc/${pid}/ns/net`,
    '--',
    ...argv,
  ]
  // Not awaited: arping sends at once, then stays for a second.
  const announce = (index: number, { ip }: VmNic) => {
    void outcome(inside(['arping', '-q', '-U', '-c', '1', '-I', `eth${index}`, ip]))
  }
  return {
    pid,
    get ended() {
      return over()
    },
    inside,
    announce,
    configure: async (index, nic) => {
      const device = `eth${index}`
      const lines = [
        `link set ${device} address ${nic.mac} mtu ${nic.mtu} up`,
        `addr add ${nic.ip}/${nic.prefix} dev ${device}`,
      ]
      // Several default routes, as OpenNebula's contextualisation makes them: the first NIC's wins.
      if (nic.gateway) {
        lines.push(`route add default via ${nic.gateway} dev ${device} metric ${100 + index}`)
      }
      await command(inside(['ip', '-batch', '-']), { input: `${lines.join('\n')}\n` })
      announce(index, nic)
    },
    stop: async () => {
      if (over()) return
      const ended = once(process, 'exit')
      await command(['kill', '-KILL', `${pid}`]).catch(() => {})
      await Promise.race([ended, pause(5000)])
    },
  }
}

async function netOf(pid: string): Promise<string | undefined> {
  return await readlink(`/proc/${pid}/ns/net`).catch(() => undefined)
}
