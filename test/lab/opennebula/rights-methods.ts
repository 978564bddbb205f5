import { type Method, method } from './method.ts'
import { authorize, changedMode, type Owned } from './owned.ts'
import type { Pool } from './pool.ts'
import type { Users } from './users.ts'

/** chmod, chown and rename, alike for every owned object. */
export function rightsMethods(
  object: string,
  kind: string,
  pool: Pool<Owned>,
  users: Users,
): Record<string, Method> {
  const nine = Array.from({ length: 9 }, () => 'int' as const)
  return {
    [`one.${object}.chmod`]: method(['int', ...nine], (user, id, ...flags) => {
      const found = pool.get(id)
      authorize(user, 'MANAGE', kind, found)
      found.mode = changedMode(found.mode, flags)
      return id
    }),
    [`one.${object}.chown`]: method(['int', 'int', 'int'], (user, id, uid, gid) => {
      const found = pool.get(id)
      authorize(user, 'MANAGE', kind, found)
      if (uid !== -1) found.uid = users.get(uid).id
      if (gid !== -1) found.gid = gid
      return id
    }),
    [`one.${object}.rename`]: method(['int', 'string'], (user, id, name) => {
      const found = pool.get(id)
      authorize(user, 'MANAGE', kind, found)
      found.name = name
      return id
    }),
  }
}
