import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'

const system = 'etc/systemd/system'
const vendor = 'usr/lib/systemd/system'

/** What a fresh server runs beyond systemd's own: sshd, and FRR as its package left it. */
const services = ['ssh.service', 'frr.service']

/** What systemd itself wants at boot and what makes sense without hardware, consoles and seats. */
const vendorUnits = [
  /^dbus\.(service|socket)$/,
  /^systemd-journald(-dev-log)?\.(service|socket)$/,
  /^systemd-(sysctl|tmpfiles-setup|user-sessions)\.service$/,
]

/**
 * Leaves on a server's root only the units a fresh server starts, whatever the machine below has
 * enabled: a list of what is allowed, because nobody can list all the rest.
 */
export async function choose(root: string): Promise<void> {
  await disableEnabled(root)
  await maskVendor(root)
  await maskGenerators(root)
  const wants = join(root, system, 'multi-user.target.wants')
  await mkdir(wants, { recursive: true })
  for (const unit of services) await symlink(`/lib/systemd/system/${unit}`, join(wants, unit))
  await replaceLink('/lib/systemd/system/multi-user.target', join(root, system, 'default.target'))
}

async function disableEnabled(root: string): Promise<void> {
  for (const path of await wanted(join(root, system))) await rm(path)
}

async function maskVendor(root: string): Promise<void> {
  for (const path of await wanted(join(root, vendor))) {
    const unit = basename(path)
    if (vendorUnits.some((allowed) => allowed.test(unit))) continue
    await replaceLink('/dev/null', join(root, system, unit))
  }
}

/** Generators make units of the machine's fstab, consoles, partitions and network set-up. */
async function maskGenerators(root: string): Promise<void> {
  const masks = join(root, 'etc/systemd/system-generators')
  await mkdir(masks, { recursive: true })
  for (const name of await readdir(join(root, 'usr/lib/systemd/system-generators'))) {
    await replaceLink('/dev/null', join(masks, name))
  }
}

async function wanted(directory: string): Promise<string[]> {
  const entries = await readdir(directory)
  const lists = entries.filter((name) => /\.(wants|requires)$/.test(name))
  const found = lists.map(async (list) =>
    (await readdir(join(directory, list))).map((unit) => join(directory, list, unit)),
  )
  return (await Promise.all(found)).flat()
}

async function replaceLink(target: string, path: string): Promise<void> {
  await rm(path, { force: true })
  await symlink(target, path)
}
