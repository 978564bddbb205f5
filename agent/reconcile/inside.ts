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

/** A share that was not brought about, and why. */
export interface Failed {
  readonly at: string | null
  readonly sentence: string
}

/**
 * Everything of some stacks in one process, one after the other: of each its sysctls, its nft
 * transaction, its ip lines, its announcements, and the end of connections whose address changed hands.
 * What fails holds none of the others up.
 */
export async function inside(exec: Exec, shares: readonly Share[]): Promise<Failed[]> {
  const facts = await exec.run(pythonProgram(program), {
    input: shares.map(frameOf).join(''),
    deadlineMs: patienceMs(shares.flatMap(({ steps }) => steps)),
  })
  const ended = answersByName(facts.stdout)
  const said = answersByName(facts.stderr)
  const failed = [...shares.entries()].filter(([index]) => ended.get(String(index)) !== '0')
  return failed.map(([index, { at, steps }]) => {
    const what = at === null ? sentences(steps) : `bring about the inside of ${at}`
    const stderr = said.get(String(index)) ?? troubleOf(facts)
    return { at, sentence: failure(what, { ...facts, stderr }) }
  })
}

/** Where only elements of tables that are there change, nft and ip may work at the same time. */
const mayJoin = (steps: readonly NetworkStep[]): boolean =>
  steps.every(({ kind }) => kind !== 'table-set' && kind !== 'table-delete')

/** A line with the name, whether it may join, and lengths in bytes; then what has these lengths. */
function frameOf({ at, steps }: Share): string {
  const settings = steps.flatMap((step) =>
    step.kind === 'sysctl-set' ? [`${step.optional ? '?' : '!'}${step.key}=${step.value}`] : [],
  )
  const announced = steps.flatMap((step) =>
    step.kind === 'announce' ? [`${step.device} ${step.address}\n`] : [],
  )
  const forgotten = steps.flatMap((step) => (step.kind === 'flush' ? [`${step.address}\n`] : []))
  const texts = [
    ...[settings.join('\n'), rulesOf(steps), linesOf(steps)],
    ...[announced.join(''), forgotten.join('')],
  ]
  const lengths = texts.map((text) => Buffer.byteLength(text))
  return [`${[at ?? '', mayJoin(steps) ? 1 : 0, ...lengths].join('\t')}\n`, ...texts].join('')
}

/** Fixed; values never become text of it. */
const program = String.raw`
import _thread

def set_value(setting):
    key, _, value = setting[1:].partition('=')
    try:
        with open(f'/proc/sys/{key}', 'w') as file:
            file.write(f'{value}\n')
        return True
    except OSError as error:
        return setting[0] == '?' or complain(f'{key} cannot be set: {error.strerror}')

def in_order(first, second):
    return first(), second()

# The second goes on while the first is in the library, which does without Python's lock.
def together(first, second):
    result, done = [], _thread.allocate_lock()
    def aside():
        try:
            result.append(second())
        finally:
            done.release()
    done.acquire()
    _thread.start_new_thread(aside, ())
    other = first()
    done.acquire()
    return other, result == [True]

def bring(name, may_join, settings, rules, lines, announcements, forgotten):
    if not enter(name):
        return False
    return all([
        *[set_value(setting) for setting in settings.splitlines()],
        *(together if may_join and rules and lines else in_order)(
            lambda: not rules or load_rules(rules), lambda: not lines or carry_lines(lines)),
        *[announce(*line.split()) for line in announcements.splitlines()],
        not forgotten or disconnect(forgotten.split()),
    ])

source, count = sys.stdin.buffer, 0
while head := source.readline():
    name, may_join, *lengths = head.decode().rstrip('\n').split('\t')
    texts = [source.read(int(length)) for length in lengths]
    # Whoever wrote it died: half a line would be another one.
    if not head.endswith(b'\n') or [len(text) for text in texts] != [int(length) for length in lengths]:
        break
    begin(count)
    count += 1
    say('0' if bring(name, may_join == '1', *[text.decode() for text in texts]) else '1')
`

/** The transaction that steps of nft make together. */
function rulesOf(steps: readonly NetworkStep[]): string {
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
