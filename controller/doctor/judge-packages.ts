import type { RepositoryAnswer } from '../bootstrap/index.ts'
import { broken, ok, skipped, type Verdict, warning } from './finding.ts'

export interface RepositoryFacts {
  readonly packages: readonly string[]
  /** Null where hosts have another source. */
  readonly repository: string | null
  readonly series: string
  readonly answers: readonly RepositoryAnswer[]
}

/** Whether hosts can get OpenNebula's packages of oned's own series. */
export function judgePackages({ packages, repository, series, answers }: RepositoryFacts): Verdict {
  if (packages.length === 0) return skipped('The configuration leaves the hypervisor to you')
  if (repository === null)
    return skipped('The configuration leaves the source of packages to the hosts')
  const where = withoutLogin(repository)
  const silent = answers.find(({ said }) => !isAnswer(said))
  if (silent)
    return warning(
      `${where} cannot be asked from here (${silent.said}); hosts ask it themselves`,
      'Check that hosts will reach it, or name another as "profile.repository"',
    )
  const lacking = answers.filter(({ said }) => said !== 200)
  const has = answers.filter(({ said }) => said === 200).map(({ system }) => system)
  if (lacking.length === 0) return ok(`${where} has OpenNebula ${series} for ${has.join(', ')}`)
  const told = lacking.map(({ system, said }) => `${system} (it answers ${said})`).join(', ')
  const sentence = `${where} has no OpenNebula ${series} for ${told}`
  if (has.length > 0)
    return warning(sentence, `Create provisions with instance_os_name of ${has.join(', ')}`)
  return broken(
    `${sentence}, so no host could become a hypervisor`,
    'Name the right one as "profile.repository" in /etc/edgectl/edgectl.json, or empty "profile.kvmPackages" and install hypervisors yourself',
  )
}

/** Refused for good; what a server that is ill says, says nothing. */
const isAnswer = (said: number | string) =>
  said === 200 || (Number(said) >= 400 && Number(said) < 500)

/** An enterprise repository has one in its address. */
export function withoutLogin(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//')
}
