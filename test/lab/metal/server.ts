import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { addNamespace, removeNamespace } from '../net/namespace.ts'
import { type CommandOptions, type CommandResult, outcome } from '../sandbox/command.ts'
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
  const directory = join(process.env['LAB_DIR'] ?? '/run/lab', 'metal', id)
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

  async function start(): Promise<void> {
    if (power) return
    await addNamespace(namespace)
    await cabling.plug()
    const console = join(disk.directory, 'console.log')
    const run = await switchOn({ namespace, root: disk.root, hostname, console })
    power = run
    void run.off.then(async (why) => {
      if (power !== run) return
      // It switched itself off: `reboot` and `poweroff` are its own to use.
      await released()
      if (why === 'reboot') await start()
    })
  }

  /** The kernel's network state dies with the power: links, bridges, routes, nft. */
  async function released(): Promise<void> {
    power = undefined
    await cabling.unplug()
    await removeNamespace(namespace)
  }

  async function stop(): Promise<void> {
    const run = power
    if (!run) return
    power = undefined
    await run.cut()
    await released()
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
      const inside = ['nsenter', '--target', `${power.pid}`, '--all', '--']
      return await outcome(
        [...inside, 'env', '-i', `PATH=${path}`, 'HOME=/root', 'LC_ALL=C', ...argv],
        options,
      )
    },
  }
}
