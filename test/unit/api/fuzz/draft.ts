import type { Chance } from '../../ipam/fuzz/chance.ts'
import { type Ids, type Row, routes } from '../routes.ts'
import { basic } from '../support.ts'
import { bodyFor } from './bodies.ts'

/** A request that can be taken apart. */
export interface Draft {
  readonly route: string
  method: string
  path: string
  /** Without its question mark. */
  query: string
  headers: Record<string, string | string[]>
  body: unknown
  /** What is sent instead of the body. */
  payload: string | Buffer | undefined
}

/** More documents than an owner's: what exists and is nobody's of this controller. */
export interface World extends Ids {
  readonly others: readonly number[]
}

const sessions = [
  ...['oneadmin:opennebula', 'oneadmin:opennebula', 'alice:wonder', 'alice:wonder'],
  ...['ruth:root', 'bob:builder', 'carol:stranger', 'dave:guest'],
] as const

const queries = [
  ...[
    '',
    '',
    '',
    'include_sensitive=true',
    'all=true',
    'include_sensitive=1&all=yes',
    'force=true',
  ],
  ...[
    'dry_run=true',
    'dry_run=false',
    'dry_run=1',
    'pos=0',
    'pos=',
    'pos=999999999999999',
    'pos=-1',
  ],
  ...[
    'page=0',
    'page=999999999999999&per_page=999999999999999',
    'per_page=0',
    'page=1.5',
    'replay=x',
  ],
  ...['all=true&page=3', 'enabled=true', 'enabled=maybe', 'x=y', 'force', 'force=', 'force=TRUE'],
] as const

/** A request of the route that passes authentication and schema, and that nobody would mean. */
export function draftOf(route: string, chance: Chance, world: World): Draft {
  const [method = 'GET', template = '/'] = route.split(' ')
  const row = routes[route] as Row
  const [usual = template, rowQuery = ''] = (row.url?.(world) ?? template).split('?')
  const path = chance.once(3) ? withId(template, idIn(chance, world)) : usual
  const query = chance.once(2) ? rowQuery : chance.of(queries as unknown as [string])
  const session = chance.of(sessions as unknown as [string])
  return {
    ...{ route, method, path, query, payload: undefined },
    headers: { ...basic(session), 'content-type': 'application/json' },
    body: bodyFor(route, chance, world),
  }
}

export function withId(template: string, id: string): string {
  return template.replace(':id', id).replace(':name', id)
}

function idIn(chance: Chance, world: World): string {
  const { provider, spare, provision, failed, others } = world
  const known = [provider, spare, provision, failed, ...others]
  return String(chance.of([4_711, 0, 999_999_999, ...known, ...known]))
}
