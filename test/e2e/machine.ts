import { readdir, readFile, readlink } from 'node:fs/promises'
import { command } from '../lab/sandbox/index.ts'

/** What a lab could leave on a machine, read from /proc and the kernel, not by name. */
export interface Machine {
  /** Processes in another network, mount or pid namespace than ours. */
  readonly strangers: ReadonlySet<string>
  readonly mounts: ReadonlySet<string>
  readonly links: ReadonlySet<string>
  readonly cgroups: ReadonlySet<string>
}

export async function lookAtMachine(): Promise<Machine> {
  return {
    strangers: new Set(await strangers()),
    mounts: new Set(
      (await readFile('/proc/self/mountinfo', 'utf8')).trim().split('\n').map(target),
    ),
    links: new Set((await command(['ip', '-o', 'link'])).trim().split('\n').map(linkName)),
    cgroups: new Set(await cgroups()),
  }
}

/** What is there now and was not before, one line each. */
export function leftBehind(before: Machine, after: Machine): string[] {
  const kinds = ['strangers', 'mounts', 'links', 'cgroups'] as const
  return kinds.flatMap((kind) =>
    [...after[kind]].filter((one) => !before[kind].has(one)).map((one) => `${kind}: ${one}`),
  )
}

async function strangers(): Promise<string[]> {
  const own = await namespacesOf('self')
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const theirs = await namespacesOf(pid)
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      const foreign = theirs !== undefined && theirs !== own && words !== ''
      return foreign ? [`${pid} ${words.replaceAll('\0', ' ').slice(0, 120)}`] : []
    }),
  )
  return found.flat()
}

/** Undefined for a process that ended meanwhile. */
async function namespacesOf(pid: string): Promise<string | undefined> {
  const kinds = ['net', 'mnt', 'pid']
  const links = kinds.map((kind) => readlink(`/proc/${pid}/ns/${kind}`))
  return await Promise.all(links).then(
    (all) => all.join(),
    () => undefined,
  )
}

/** Directories of every cgroup hierarchy that is mounted, by mount. */
async function cgroups(): Promise<string[]> {
  const mounted = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map(target)
  const each = mounted.map((path) => command(['find', path, '-type', 'd']).catch(() => ''))
  return (await Promise.all(each)).flatMap((text) => text.trim().split('\n'))
}

function target(line: string): string {
  return line.split(' ')[4] ?? ''
}

function linkName(line: string): string {
  return line.split(': ')[1]?.split('@')[0] ?? ''
}
