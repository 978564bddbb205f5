import { type Exec, pythonProgram, troubleOf } from '../exec/index.ts'
import type { Observed, Stack } from '../host/index.ts'
import { parseForwards, printForwards } from './forward.ts'
import { parseFdb, parseNamespaces } from './parse-ip.ts'
import {
  hostBatch,
  ip,
  outputOf,
  parseSysctls,
  paths,
  printSettings,
  readings,
  stackOf,
  tablesOf,
  unreadable,
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
  const facts = await exec.run(pythonProgram(beside, paths(keys)))
  const { code, stdout, stderr } = facts
  const [fdb = '', nft, sysctls = '', forwards = ''] = stdout.split('\0')
  if (code === null) throw unreadable('its tables and settings', troubleOf(facts))
  if (code !== 0) {
    throw unreadable(nft === undefined ? 'bridge -j fdb show' : 'nft -j list ruleset', stderr)
  }
  return {
    fdb: parseFdb(fdb),
    forwards: parseForwards(forwards),
    tables: await tablesOf(exec, nft ?? '', null),
    sysctls: parseSysctls(sysctls),
  }
}

const beside = String.raw`
${printSettings}
${printForwards}
if not feed('', 'bridge', '-j', 'fdb', 'show'):
    sys.exit(1)
say('\0')
rules = run_nft('list ruleset', 1 << 4)
if rules is not None:
    say(rules)
elif not feed('', 'nft', '-j', 'list', 'ruleset'):
    sys.exit(1)
say('\0')
print_settings(sys.argv[1:])
say('\0')
print_forwards(rules)
`

/** The values of these paths under /proc/sys; those that do not exist are left out. */
export async function readSysctls(
  exec: Exec,
  keys: readonly string[],
): Promise<Record<string, string>> {
  if (keys.length === 0) return {}
  const { stdout } = await exec.run(['grep', '-sH', '', '--', ...paths(keys)])
  return parseSysctls(stdout)
}
