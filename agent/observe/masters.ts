import { readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Observed } from '../host/index.ts'

/** The kernel's view of devices. */
const devices = '/sys/class/net'

/**
 * An observation with these links as they are now: on which bridge, or gone. Without a process, so that
 * a VM that left since is seen by who has no time for a look.
 */
export async function withMasters(
  observed: Observed,
  names: ReadonlySet<string>,
): Promise<Observed> {
  const links = await Promise.all(
    observed.host.links.map(async (link) => {
      if (!names.has(link.name)) return [link]
      const state = await masterOf(link.name)
      return state === 'gone' ? [] : [{ ...link, master: state }]
    }),
  )
  return { ...observed, host: { ...observed.host, links: links.flat() } }
}

async function masterOf(name: string): Promise<string | null> {
  try {
    return basename(await readlink(join(devices, name, 'master')))
  } catch {
    return (await isThere(name)) ? null : 'gone'
  }
}

const isThere = (name: string): Promise<boolean> =>
  readlink(join(devices, name)).then(
    () => true,
    () => false,
  )
