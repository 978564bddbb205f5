import { Fault } from '../../lib/fault/index.ts'
import { type Exec, insideNamespace } from '../exec/index.ts'
import type { Stack } from '../plan/observed.ts'
import {
  parseAddresses,
  parseFdb,
  parseLinks,
  parseNamespaces,
  parseNeighbours,
  parseRoutes,
  parseRules,
} from './parse-ip.ts'
import { parseTables } from './parse-nft.ts'

/** The commands that read one stack, by the part they read. */
const readings = {
  links: ['ip', '-j', '-d', 'link', 'show'],
  addresses: ['ip', '-j', '-4', 'address', 'show'],
  routes: ['ip', '-j', '-4', 'route', 'show', 'table', 'all'],
  rules: ['ip', '-j', '-4', 'rule', 'show'],
  permanent: ['ip', '-j', '-4', 'neighbour', 'show', 'nud', 'permanent'],
  proxy: ['ip', '-j', '-4', 'neighbour', 'show', 'proxy'],
  fdb: ['bridge', '-j', 'fdb', 'show'],
  nft: ['nft', '-j', 'list', 'ruleset'],
} as const

/** Reads the host's stack, without its sysctls. Throws EDGE_KERNEL_UNREADABLE naming the command. */
export async function readHost(exec: Exec): Promise<Stack> {
  const entries = await Promise.all(
    Object.entries(readings).map(async ([part, argv]) => {
      const { code, stdout, stderr } = await exec.run(argv)
      if (code !== 0) throw unreadable(argv.join(' '), stderr)
      return [part, stdout] as const
    }),
  )
  return stackOf(Object.fromEntries(entries), {})
}

/**
 * Reads a whole namespace in one process, since entering one costs as much as a reading. The values
 * of `keys` come last. A fixed program: arguments are data, never text of it.
 */
export async function readNamespace(
  exec: Exec,
  name: string,
  keys: readonly string[],
): Promise<Stack> {
  const argv = insideNamespace(name, ['bash', '-c', program, 'read-namespace', ...keys])
  const { code, stdout, stderr } = await exec.run(argv)
  if (code !== 0) throw unreadable(`namespace ${name}`, stderr)
  const sections = stdout.split('\0')
  const parts = Object.keys(readings)
  const outputs = Object.fromEntries(parts.map((part, index) => [part, sections[index] ?? '']))
  return stackOf(outputs, parseSysctls(sections[parts.length] ?? ''))
}

const program = [
  'set -e',
  ...Object.values(readings).flatMap((argv) => [argv.join(' '), "printf '\\0'"]),
  'for key in "$@"; do [ -e "/proc/sys/$key" ] && printf "%s=%s\\n" "$key" "$(cat "/proc/sys/$key")"; done',
  'exit 0',
].join('\n')

/** The values of these paths under /proc/sys; those that do not exist are left out. */
export async function readSysctls(
  exec: Exec,
  keys: readonly string[],
): Promise<Record<string, string>> {
  const { stdout } = await exec.run([
    'grep',
    '-sH',
    '',
    '--',
    ...keys.map((key) => `/proc/sys/${key}`),
  ])
  return parseSysctls(stdout.replaceAll(/^\/proc\/sys\/(.*?):(?=[^:]*$)/gm, '$1='))
}

export async function readNamespaces(exec: Exec): Promise<string[]> {
  const { code, stdout, stderr } = await exec.run(['ip', '-j', 'netns', 'list'])
  if (code !== 0) throw unreadable('ip netns list', stderr)
  return parseNamespaces(stdout)
}

function parseSysctls(output: string): Record<string, string> {
  return Object.fromEntries(
    output
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => {
        const at = line.lastIndexOf('=')
        return [line.slice(0, at), line.slice(at + 1).trim()]
      }),
  )
}

function stackOf(
  outputs: Readonly<Record<string, string>>,
  sysctls: Record<string, string>,
): Stack {
  const of = (part: keyof typeof readings): string => outputs[part] ?? ''
  return {
    links: parseLinks(of('links')),
    addresses: parseAddresses(of('addresses')),
    routes: parseRoutes(of('routes')),
    rules: parseRules(of('rules')),
    neighbours: parseNeighbours(of('permanent'), of('proxy')),
    fdb: parseFdb(of('fdb')),
    tables: parseTables(of('nft')),
    sysctls,
  }
}

function unreadable(what: string, answer: string): Fault {
  return new Fault(
    'EDGE_KERNEL_UNREADABLE',
    'broken',
    `Reading the host's network failed at ${what}`,
    {
      answer: answer.trim().slice(0, 300),
      hint: 'Check that iproute2 and nftables are installed and that the agent runs as root.',
    },
  )
}
