import { broken, ok, type Verdict, warning } from './finding.ts'

export interface ArchiveFacts {
  readonly file: string
  /** What the archive says of itself; undefined when it says nothing. */
  readonly version: string | undefined
}

/** What hosts get must speak with this controller. */
export function judgeArchive({ file, version }: ArchiveFacts, controller: string): Verdict {
  const fix = 'Install one version of all: scripts/install-frontend, then systemctl restart edgectl'
  if (version === controller) return ok(`${file} is there, version ${version}`)
  if (version === undefined) return broken(`${file} is not the archive of an agent`, fix)
  return warning(`${file} has version ${version}, the controller is ${controller}`, fix)
}
