import { answersByName, type Exec, pythonProgram, troubleOf } from '../exec/index.ts'
import { ipLines } from '../link/index.ts'
import { renderChanges, renderRemoval, renderTables } from '../nat/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { failure, sentences } from './failure.ts'
import { patienceMs } from './patience.ts'

/** Steps of one stack: a router namespace's, or the host's (null). */
export interface Share {
  readonly at: string | null
  readonly steps: readonly NetworkStep[]
}

/**
 * Everything of some stacks in one process, one after the other: of each its sysctls, its nft
 * transaction and its ip lines. What failed, one sentence for each stack; the others are brought about.
 * A host of namespaces comes last: its process does not come back out of them.
 */
export async function inside(
  exec: Exec,
  shares: readonly Share[],
): Promise<Map<string | null, string>> {
  const facts = await exec.run(pythonProgram(program), {
    input: shares.map(frameOf).join(''),
    deadlineMs: patienceMs(shares.flatMap(({ steps }) => steps)),
  })
  const ended = answersByName(facts.stdout)
  const said = answersByName(facts.stderr)
  const failed = shares.filter(({ at }) => ended.get(at ?? '') !== '0')
  return new Map(
    failed.map(({ at, steps }) => {
      const what = at === null ? sentences(steps) : `bring about the inside of ${at}`
      const stderr = said.get(at ?? '') ?? troubleOf(facts)
      return [at, failure(what, { ...facts, stderr })]
    }),
  )
}

/** A line with the name and three lengths in bytes, and what has these lengths. */
function frameOf({ at, steps }: Share): string {
  const settings = steps.flatMap((step) =>
    step.kind === 'sysctl-set' ? [`${step.optional ? '?' : '!'}${step.key}=${step.value}`] : [],
  )
  const texts = [settings.join('\n'), rulesOf(steps), linesOf(steps)]
  const lengths = texts.map((text) => Buffer.byteLength(text))
  return [`${[at ?? '', ...lengths].join('\t')}\n`, ...texts].join('')
}

/** Fixed; values never become text of it. */
const program = String.raw`
def set_value(setting):
    key, _, value = setting[1:].partition('=')
    try:
        with open(f'/proc/sys/{key}', 'w') as file:
            file.write(f'{value}\n')
        return True
    except OSError as error:
        return setting[0] == '?' or complain(f'{key} cannot be set: {error.strerror}')

def bring(name, settings, rules, lines):
    if name and not enter(name):
        return False
    return all([
        *[set_value(setting) for setting in settings.splitlines()],
        not rules or load_rules(rules),
        carry_lines(lines),
    ])

source = sys.stdin.buffer
while head := source.readline():
    name, *lengths = head.decode().rstrip('\n').split('\t')
    texts = [source.read(int(length)) for length in lengths]
    # Whoever wrote it died: half a line would be another one.
    if not head.endswith(b'\n') or [len(text) for text in texts] != [int(length) for length in lengths]:
        break
    begin(name)
    say('0' if bring(name, *[text.decode() for text in texts]) else '1')
`

/** The transaction that steps of nft make together. */
export function rulesOf(steps: readonly NetworkStep[]): string {
  return steps
    .map((step) => {
      if (step.kind === 'table-set') return renderTables([step.table])
      if (step.kind === 'table-change') return renderChanges(step, step.changes)
      return step.kind === 'table-delete' ? renderRemoval(step) : ''
    })
    .join('')
}

/** The lines of `ip -batch` of all steps. */
export const linesOf = (steps: readonly NetworkStep[]): string =>
  steps
    .flatMap(ipLines)
    .map((line) => `${line}\n`)
    .join('')
