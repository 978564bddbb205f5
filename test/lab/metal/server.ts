import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { addNamespace, removeNamespace } from '../net/namespace.ts'
import { type CommandOptions, type CommandResult, outcome } from '../sandbox/command.ts'
import { labDirectory } from '../sandbox/inside.ts'
import { type Disk, destroyDisk, makeDisk } from './disk.ts'
import { type Installation, prepare } from './first-boot.ts'
import { type Power, switchOn } from './power.ts'

/** Plugs all cables of a server into a fresh network namespace, or takes them out. */
export interface Cabling {
  plug(): Promise<void>
  unplug(): Promise<void>
}

export interface Server {
  readonly id: string
  /** Its network namespace's name; there only while it is on. */
  readonly namespace: string
  /** Its systemd as the sandbox sees it; undefined while it is off. */
  readonly pid: number | undefined
  start(): Promise<void>
  stop(): Promise<void>
  /** Powers off and forgets its disk. */
  remove(): Promise<void>
  /** Runs a program in it, as root. Throws when it is off. */
  exec(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** A new server, off, with a fresh disk installed. */
export async function installServer(
  id: string,
  installation: Installation,
  cabling: Cabling,
): Promise<Server> {
  const directory = join(labDirectory(), 'metal', id)
  await mkdir(directory, { recursive: true })
  const disk = await makeDisk(directory)
  await prepare(disk.root, installation).catch(async (error: unknown) => {
    await destroyDisk(disk)
    throw error
  })
  return serverOn(id, installation.hostname, disk, cabling)
}

function serverOn(id: string, hostname: string, disk: Disk, cabling: Cabling): Server {
  const namespace = `em-${id}`
  let power: Power | undefined
  /** Its own reboot, while it goes on. */
  let rebooting: Promise<void> = Promise.resolve()

  async function start(): Promise<void> {
    await rebooting
    if (!power) await powerOn()
  }

  async function stop(): Promise<void> {
    await rebooting
    const run = power
    if (!run) return
    power = undefined
    await run.cut()
    await release()
  }

  async function powerOn(): Promise<void> {
    try {
      await addNamespace(namespace)
      await cabling.plug()
      const console = join(disk.directory, 'console.log')
      const run = await switchOn({ namespace, root: disk.root, hostname, console })
      power = run
      void run.off.then((why) => {
        if (power === run) rebooting = switchedItselfOff(why)
      })
    } catch (error) {
      await release()
      throw error
    }
  }

  /** `reboot` and `poweroff` are a server's own to use. */
  async function switchedItselfOff(why: 'off' | 'reboot'): Promise<void> {
    power = undefined
    await release()
    if (why === 'reboot') await powerOn()
  }

  /** The kernel's network state dies with the power: links, bridges, routes, nft. */
  async function release(): Promise<void> {
    await cabling.unplug()
    await removeNamespace(namespace)
  }

  return {
    id,
    namespace,
    get pid() {
      return power?.pid
    },
    start,
    stop,
    remove: async () => {
      await stop()
      await destroyDisk(disk)
    },
    exec: async (argv, options) => {
      if (!power) throw new Error(`Server ${id} is off`)
      // Its root too: where the sandbox itself is in a chroot, namespaces alone lead out of it.
      const inside = ['nsenter', '--target', `${power.pid}`, '--all', '--root', '--wd', '--']
      return await outcome(
        [...inside, 'env', '-i', `PATH=${path}`, 'HOME=/root', 'LC_ALL=C', ...argv],
        options,
      )
    },
  }
}
