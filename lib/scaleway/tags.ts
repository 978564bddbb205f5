/** Whose object it is. `provisionId` is a label only: ids repeat between clouds that share a project. */
export interface Identity {
  readonly cloud: string
  readonly provision: string
  readonly provisionId: number
  readonly userTags: Readonly<Record<string, string>>
}

export type Role = 'vpc' | 'private-network' | 'gateway' | 'gateway-ip' | 'server' | 'flexible-ip'

/** All tags an object of this provision is created with, the user's own last. */
export function tagsFor(identity: Identity, role: Role, key: string): string[] {
  const ours = [...wantedTags(identity, role, key), `provision_id=${identity.provisionId}`]
  const reserved = new Set(ours.map((tag) => tag.slice(0, tag.indexOf('='))))
  const users = Object.entries(identity.userTags).filter(([name]) => !reserved.has(name))
  return [...ours, ...users.map(([name, value]) => `${name}=${value}`)]
}

/** The tags that decide whether an object is ours: all of them must be there. */
export function wantedTags(
  identity: Pick<Identity, 'cloud' | 'provision'>,
  role?: Role,
  key?: string,
): string[] {
  return [
    'managed-by=edgectl',
    `cloud=${identity.cloud}`,
    `provision=${identity.provision}`,
    ...(role === undefined ? [] : [`role=${role}`]),
    ...(key === undefined ? [] : [`key=${key}`]),
  ]
}

/** Whether all wanted tags are among these; Scaleway's own `tags` filter matches any of them. */
export function carries(tags: readonly string[] | undefined, wanted: readonly string[]): boolean {
  if (wanted.length === 0) throw new TypeError('An empty tag set would match everything')
  return wanted.every((tag) => tags?.includes(tag) ?? false)
}

/** The value of `name=value` among the tags. */
export function tagValue(tags: readonly string[] | undefined, name: string): string | undefined {
  return tags?.find((tag) => tag.startsWith(`${name}=`))?.slice(name.length + 1)
}
