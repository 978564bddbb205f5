import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { command } from '../sandbox/command.ts'
import { labDirectory } from '../sandbox/inside.ts'

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
  const path = (name: string) => join(directory, name)
  const [upper, work, root] = [path('upper'), path('work'), path('root')]
  for (const made of [upper, work, root]) await mkdir(made, { recursive: true })
  mask ??= hide(join(labDirectory(), 'mask'))
  const layers = `lowerdir=${await mask}:/,upperdir=${upper},workdir=${work}`
  await command(['mount', '-t', 'overlay', 'overlay', '-o', layers, root])
  for (const name of empty) await mkdir(join(root, name), { recursive: true, mode: modeOf(name) })
  return { root, directory }
}

/** The layer all servers share, in which the machine's own affairs are not there. */
let mask: Promise<string> | undefined

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
async function hide(layer: string): Promise<string> {
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
  return layer
}
