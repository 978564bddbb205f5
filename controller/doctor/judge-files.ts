import { broken, ok, type Verdict, warning } from './finding.ts'

/** A directory, as the controller's user may use it. */
export interface DirectoryFacts {
  readonly path: string
  readonly writable: boolean
  readonly freeBytes: number
}

const littleBytes = 100 * 1024 * 1024

/** Room for logs; nothing else is kept there. */
export function judgeStateDirectory({ path, writable, freeBytes }: DirectoryFacts): Verdict {
  if (!writable)
    return broken(`The controller may not write to ${path}`, `chown -R oneadmin: ${path}`)
  const free = Math.floor(freeBytes / 1024 / 1024)
  if (freeBytes >= littleBytes) return ok(`${path} can be written to, ${free} MB are free`)
  return warning(`Only ${free} MB are free for ${path}`, 'Make room: logs of provisions get lost')
}

export interface PlugInFacts {
  /** Where OpenNebula's elastic driver looks for Ruby files. */
  readonly directory: string
  /** Undefined where it cannot be read. */
  readonly files: readonly string[] | undefined
}

/** Whether OpenNebula's elastic driver will find what it loads for Scaleway. */
export function judgePlugIn({ directory, files }: PlugInFacts): Verdict {
  if (files?.some((file) => file.endsWith('.rb')))
    return ok(`OpenNebula’s elastic driver finds its plug-in in ${directory}`)
  return broken(
    `${directory} has no plug-in for OpenNebula’s elastic driver: no VM with a public address can start`,
    'Install it: scripts/install-frontend; or name the directory above it as "driverPath"',
  )
}

/** Where a program that is needed was found. */
export function judgeSshClient(path: string | undefined): Verdict {
  if (path !== undefined) return ok(`An SSH client is there: ${path}`)
  return broken(
    'The controller finds no ssh, and so no host',
    'Install it: apt-get install openssh-client',
  )
}
