import { readdir, readFile, readlink } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { command } from '../lab/sandbox/index.ts'

/**
 * What one run has on this machine, told by descent and by the kernel, never by name: other runs,
 * other clones and whatever else works on the machine at the same time are not in it.
 */
export interface Footprint {
  /** `pid@start`: the start time tells a process from a later one with the same number. */
  readonly processes: Set<string>
  /** `net:[4026…]`, of the kinds `net`, `mnt` and `pid`; without those of this process. */
  readonly namespaces: Set<string>
  /** Paths of cgroups; without those this process is in. */
  readonly cgroups: Set<string>
}

export interface Watch {
  /** What was seen of the run until now. */
  readonly footprint: Footprint
  end(): Promise<void>
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly start: string
  readonly words: string
  readonly namespaces: readonly string[]
  readonly cgroups: readonly string[]
}

const lookEveryMs = 500

/** Follows a run from outside, starting with the process that begins it. */
export function watchRun(pid: number): Watch {
  const footprint: Footprint = { processes: new Set(), namespaces: new Set(), cgroups: new Set() }
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look(pid, footprint)
      await pause(lookEveryMs, undefined, { signal: over.signal }).catch(() => undefined)
    }
  })()
  return {
    footprint,
    end: () => {
      over.abort()
      return watching
    },
  }
}

/** What of a run is still on the machine, one line each. */
export async function leftOf({ processes, namespaces, cgroups }: Footprint): Promise<string[]> {
  const now = await allProcesses()
  const alive = now.filter(
    (process) =>
      processes.has(identityOf(process)) || process.namespaces.some((one) => namespaces.has(one)),
  )
  const directories = await allCgroups()
  return [
    ...alive.map(({ pid, words }) => `process ${pid} ${words}`),
    ...directories.filter((path) => cgroups.has(path)).map((path) => `cgroup ${path}`),
  ]
}

/** Mounts and links of the machine itself, where a lab has nothing to leave. */
export async function machineItself(): Promise<ReadonlySet<string>> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).trim().split('\n')
  const links = (await command(['ip', '-o', 'link'])).trim().split('\n')
  return new Set([
    ...mounts.map((line) => `mount ${line.split(' ')[4]}`),
    ...links.map((line) => `link ${line.split(': ')[1]?.split('@')[0]}`),
  ])
}

async function look(root: number, footprint: Footprint): Promise<void> {
  const [all, own] = await Promise.all([allProcesses(), readProcess('self')])
  const family = new Set([root])
  // A child may stand before its parent: numbers start anew when they run out.
  for (let size = 0; size !== family.size; ) {
    size = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  for (const process of all.filter(({ pid }) => family.has(pid))) {
    footprint.processes.add(identityOf(process))
    for (const one of process.namespaces) {
      if (!own?.namespaces.includes(one)) footprint.namespaces.add(one)
    }
    for (const one of process.cgroups) {
      if (!own?.cgroups.includes(one)) footprint.cgroups.add(one)
    }
  }
}

const identityOf = ({ pid, start }: Process): string => `${pid}@${start}`

async function allProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  const found = await Promise.all(pids.map(readProcess))
  return found.filter((process) => process !== undefined)
}

/** Undefined for a process that ended meanwhile, or has ended and waits for its parent. */
async function readProcess(pid: string): Promise<Process | undefined> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8')
  try {
    const [stat, words, cgroup, ...namespaces] = await Promise.all([
      read('stat'),
      read('cmdline'),
      read('cgroup'),
      ...['net', 'mnt', 'pid'].map((kind) => readlink(`/proc/${pid}/ns/${kind}`)),
    ])
    // proc(5): the name in parentheses may hold anything; state, parent … start time come after it.
    const columns = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      pid: Number.parseInt(stat, 10),
      parent: Number(columns[1]),
      start: columns[19] ?? '',
      words: words.replaceAll('\0', ' ').slice(0, 120),
      namespaces,
      cgroups: cgroup.trim().split('\n').flatMap(unifiedPath),
    }
  } catch {
    return undefined
  }
}

/** `0::/a/b` is the place in the unified hierarchy (cgroups(7)). */
function unifiedPath(line: string): string[] {
  return line.startsWith('0::') ? [line.slice(3)] : []
}

/** Every cgroup of the unified hierarchy, whether the machine has it mounted or not. */
async function allCgroups(): Promise<string[]> {
  const program = 'mount -t cgroup2 cgroup2 /sys/fs/cgroup && cd /sys/fs/cgroup && find . -type d'
  const found = await command(['unshare', '--mount', 'sh', '-c', program])
  return found.split('\n').map((path) => path.replace(/^\./, ''))
}
