import { broken, ok, type Verdict } from './finding.ts'
import type { ProgramFacts } from './judge-front-end.ts'

const install = 'Install them: scripts/install-frontend'

/** The actions that oned starts for address ranges; they must be this version's. */
export function judgeIpamDriver(
  directory: string,
  actions: readonly ProgramFacts[],
  own: string,
): Verdict {
  const names = (some: readonly ProgramFacts[]) =>
    some.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)).join(', ')
  const absent = actions.filter(({ there }) => !there)
  if (absent.length > 0)
    return broken(
      `${directory} lacks ${names(absent)}: no public address can be had or given back`,
      install,
    )
  const dull = actions.filter(({ executable }) => !executable)
  if (dull.length > 0)
    return broken(
      `oned may not execute ${names(dull)} in ${directory}: no public address can be had or given back`,
      `chmod 755 ${dull.map(({ path }) => path).join(' ')}`,
    )
  const others = actions.filter(({ version }) => version !== own)
  if (others.length > 0)
    return broken(
      `${names(others)} in ${directory} are of version ${others[0]?.version ?? 'unknown'}, not ${own}`,
      install,
    )
  return ok(`oned can execute all ${actions.length} actions in ${directory}, version ${own}`)
}

/** OpenNebula's own driver of networks with public addresses. */
export function judgeElasticDriver(
  directory: string,
  actions: readonly Omit<ProgramFacts, 'version'>[],
): Verdict {
  const unfit = actions.filter(({ there, executable }) => !there || !executable)
  if (unfit.length === 0) return ok(`OpenNebula’s elastic driver is in ${directory}`)
  const paths = unfit.map(({ path }) => path)
  return broken(
    `OpenNebula’s elastic driver cannot be executed: ${paths.join(', ')}`,
    'Install OpenNebula’s package again: apt-get install --reinstall opennebula',
  )
}
