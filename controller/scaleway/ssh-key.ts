import { allPages, gone } from '../../lib/scaleway/index.ts'
import { ensureOne, type Site } from './site.ts'

/**
 * The controller's public key in the project, which Scaleway puts on servers at installation.
 * SSH keys have no tags, so both uuids are in the name. Answers its id.
 */
export async function ensureSshKey(site: Site, publicKey: string): Promise<string> {
  const key = await ensureOne(
    site,
    'SSH key',
    () => findSshKeys(site),
    () => site.scaleway.iam.createSSHKey({ name: keyName(site), publicKey }),
  )
  return key.id
}

export async function findSshKeys(site: Site) {
  const name = keyName(site)
  const { projectId } = site.scaleway.connection
  const found = await allPages(site.scaleway.iam.listSSHKeys, { projectId, name })
  return found.filter((key) => key.name === name && (site.only?.has(key.id) ?? true))
}

export async function releaseSshKeys(site: Site): Promise<void> {
  for (const { id } of await findSshKeys(site))
    await gone(site.scaleway.iam.deleteSSHKey({ sshKeyId: id }))
}

export interface NamedKey {
  readonly id: string
  readonly name: string
}

/** A key that others made for the provision, as long as it still has that name. */
export async function releaseNamedKey({ scaleway }: Site, { id, name }: NamedKey): Promise<void> {
  const { projectId } = scaleway.connection
  const found = await allPages(scaleway.iam.listSSHKeys, { projectId, name })
  if (found.some((key) => key.id === id && key.name === name))
    await gone(scaleway.iam.deleteSSHKey({ sshKeyId: id }))
}

function keyName({ identity }: Site): string {
  return `edgectl ${identity.cloud} ${identity.provision}`
}
