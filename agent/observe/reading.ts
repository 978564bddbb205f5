import type { Fault } from '../../lib/fault/index.ts'
import { type Exec, insideNamespace } from '../exec/index.ts'
import { type Stack, type TableShape, tableName } from '../host/index.ts'
import { fault } from './faults.ts'
import { parseAddresses, parseLinks, parseNeighbours, parseRoutes, parseRules } from './parse-ip.ts'
import { parseTables, unreadTable } from './parse-nft.ts'

/** What one `ip -j -batch` reads of a stack: an array of JSON a line, in this order. */
const ofStack = [
  'link show',
  'address show',
  'route show table all',
  'rule show',
  'neighbour show nud permanent',
  'neighbour show proxy',
] as const
/** And of the host: last, because it prints nothing at all while /run/netns does not exist. */
export const readings = [...ofStack, 'netns list'] as const
const linesOf = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('')
export const hostBatch = linesOf(readings)
/** Without the list of namespaces, which asks for the number of each. */
export const stackBatch = linesOf(ofStack)
export const ip = ['ip', '-j', '-d', '-batch', '-'] as const

const tableFamilies = ['ip', 'ip6', 'bridge', 'netdev'] as const

/** Text for python: what is in files of /proc/sys, as grep prints it, of those that exist. */
export const printSettings = `
def print_settings(keys):
    for key in keys:
        try:
            with open(key) as file:
                say(f'{key}:{file.read()}')
        except OSError:
            pass
`

const root = '/proc/sys/'
export const paths = (keys: readonly string[]): string[] => keys.map((key) => `${root}${key}`)

/** Lines of grep: `/proc/sys/net/ipv4/ip_forward:1`. */
export function parseSysctls(output: string): Record<string, string> {
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

/** What ip printed of a stack; the rest of it is empty. */
export function stackOf(ipOutput: string): Stack {
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

/** Our tables out of nft's output; one by one, past a table of somebody else's that cannot be listed. */
export async function tablesOf(
  exec: Exec,
  output: string,
  namespace: string | null,
): Promise<readonly TableShape[]> {
  const all = parseTables(output)
  if (all !== null) return all
  const tables: TableShape[] = []
  for (const family of tableFamilies) {
    const argv = ['nft', '-j', 'list', 'table', family, tableName]
    const { code, stdout } = await exec.run(insideNamespace(namespace, argv))
    if (code === 0) tables.push(...(parseTables(stdout) ?? [unreadTable(family)]))
  }
  return tables
}

/** What a program printed. Throws EDGE_KERNEL_UNREADABLE naming it when it failed. */
export async function outputOf(exec: Exec, argv: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await exec.run(argv, { input })
  if (code === 0) return stdout
  throw unreadable(argv.join(' '), stderr)
}

export function unreadable(what: string, answer: string): Fault {
  return fault(
    'EDGE_KERNEL_UNREADABLE',
    `Reading the host's network failed at ${what.replace(/\s+/g, ' ').slice(0, 100)}`,
    { answer: answer.trim().slice(0, 300) },
  )
}
