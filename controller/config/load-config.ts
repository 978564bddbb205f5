import { readFile } from 'node:fs/promises'
import { parseAs } from '../../lib/contract/index.ts'
import { Config } from './config.ts'
import { defaults } from './defaults.ts'
import { fault } from './faults.ts'

/**
 * The configuration file over the defaults; a missing file is an empty one only when nobody named it.
 * Throws EDGE_CONFIG_UNREADABLE, or EDGE_MESSAGE_INVALID naming the member that is wrong.
 */
export async function loadConfig(path: string | undefined, installDir: string): Promise<Config> {
  const base = defaults(installDir)
  const given =
    path === undefined
      ? await readJson('/etc/edgectl/edgectl.json', true)
      : await readJson(path, false)
  const merged = {
    ...base,
    ...given,
    oneform: { ...base.oneform, ...member(given, 'oneform') },
    profile: { ...base.profile, ...member(given, 'profile') },
    firewall: { ...base.firewall, ...member(given, 'firewall') },
    timing: { ...base.timing, ...member(given, 'timing') },
  }
  return parseAs(Config, merged, `configuration ${path ?? '/etc/edgectl/edgectl.json'}`)
}

async function readJson(path: string, mayLack: boolean): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (mayLack && code === 'ENOENT') return {}
    throw fault('EDGE_CONFIG_UNREADABLE', `Cannot read configuration ${path}`, {
      answer: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}

function member(given: Record<string, unknown>, name: string): object {
  const value = given[name]
  return typeof value === 'object' && value !== null ? value : {}
}
