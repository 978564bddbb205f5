import { type Method, method } from './method.ts'
import { authorize, changedMode, type Owned, requireAdmin } from './owned.ts'
import type { Pool } from './pool.ts'
import { errno, Refusal } from './refusal.ts'
import { groups, type Users } from './users.ts'

/** The ADMIN bits of owner, group and others. */
const adminBits = 0o111

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
      const mode = changedMode(found.mode, flags)
      const administers = ((mode ^ found.mode) & adminBits) !== 0
      authorize(user, administers ? 'ADMIN' : 'MANAGE', kind, found)
      found.mode = mode
      return id
    }),
    [`one.${object}.chown`]: method(['int', 'int', 'int'], (user, id, uid, gid) => {
      const found = pool.get(id)
      const owner = uid === -1 ? found.uid : users.get(uid).id
      const group = gid === -1 ? found.gid : gid
      if (groups[group] === undefined)
        throw new Refusal(errno.missing, `Error getting group [${gid}].`, gid)
      authorize(user, 'MANAGE', kind, found)
      // a user is given things by who may manage it, a group by who is in it
      if (owner !== found.uid) requireAdmin(user, 'MANAGE', `USER [${uid}]`)
      if (group !== found.gid && group !== user.gid) requireAdmin(user, 'USE', `GROUP [${gid}]`)
      found.uid = owner
      found.gid = group
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
