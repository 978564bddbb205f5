import { lstat, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Observed } from '../host/index.ts'

/**
 * An observation with these links as they are now: on which bridge, or gone. Without a process, so that
 * a VM that left since is seen by who has no time for a look. `devices` is `/sys/class/net`.
 */
export async function withMasters(
  observed: Observed,
  names: ReadonlySet<string>,
  devices: string,
): Promise<Observed> {
  const links = await Promise.all(
    observed.host.links.map(async (link) => {
      if (!names.has(link.name)) return [link]
      const state = await masterOf(join(devices, link.name))
      return state === 'gone' ? [] : [{ ...link, master: state }]
    }),
  )
  return { ...observed, host: { ...observed.host, links: links.flat() } }
}

async function masterOf(device: string): Promise<string | null> {
  try {
    return basename(await readlink(join(device, 'master')))
  } catch {
    return (await isThere(device)) ? null : 'gone'
  }
}

const isThere = (device: string): Promise<boolean> =>
  lstat(device).then(
    () => true,
    () => false,
  )
