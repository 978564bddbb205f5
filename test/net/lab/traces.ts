import { type FileHandle, open, readdir, readFile, readlink } from 'node:fs/promises'
import { outcome } from '../../lab/sandbox/command.ts'

/** What a sandbox is known by on the machine. */
export interface Marks {
  readonly name: string
  /** `net:[…]` of its own network namespace. */
  readonly net: string
}

/**
 * What is left of a sandbox on the machine: processes in its cgroup or network, whatever they are
 * called, mounts that name it, and cgroup directories. Empty when it is gone.
 */
export async function tracesOf({ name, net }: Marks): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  const found = pids.map(async (pid) => {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
    const [cgroup, mounts, link, words] = await Promise.all([
      read('cgroup'),
      read('mountinfo'),
      readlink(`/proc/${pid}/ns/net`).catch(() => ''),
      read('cmdline'),
    ])
    const isOurs = cgroup.includes(name) || mounts.includes(name) || link === net
    return isOurs ? [`process ${pid} ${words.replaceAll('\0', ' ')}`] : []
  })
  const cgroups = await outcome(['find', '/sys/fs/cgroup', '-type', 'd', '-name', name])
  return [...(await Promise.all(found)).flat(), ...cgroups.stdout.split('\n').filter(Boolean)]
}

const pinned: FileHandle[] = []

/**
 * Keeps the kernel from giving the number of a network namespace to another one while this process
 * lives: others on this machine make namespaces all the time.
 */
export async function pin(net: string): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const path = `/proc/${pid}/ns/net`
    if ((await readlink(path).catch(() => '')) !== net) continue
    const handle = await open(path).catch(() => null)
    if (handle === null) continue
    pinned.push(handle)
    return
  }
}
