import { broken, ok, type Verdict, warning } from './finding.ts'

export interface OnedFacts {
  readonly endpoint: string
  /** `7.0.1`, as oned tells it. */
  readonly version: string
}

export interface OneUser {
  readonly name: string
  readonly gid: number
  readonly gname: string
  readonly groups: readonly number[]
}

const supported = 7
const oneadminGroup = 0

/** Whether this oned is one that edgectl was made for. */
export function judgeVersion({ endpoint, version }: OnedFacts): Verdict {
  const major = Number(/^(\d+)\./.exec(version)?.[1])
  const told = `oned at ${endpoint} answers, version ${version.slice(0, 40)}`
  if (major === supported) return ok(told)
  if (major > supported)
    return warning(
      `${told}, newer than this edgectl knows`,
      `Try it on a cloud that may break, or use OpenNebula ${supported}.x`,
    )
  return broken(`${told}, and edgectl needs ${supported}.x`, `Upgrade OpenNebula to ${supported}.x`)
}

export const isAdministrator = ({ gid, groups }: OneUser): boolean =>
  [gid, ...groups].includes(oneadminGroup)

/** Whether the controller's user may do what the controller does. */
export function judgeControllerUser(user: OneUser, file: string): Verdict {
  if (isAdministrator(user)) return ok(`oned accepts ${file}: ${user.name} is in group oneadmin`)
  return broken(
    `${user.name} of ${file} is in group ${user.gname}, and must be in oneadmin`,
    `Write oneadmin’s user:password to ${file}, then: systemctl restart edgectl`,
  )
}

/** The controller's own way to oned. */
export function judgeControllersOned(
  oned: OnedFacts & { readonly leads: boolean },
  user: OneUser,
  file: string,
): Verdict {
  const login = judgeControllerUser(user, file)
  if (login.status !== 'ok') return login
  const version = judgeVersion(oned)
  if (version.status !== 'ok' || oned.leads) return version
  return broken(
    `oned at ${oned.endpoint} does not lead its zone, so nothing is changed from here`,
    'Ask the front-end whose oned leads: onezone show 0',
  )
}
