import { type Exec, fixedProgram, insideNamespace } from '../exec/index.ts'
import { ipLines } from '../link/index.ts'
import { renderChanges, renderRemoval, renderTables } from '../nat/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { failure, sentences } from './failure.ts'
import { patienceMs } from './patience.ts'

/**
 * Everything of one stack in one process: its sysctls as arguments, its nft transaction and its ip
 * lines on stdin, one after the other. A fixed program; values never become text of it.
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
  const sizes = [Buffer.byteLength(rules), lines.length].map(String)
  const facts = await exec.run(
    insideNamespace(at, fixedProgram(program, [...sizes, ...settings])),
    { input: `${rules}${lines.join('')}`, deadlineMs: patienceMs(steps) },
  )
  return facts.code === 0
    ? []
    : [failure(at === null ? sentences(steps) : `bring about the inside of ${at}`, facts)]
}

/**
 * bash reads stdin one byte at a time, half a second for a thousand addresses: what is long goes past
 * it. `head` takes the rules and not a byte more, whatever nft makes of them; ip has the rest. Pipes,
 * because a long here-string is a file in /tmp, which a full disk refuses, and nft wants one.
 */
const program = `
rules=$1 lines=$2; shift 2
status=0
for setting; do
  key=\${setting%%=*} value=\${setting#*=}
  { printf '%s\\n' "$value" > "/proc/sys/\${key#?}"; } 2>/dev/null && continue
  case $key in !*) echo "\${key#?} cannot be set" >&2; status=1;; esac
done
if [ "$rules" != 0 ]; then
  text=$(head -c "$rules")
  printf '%s\\n' "$text" | nft -f - || status=1
fi
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
