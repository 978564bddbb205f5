import { createHash } from 'node:crypto'
import { errno, Refusal } from './refusal.ts'
import { cdata, ids, plain, wrapped } from './xml.ts'

export interface User {
  readonly id: number
  readonly name: string
  readonly gid: number
  readonly gname: string
  readonly password: string
}

/** Users by `user:password`. The first is oneadmin; the others are in group users. */
export class Users {
  readonly #users: readonly User[]

  constructor(passwords: Readonly<Record<string, string>>) {
    const others = Object.entries(passwords).filter(([name]) => name !== 'oneadmin')
    const admin = passwords['oneadmin']
    if (admin === undefined) throw new TypeError('users need one named oneadmin')
    // 1 is serveradmin in every real cloud.
    this.#users = [
      { id: 0, name: 'oneadmin', gid: 0, gname: 'oneadmin', password: admin },
      ...others.map(([name, password], i) => ({
        ...{ id: i + 2, name, password },
        ...{ gid: 1, gname: 'users' },
      })),
    ]
  }

  authenticate(session: unknown): User {
    const [name, password] = String(session).split(/:(.*)/s)
    const user = this.#users.find((one) => one.name === name && one.password === password)
    if (!user) {
      throw new Refusal(errno.authentication, "User couldn't be authenticated, aborting call.")
    }
    return user
  }

  named(name: string): User {
    const user = this.#users.find((one) => one.name === name)
    if (!user) throw new TypeError(`no user ${name}`)
    return user
  }

  get admin(): User {
    return this.get(0)
  }

  get(id: number): User {
    const user = this.#users.find((one) => one.id === id)
    if (!user) throw new Refusal(errno.missing, `Error getting user [${id}].`, id)
    return user
  }
}

/** Group names by id, as a fresh cloud has them. */
export const groups: Readonly<Record<number, string>> = { 0: 'oneadmin', 1: 'users' }

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const quotas = ['DATASTORE', 'NETWORK', 'VM', 'IMAGE']
  .map((q) => wrapped(`${q}_QUOTA`, ''))
  .join('')

export function userXml(user: User): string {
  return wrapped(
    'USER',
    plain('ID', user.id) +
      plain('GID', user.gid) +
      ids('GROUPS', [user.gid]) +
      plain('GNAME', user.gname) +
      plain('NAME', user.name) +
      cdata('PASSWORD', sha256(user.password)) +
      cdata('AUTH_DRIVER', 'core') +
      plain('ENABLED', 1) +
      wrapped('TEMPLATE', cdata('TOKEN_PASSWORD', sha256(`token ${user.name}`))) +
      quotas +
      wrapped('DEFAULT_USER_QUOTAS', quotas),
  )
}
