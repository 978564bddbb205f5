import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { labCgroup } from '../sandbox/inside.ts'
import { childOf } from './children.ts'

export interface PowerOptions {
  readonly namespace: string
  readonly root: string
  readonly hostname: string
  /** What firmware and systemd say before there is a journal. */
  readonly console: string
}

/** A server that is switched on. */
export interface Power {
  /** Its systemd, as the sandbox sees it. */
  readonly pid: number
  /** Resolves when it is off, by `cut` or by itself: `reboot` when it asked to come back. */
  readonly off: Promise<'off' | 'reboot'>
  /** Pulls the plug: all its processes die at once. Resolves when nothing of this run is left. */
  cut(): Promise<void>
}

/** Starts a server on its disk; resolves when its systemd runs. Its network namespace must be there. */
export async function switchOn(options: PowerOptions): Promise<Power> {
  const cgroup = join(labCgroup(), options.namespace)
  await mkdir(cgroup)
  const console = await open(options.console, 'a')
  const boot = join(import.meta.dirname, 'boot.sh')
  const { namespace, root, hostname } = options
  const child = spawn('bash', [boot, cgroup, namespace, root, hostname], {
    stdio: ['ignore', console.fd, console.fd],
  })
  await console.close()
  const off = once(child, 'exit').then(async ([, signal]) => {
    await removeCgroup(cgroup)
    // What the kernel does to the init of a pid namespace that calls reboot(2).
    return signal === 'SIGHUP' ? 'reboot' : 'off'
  })
  const pid = await childOf(child, isSystemd).catch(async (error: unknown) => {
    throw new Error(`The server did not start: ${await readFile(options.console, 'utf8')}`, {
      cause: error,
    })
  })
  return {
    pid,
    off,
    cut: async () => {
      child.kill('SIGKILL')
      await off
    },
  }
}

/** True for PID 1 of a pid namespace below this one, once it has left the lab's mounts behind. */
async function isSystemd(pid: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return /^Name:\tsystemd$/m.test(status) && /^NSpid:.*\s1$/m.test(status)
}

/** Kills what is in it and removes it bottom up; the dying take a moment. */
async function removeCgroup(path: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    await writeFile(join(path, 'cgroup.kill'), '1').catch(() => {})
    if (await removeTree(path)) return
    await pause(20)
  }
  throw new Error(`The cgroup ${path} could not be removed`)
}

async function removeTree(path: string): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name))
  return await rmdir(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
}
