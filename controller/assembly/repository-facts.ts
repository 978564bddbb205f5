import { askRepository } from '../bootstrap/index.ts'
import type { Config } from '../config/index.ts'
import { judgePackages, type RepositoryFacts } from '../doctor/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { userInputsFor } from '../provision/index.ts'
import { seriesOf } from './hypervisor-kit.ts'

type Hypervisor = Config['profile']['hypervisor']

/** What the source of OpenNebula's packages has for every system that hosts can get. */
export async function repositoryFacts(
  config: Pick<Config, 'profile'>,
  one: Pick<OpenNebula, 'version'>,
  withinMs: number,
): Promise<RepositoryFacts> {
  const { hypervisor } = config.profile
  return await ask(config, one, { hypervisor, systems: osNames(hypervisor), withinMs })
}

/**
 * What to tell before servers are ordered that could not become hypervisors, or where nobody can say whether they
 * could: hosts ask a repository themselves, which may answer them and not this machine.
 */
export async function packageWarnings(
  config: Pick<Config, 'profile'>,
  one: Pick<OpenNebula, 'version'>,
  { hypervisor, osName }: { readonly hypervisor: Hypervisor; readonly osName: string },
  withinMs: number,
): Promise<string[]> {
  const facts = await ask(config, one, { hypervisor, systems: [osName], withinMs })
  const { status, sentence } = judgePackages(facts)
  return status === 'broken' || status === 'warning' ? [sentence] : []
}

interface Question {
  readonly hypervisor: Hypervisor
  /** Like `ubuntu_2204`. */
  readonly systems: readonly string[]
  readonly withinMs: number
}

async function ask(
  { profile }: Pick<Config, 'profile'>,
  one: Pick<OpenNebula, 'version'>,
  { hypervisor, systems, withinMs }: Question,
): Promise<RepositoryFacts> {
  const { repository } = profile
  const packages = hypervisor === 'kvm' ? profile.kvmPackages : profile.lxcPackages
  if (packages.length === 0 || repository === null)
    return { packages, repository, series: '', answers: [] }
  const series = seriesOf(await one.version())
  const answers = await askRepository(repository, series, systems.flatMap(systemOf), withinMs)
  return { packages, repository, series, answers }
}

function osNames(hypervisor: Hypervisor): readonly string[] {
  const input = userInputsFor(hypervisor).find(({ name }) => name === 'instance_os_name')
  return input?.match?.type === 'list' ? input.match.values : []
}

/** Repositories have `ubuntu_2204` as Ubuntu 22.04. */
function systemOf(osName: string): string[] {
  const [, system = '', year, month] = /^([a-z]+)_(\d\d)(\d\d)$/.exec(osName) ?? []
  if (system === '') return []
  return [`${system.charAt(0).toUpperCase()}${system.slice(1)} ${year}.${month}`]
}
