import { Fault } from '../../lib/fault/index.ts'
import { answersByName, type Exec, pythonProgram, troubleOf } from '../exec/index.ts'
import type { Stack } from '../host/index.ts'
import {
  ip,
  parseSysctls,
  paths,
  printSettings,
  stackBatch,
  stackOf,
  tablesOf,
  unreadable,
} from './reading.ts'

/** A namespace to read, with these paths under /proc/sys as it has them. */
export interface AskedNamespace {
  readonly name: string
  /** Without blanks. */
  readonly keys: readonly string[]
}

const deadlineMs = 20_000
const eachMs = 500

/**
 * Reads whole namespaces, one after the other in one process: to fork this one costs more than that and
 * its programs together. By name what was found, or EDGE_KERNEL_UNREADABLE; never throws.
 */
export async function readNamespaces(
  exec: Exec,
  asked: readonly AskedNamespace[],
): Promise<ReadonlyMap<string, Stack | Fault>> {
  const words = asked.flatMap(({ name, keys }) => [name, paths(keys).join(' ')])
  const facts = await exec.run(pythonProgram(program, [stackBatch, ...words]), {
    deadlineMs: deadlineMs + eachMs * asked.length,
  })
  const answers = answersByName(facts.stdout)
  const complaints = answersByName(facts.stderr)
  const found = asked.map(async ({ name }): Promise<[string, Stack | Fault]> => {
    const [ipOutput = '', nft = '', sysctls = '', status] = (answers.get(name) ?? '').split('\0')
    if (status !== '0') {
      return [name, unreadable(`namespace ${name}`, complaints.get(name) ?? troubleOf(facts))]
    }
    try {
      const tables = await tablesOf(exec, nft, name)
      return [name, { ...stackOf(ipOutput), tables, sysctls: parseSysctls(sysctls) }]
    } catch (error) {
      return [name, unreadable(`namespace ${name}`, String(error))]
    }
  })
  return new Map(await Promise.all(found))
}

/** Reads one. Throws EDGE_KERNEL_UNREADABLE. */
export async function readNamespace(
  exec: Exec,
  name: string,
  keys: readonly string[],
): Promise<Stack> {
  const found = (await readNamespaces(exec, [{ name, keys }])).get(name)
  if (found === undefined || found instanceof Fault) throw found ?? unreadable(name, '')
  return found
}

/** Whether reading failed because the name under /run/netns leads to no namespace (any more). */
export const isNoNamespace = (error: unknown): boolean =>
  error instanceof Fault && /^cannot (open|enter) /m.test(error.details.answer ?? '')

/** Names and keys are arguments, and the lines for `ip` are the first. */
const program = String.raw`
${printSettings}
_, lines, *words = sys.argv
for name, keys in zip(words[::2], words[1::2]):
    begin(name)
    is_read = enter(name) and feed(lines, ${ip.map((word) => `'${word}'`).join(', ')})
    say('\0')
    is_read = is_read and print_rules()
    say('\0')
    if is_read:
        print_settings(keys.split())
    say('\x000' if is_read else '\x001')
`
