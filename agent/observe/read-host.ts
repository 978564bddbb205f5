import { type Exec, fixedProgram } from '../exec/index.ts'
import type { Observed, Stack } from '../host/index.ts'
import { forwardProgram, parseForwards } from './forward.ts'
import { parseFdb, parseNamespaces } from './parse-ip.ts'
import {
  hostBatch,
  ip,
  outputOf,
  parseSysctls,
  paths,
  readings,
  stackOf,
  tablesAndSysctls,
  tablesOf,
} from './reading.ts'

export interface HostReading {
  /** What ip knows of the host's stack; the rest is read beside it. */
  readonly host: Stack
  readonly namespaces: string[]
}

/** Reads what ip knows of the host. Throws EDGE_KERNEL_UNREADABLE naming the command. */
export async function readHost(exec: Exec): Promise<HostReading> {
  const output = await outputOf(exec, ip, hostBatch)
  const namespaces = output.split('\n')[readings.length - 1] ?? ''
  return { host: stackOf(output), namespaces: parseNamespaces(namespaces) }
}

/**
 * Reads what ip does not know of the host, with the values of `keys`, in one process. Throws
 * EDGE_KERNEL_UNREADABLE.
 */
export async function readBeside(
  exec: Exec,
  keys: readonly string[],
): Promise<Pick<Stack, 'fdb' | 'tables' | 'sysctls'> & Required<Pick<Observed, 'forwards'>>> {
  const output = await outputOf(exec, fixedProgram(beside, paths(keys)))
  const [fdb = '', nft = '', sysctls = '', forwards = ''] = output.split('\0')
  return {
    fdb: parseFdb(fdb),
    forwards: parseForwards(forwards),
    tables: await tablesOf(exec, nft, null),
    sysctls: parseSysctls(sysctls),
  }
}

const beside = `
set -e
bridge -j fdb show
printf '\\0'
${tablesAndSysctls}
printf '\\0'
${forwardProgram}`

/** The values of these paths under /proc/sys; those that do not exist are left out. */
export async function readSysctls(
  exec: Exec,
  keys: readonly string[],
): Promise<Record<string, string>> {
  if (keys.length === 0) return {}
  const { stdout } = await exec.run(['grep', '-sH', '', '--', ...paths(keys)])
  return parseSysctls(stdout)
}
