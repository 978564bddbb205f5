import { broken, ok, type Verdict, warning } from './finding.ts'

export interface ConfigurationFacts {
  readonly path: string
  /** Permission bits; undefined where there is no file, which is as good as an empty one. */
  readonly mode: number | undefined
  /** Why it cannot be taken; undefined for one that can. */
  readonly refused: string | undefined
  /** Whether it has a login in the address of the packages' repository. */
  readonly hasLogin: boolean
  /** Address the REST API listens on. */
  readonly host: string
}

const loopback = /^(127\.|localhost$|::1$)/
const everybody = { reads: 0o004, writes: 0o022 } as const

export function judgeConfiguration(facts: ConfigurationFacts): Verdict {
  const { path, mode = 0, refused, hasLogin, host } = facts
  if (refused !== undefined)
    return broken(
      refused,
      `Correct ${path} (docs/configuration.md), then: systemctl restart edgectl`,
    )
  if ((mode & everybody.writes) !== 0)
    return broken(
      `${path} may be written by others: whoever does decides what the controller does`,
      `chmod go-w ${path}`,
    )
  if (hasLogin && (mode & everybody.reads) !== 0)
    return warning(
      `${path} has a login in "profile.repository" and everybody may read it`,
      `chown root:oneadmin ${path} && chmod 640 ${path}`,
    )
  if (!loopback.test(host))
    return warning(
      `The REST API listens on ${host} without TLS, so passwords travel in clear`,
      `Leave out "host" in ${path} and put a proxy with TLS in front`,
    )
  return ok(facts.mode === undefined ? `There is no ${path}: all is default` : `${path} is sound`)
}

export interface OneAuthFacts {
  readonly path: string
  readonly mode: number
}

/** A login that others may read is theirs too; `sound` for one that they may not. */
export function judgeSecrecy({ path, mode }: OneAuthFacts, sound: Verdict): Verdict {
  if ((mode & 0o077) === 0) return sound
  return warning(`Others than its owner may read or write ${path}`, `chmod 600 ${path}`)
}
