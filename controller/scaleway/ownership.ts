import { carries, type Role, tagValue } from '../../lib/scaleway/index.ts'
import type { CloudObject } from './inventory.ts'
import type { Priced } from './prices.ts'

/** One object at Scaleway that says of itself which provision of this cloud it belongs to, and as what. */
export interface OwnedObject extends CloudObject {
  /** The provision's uuid. */
  readonly provision: string
  /** The provision's id as the tags have it, a label only; undefined where somebody took it away. */
  readonly provisionId: number | undefined
  readonly key: string
  /** Scaleway's word; empty for what has none. */
  readonly status: string
  /** Ids of other objects that it holds: a gateway its networks and its address, a server its SSH keys. */
  readonly holds: readonly string[]
  readonly tags: readonly string[]
  /** What decides its price. */
  readonly priced: Priced
}

export type Seen = Omit<OwnedObject, 'kind' | 'provision' | 'provisionId' | 'key'>

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The object with whose it is; undefined when its tags do not say it in full, and once. */
export function ownerOf(cloud: string, role: Role, seen: Seen): OwnedObject | undefined {
  const { tags } = seen
  if (!carries(tags, ['managed-by=edgectl', `cloud=${cloud}`, `role=${role}`])) return undefined
  const [provision, key] = [onlyValue(tags, 'provision'), onlyValue(tags, 'key')]
  if (onlyValue(tags, 'cloud') === undefined || onlyValue(tags, 'role') === undefined)
    return undefined
  if (provision === undefined || !uuid.test(provision) || !key) return undefined
  return {
    ...seen,
    kind: role,
    provision,
    key,
    provisionId: labelOf(tagValue(tags, 'provision_id')),
  }
}

/** SSH keys have no tags: their name is all their identity. */
export function ownerOfKey(
  cloud: string,
  { id, name }: { readonly id: string; readonly name: string },
): OwnedObject | undefined {
  const [start, of, provision = '', ...more] = name.split(' ')
  if (start !== 'edgectl' || of !== cloud || !uuid.test(provision) || more.length > 0)
    return undefined
  return {
    ...{ id, name, status: '', holds: [], tags: [] },
    ...{ provision, provisionId: undefined, key: 'ssh-key' },
    kind: 'ssh-key',
    priced: { kind: 'ssh-key' },
  }
}

function onlyValue(tags: readonly string[], name: string): string | undefined {
  const found = tags.filter((tag) => tag.startsWith(`${name}=`))
  return found.length === 1 ? tagValue(found, name) : undefined
}

function labelOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
