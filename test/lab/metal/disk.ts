import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { command } from '../sandbox/command.ts'

/** A server's disk: what the machine has installed, and on top of it what the server wrote. */
export interface Disk {
  /** The mounted root, in the sandbox's mount namespace; there also while the server is off. */
  readonly root: string
  readonly directory: string
}

/**
 * Makes a fresh disk under `directory`: the machine's `/`, read-only, without what a server does not
 * have (homes, /opt, this repository), as lower layers of an overlay whose upper layer is in memory.
 */
export async function makeDisk(directory: string): Promise<Disk> {
  const [upper, work, mask, root] = ['upper', 'work', 'mask', 'root'].map((name) =>
    join(directory, name),
  ) as [string, string, string, string]
  for (const path of [upper, work, mask, root]) await mkdir(path, { recursive: true })
  await hide(mask)
  const layers = `lowerdir=${mask}:/,upperdir=${upper},workdir=${work}`
  await command(['mount', '-t', 'overlay', 'overlay', '-o', layers, root])
  for (const path of empty) await mkdir(join(root, path), { recursive: true, mode: modeOf(path) })
  return { root, directory }
}

export async function destroyDisk({ root, directory }: Disk): Promise<void> {
  await command(['umount', '--lazy', root])
  await rm(directory, { recursive: true, force: true })
}

const kept = /^(bin|sbin|lib.*|etc|usr|var|dev|proc|sys|run|tmp)$/
const empty = [
  'boot',
  'home',
  'media',
  'mnt',
  'opt',
  'root',
  'srv',
  'usr/local/bin',
  'usr/local/sbin',
]
const repository = resolve(import.meta.dirname, '../../..')

function modeOf(path: string): number {
  return path === 'root' ? 0o700 : 0o755
}

/** Fills an overlay layer with whiteouts (devices 0/0): what they name is not there for those above. */
async function hide(layer: string): Promise<void> {
  const tops = (await readdir('/')).filter((name) => !kept.test(name)).map((name) => `/${name}`)
  const paths = new Set([...tops, '/usr/local', '/var/cache/apt', '/var/backups', '/var/tmp'])
  if (!tops.some((top) => repository.startsWith(`${top}/`))) paths.add(repository)
  const whiteouts: string[] = []
  for (const path of paths) {
    if (!(await lstat(path).catch(() => undefined))) continue
    await mkdir(join(layer, dirname(path)), { recursive: true })
    whiteouts.push(join(layer, path))
  }
  for (const path of whiteouts) await command(['mknod', path, 'c', '0', '0'])
}
