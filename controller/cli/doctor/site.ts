import { join, resolve } from 'node:path'
import type { Config } from '../../config/index.ts'

/** Where things lie on a front-end. */
export interface Places {
  /** The directory where a front-end is staged, of which nothing runs; undefined for this machine itself. */
  readonly stage: string | undefined
  /** edgectl's own directory. */
  readonly home: string
  readonly remotes: string
  readonly onedConf: string
  readonly configuration: string
  /** The controller's unit. */
  readonly unit: string
  /** What tells drivers where the controller is. */
  readonly driversFile: string
}

/** As scripts/install-frontend puts them; below a directory where a front-end is staged there. */
export function placesBelow(directory: string): Places {
  const root = resolve(directory)
  return {
    stage: root === '/' ? undefined : root,
    home: join(root, '/usr/lib/edgectl'),
    remotes: join(root, '/var/lib/one/remotes'),
    onedConf: join(root, '/etc/one/oned.conf'),
    configuration: join(root, '/etc/edgectl/edgectl.json'),
    unit: join(root, '/etc/systemd/system/edgectl.service'),
    driversFile: join(root, '/etc/edgectl/ipam.json'),
  }
}

/** What the configuration says; the defaults where it cannot be taken. */
export type Site = Pick<Config, 'oned' | 'oneAuth' | 'socket' | 'host' | 'port'>
