import { broken, ok, skipped, type Verdict } from './finding.ts'

export interface FrontEndFacts {
  /** OpenNebula's remotes. */
  readonly openNebula: boolean
  /** edgectl's own directory. */
  readonly edgectl: boolean
}

/** Whether this machine is an OpenNebula front-end with edgectl on it. */
export function judgeFrontEnd({ openNebula, edgectl }: FrontEndFacts): Verdict {
  if (openNebula && edgectl) return ok('OpenNebula and edgectl are installed on this machine')
  if (openNebula)
    return broken(
      'OpenNebula is installed on this machine and edgectl is not',
      'Install it from a built clone: scripts/install-frontend',
    )
  if (edgectl)
    return broken(
      'edgectl is installed on this machine and OpenNebula’s remotes are not',
      'Run the controller on the front-end: oned starts its drivers there',
    )
  return skipped('This machine is no front-end: run edgectl doctor there too, as root or oneadmin')
}

export interface ProgramFacts {
  readonly path: string
  readonly there: boolean
  readonly executable: boolean
  /** What its last line says; undefined for one that says nothing. */
  readonly version: string | undefined
}

const install = 'Install it anew: scripts/install-frontend, then systemctl restart edgectl'

/** What edgectl is made of, beside the edgectl that looks. */
export function judgePrograms(programs: readonly ProgramFacts[], own: string): Verdict {
  const absent = programs.filter(({ there }) => !there).map(({ path }) => path)
  if (absent.length > 0) return broken(`Missing: ${absent.join(', ')}`, install)
  const dull = programs.filter(({ executable }) => !executable).map(({ path }) => path)
  if (dull.length > 0)
    return broken(`Not executable: ${dull.join(', ')}`, `chmod 755 ${dull.join(' ')}`)
  const other = programs.find(({ version }) => version !== undefined && version !== own)
  if (other)
    return broken(`${other.path} has version ${other.version}, this edgectl is ${own}`, install)
  return ok(`All programs are there, version ${own}`)
}
