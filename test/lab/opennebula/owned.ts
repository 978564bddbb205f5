import { errno, Refusal } from './refusal.ts'
import { groups, type User, type Users } from './users.ts'
import { plain, wrapped } from './xml.ts'

/** What objects with owner and permissions have in common. */
export interface Owned {
  readonly id: number
  name: string
  uid: number
  gid: number
  /** Nine bits, use-manage-admin for owner, group, others: 0o600. */
  mode: number
}

export type Right = 'USE' | 'MANAGE' | 'ADMIN'
const bits: Readonly<Record<Right, number>> = { USE: 4, MANAGE: 2, ADMIN: 1 }

export function ownedBy(user: User, mode = 0o600): Pick<Owned, 'uid' | 'gid' | 'mode'> {
  return { uid: user.id, gid: user.gid, mode }
}

export function may(user: User, right: Right, object: Owned): boolean {
  if (user.gid === 0) return true
  const owner = object.uid === user.id ? object.mode >> 6 : 0
  const group = object.gid === user.gid ? object.mode >> 3 : 0
  return ((owner | group | object.mode) & bits[right]) !== 0
}

/** Throws what oned says to a user without the right. `kind` as in "MANAGE DOCUMENT [1]". */
export function authorize(user: User, right: Right, kind: string, object: Owned): void {
  if (may(user, right, object)) return
  const what = `Not authorized to perform ${right} ${kind} [${object.id}].`
  throw new Refusal(errno.authorization, `User [${user.id}] : ${what}`)
}

export function requireAdmin(user: User, right: Right, kind: string): void {
  if (user.gid === 0) return
  throw new Refusal(
    errno.authorization,
    `User [${user.id}] : Not authorized to perform ${right} ${kind}.`,
  )
}

export function ownerXml(object: Owned, users: Users): string {
  return (
    plain('UID', object.uid) +
    plain('GID', object.gid) +
    plain('UNAME', users.get(object.uid).name) +
    plain('GNAME', groups[object.gid] ?? '')
  )
}

export function permissionsXml({ mode }: Owned): string {
  const flags = ['OWNER', 'GROUP', 'OTHER'].flatMap((who, w) =>
    ['U', 'M', 'A'].map((what, r) => plain(`${who}_${what}`, (mode >> (8 - w * 3 - r)) & 1)),
  )
  return wrapped('PERMISSIONS', flags.join(''))
}

/** chmod's nine parameters; -1 leaves a flag as it is. */
export function changedMode(mode: number, flags: readonly number[]): number {
  return flags.reduce((now, flag, i) => {
    const bit = 1 << (8 - i)
    return flag === -1 ? now : flag === 0 ? now & ~bit : now | bit
  }, mode)
}
