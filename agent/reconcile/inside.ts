import { type Exec, fixedProgram, insideNamespace } from '../exec/index.ts'
import { ipLines } from '../link/index.ts'
import { renderChanges, renderRemoval, renderTables } from '../nat/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { failure, sentences } from './failure.ts'
import { patienceMs } from './patience.ts'

/** The kernel takes 128 kB in one argument (MAX_ARG_STRLEN). */
const shortBytes = 100_000
export const isShort = (text: string): boolean => Buffer.byteLength(text) < shortBytes

/**
 * Everything of one stack in one process: its sysctls and, if it is short, its nft transaction as
 * arguments; its ip lines on stdin. A fixed program; values never become text of it.
 */
export async function inside(
  exec: Exec,
  steps: readonly NetworkStep[],
  at: string | null,
): Promise<string[]> {
  const settings = steps.flatMap((step) =>
    step.kind === 'sysctl-set' ? [`${step.optional ? '?' : '!'}${step.key}=${step.value}`] : [],
  )
  const rules = rulesOf(steps)
  const lines = steps.flatMap(ipLines).map((line) => `${line}\n`)
  const short = isShort(rules)
  const data = [
    short ? rules : '',
    short ? '0' : String(Buffer.byteLength(rules)),
    String(lines.length),
    ...settings,
  ]
  const facts = await exec.run(insideNamespace(at, fixedProgram(program, data)), {
    input: [short ? '' : rules, ...lines].join(''),
    deadlineMs: patienceMs(steps),
  })
  return facts.code === 0
    ? []
    : [failure(at === null ? sentences(steps) : `bring about the inside of ${at}`, facts)]
}

/**
 * A shell reads stdin one byte at a time, half a second for a thousand addresses: what is long goes
 * past it. `head` takes the rules and not a byte more, whatever nft makes of them; ip has the rest.
 */
const program = `
rules=$1 bytes=$2 lines=$3; shift 3
status=0
for setting; do
  key=\${setting%%=*} value=\${setting#*=}
  { printf '%s\\n' "$value" > "/proc/sys/\${key#?}"; } 2>/dev/null && continue
  case $key in !*) echo "\${key#?} cannot be set" >&2; status=1;; esac
done
if [ "$bytes" != 0 ]; then rules=$(head -c "$bytes"); fi
if [ -n "$rules" ]; then printf '%s\\n' "$rules" | nft -f - || status=1; fi
if [ "$lines" != 0 ]; then ip -force -batch - || status=1; fi
exit $status
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
