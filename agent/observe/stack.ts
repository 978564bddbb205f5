import { Fault } from '../../lib/fault/index.ts'
import { type Exec, fixedProgram, insideNamespace } from '../exec/index.ts'
import { type Observed, type Stack, type TableShape, tableName } from '../host/index.ts'
import { fault } from './faults.ts'
import { forwardProgram, parseForwards } from './forward.ts'
import {
  parseAddresses,
  parseFdb,
  parseLinks,
  parseNamespaces,
  parseNeighbours,
  parseRoutes,
  parseRules,
} from './parse-ip.ts'
import { parseTables, unreadTable } from './parse-nft.ts'

/** What one `ip -j -batch` reads: an array of JSON a line, in this order. */
const readings = [
  'link show',
  'address show',
  'route show table all',
  'rule show',
  'neighbour show nud permanent',
  'neighbour show proxy',
  // Last, because it prints nothing at all while /run/netns does not exist.
  'netns list',
] as const
const batch = readings.map((line) => `${line}\n`).join('')
const ip = ['ip', '-j', '-d', '-batch', '-']
const fdb = ['bridge', '-j', 'fdb', 'show']
const nft = ['nft', '-j', 'list', 'ruleset']
const tableFamilies = ['ip', 'ip6', 'bridge', 'netdev'] as const

export interface HostReading {
  /** What ip knows of the host's stack; the rest is read beside it. */
  readonly host: Stack
  readonly namespaces: string[]
}

/** Reads what ip knows of the host. Throws EDGE_KERNEL_UNREADABLE naming the command. */
export async function readHost(exec: Exec): Promise<HostReading> {
  const output = await outputOf(exec, ip, batch)
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
  const [fdbOutput = '', nftOutput = '', sysctls = '', forwards = ''] = output.split('\0')
  return {
    fdb: parseFdb(fdbOutput),
    forwards: parseForwards(forwards),
    tables: parseTables(nftOutput) ?? (await readOurTables(exec, null)),
    sysctls: parseSysctls(sysctls),
  }
}

/** One by one, past a table of somebody else's that cannot be listed. */
async function readOurTables(exec: Exec, namespace: string | null): Promise<TableShape[]> {
  const tables: TableShape[] = []
  for (const family of tableFamilies) {
    const argv = ['nft', '-j', 'list', 'table', family, tableName]
    const within = namespace === null ? argv : insideNamespace(namespace, argv)
    const { code, stdout } = await exec.run(within)
    if (code === 0) tables.push(...(parseTables(stdout) ?? [unreadTable(family)]))
  }
  return tables
}

/**
 * Reads a whole namespace in one entry, with the values of `keys`. A fixed program; its input and
 * arguments are data. Throws EDGE_KERNEL_UNREADABLE.
 */
export async function readNamespace(
  exec: Exec,
  name: string,
  keys: readonly string[],
): Promise<Stack> {
  const argv = insideNamespace(name, fixedProgram(program, paths(keys)))
  const [ipOutput = '', nftOutput = '', sysctls = ''] = (await outputOf(exec, argv, batch)).split(
    '\0',
  )
  return {
    ...stackOf(ipOutput),
    tables: parseTables(nftOutput) ?? (await readOurTables(exec, name)),
    sysctls: parseSysctls(sysctls),
  }
}

/** Standard input is ip's; without arguments grep would wait for it. */
const tablesAndSysctls = `
${nft.join(' ')}
printf '\\0'
[ $# = 0 ] || grep -sH '' -- "$@" || true
`
const program = `
set -e
${ip.join(' ')}
printf '\\0'
${tablesAndSysctls}`
const beside = `
set -e
${fdb.join(' ')}
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

const root = '/proc/sys/'
const paths = (keys: readonly string[]): string[] => keys.map((key) => `${root}${key}`)

/** Lines of grep: `/proc/sys/net/ipv4/ip_forward:1`. */
function parseSysctls(output: string): Record<string, string> {
  return Object.fromEntries(
    output
      .split('\n')
      .filter((line) => line.startsWith(root))
      .map((line) => {
        const at = line.lastIndexOf(':')
        return [line.slice(root.length, at), line.slice(at + 1).trim()]
      }),
  )
}

function stackOf(ipOutput: string): Stack {
  const [links = '', addresses = '', routes = '', rules = '', permanent = '', proxy = ''] =
    ipOutput.split('\n')
  return {
    links: parseLinks(links),
    addresses: parseAddresses(addresses),
    routes: parseRoutes(routes),
    rules: parseRules(rules),
    neighbours: parseNeighbours(permanent, proxy),
    fdb: [],
    tables: [],
    sysctls: {},
  }
}

/** Whether reading failed because the name under /run/netns leads to no namespace (any more). */
export const isNoNamespace = (error: unknown): boolean =>
  error instanceof Fault && /reassociate to namespace|cannot open/.test(error.details.answer ?? '')

/** What a program printed. Throws EDGE_KERNEL_UNREADABLE naming it when it failed. */
export async function outputOf(exec: Exec, argv: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await exec.run(argv, { input })
  if (code === 0) return stdout
  throw fault(
    'EDGE_KERNEL_UNREADABLE',
    `Reading the host's network failed at ${argv.join(' ').replace(/\s+/g, ' ').slice(0, 100)}`,
    { answer: stderr.trim().slice(0, 300) },
  )
}
