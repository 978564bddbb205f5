import { type Clock, type PollOptions, poll } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import {
  carries,
  ensure,
  type Identity,
  type Role,
  type Scaleway,
  tagsFor,
  wantedTags,
} from '../../lib/scaleway/index.ts'
import type { Turns } from './turns.ts'

/** Where all of the room's functions work: one project and zone, as one provision. */
export interface Site {
  readonly scaleway: Scaleway
  readonly identity: Identity
  readonly clock: Clock
  readonly logger: Logger
  readonly turns: Turns
  /** Ends waits; requests under way are always finished, so that none is lost on purpose. */
  readonly signal?: AbortSignal
  /** Ids of the only objects that may be seen; all of the provision's unless given. */
  readonly only?: ReadonlySet<string>
}

/** Called again and again with what is waited for. */
export type Watch = (detail: string) => void

const pollEveryMs = 5_000

/** Looks every 5 s for what `look` answers; see lib/clock. */
export function watch<T>(
  { clock, signal }: Site,
  options: Pick<PollOptions, 'what' | 'withinMs'>,
  look: () => Promise<T | undefined>,
): Promise<T> {
  return poll(
    clock,
    { everyMs: pollEveryMs, ...options, ...(signal === undefined ? {} : { signal }) },
    look,
  )
}

/** The one tagged object of a role and key, created if it is not there. */
export function ensureTagged<T extends { readonly tags: string[] }>(
  site: Site,
  role: Role,
  key: string,
  list: (request: { projectId: string; tags: string[] }) => Promise<T[]>,
  create: (tags: string[]) => Promise<T>,
): Promise<T> {
  return ensureOne(
    site,
    key,
    () => findTagged(site, list, role, key),
    () => create(tagsFor(site.identity, role, key)),
  )
}

/** The one object that `find` finds, created if there is none. */
export function ensureOne<T>(
  { identity, clock, signal }: Site,
  what: string,
  find: () => Promise<T[]>,
  create: () => Promise<T>,
): Promise<T> {
  return ensure({
    what: `${what} of provision ${identity.provisionId}`,
    find,
    create,
    clock,
    ...(signal === undefined ? {} : { signal }),
  })
}

/** All objects with the identity's tags, and of that role and key if given. */
export async function findTagged<T extends { readonly id?: string; readonly tags: string[] }>(
  { identity, scaleway, only }: Site,
  list: (request: { projectId: string; tags: string[] }) => Promise<T[]>,
  role?: Role,
  key?: string,
): Promise<T[]> {
  const { projectId } = scaleway.connection
  // Scaleway's filter matches any of the tags, so the most selective one goes alone.
  const found = await list({ projectId, tags: [`provision=${identity.provision}`] })
  const wanted = wantedTags(identity, role, key)
  const seen = only === undefined ? found : found.filter(({ id = '' }) => only.has(id))
  return seen.filter(({ tags }) => carries(tags, wanted))
}

/** OneForm's driver names objects like this. */
export function nameOf({ identity }: Site, what: string): string {
  return `provision_${identity.provisionId}_${what.replaceAll('-', '_')}`
}
