import { type Exec, fixedProgram, insideNamespace } from '../exec/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { failure, sentences } from './failure.ts'

/**
 * Connections of addresses that changed hands are forgotten: one look at the table of the namespace,
 * and only what is there is deleted. `conntrack -D` would read the whole table for each address, twice.
 */
export async function flush(
  exec: Exec,
  steps: readonly NetworkStep[],
  at: string | null,
): Promise<string[]> {
  const addresses = steps.flatMap((step) => (step.kind === 'flush' ? [step.address] : []))
  const facts = await exec.run(insideNamespace(at, fixedProgram(forget)), {
    input: addresses.map((address) => `${address}\n`).join(''),
  })
  return facts.code === 0 ? [] : [failure(sentences(steps), facts)]
}

/** Two views of one table: flows that came in, and flows that went out. 1 from conntrack: there was none. */
const forget = `
changed=$(cat)
entries=$(conntrack -L) || exit 2
[ -n "$entries" ] || exit 0
status=0
for found in $(printf '%s\\n' "$entries" | grep -o 'dst=[0-9.]*' | sort -u); do
  address=\${found#dst=}
  case "
$changed
" in *"
$address
"*) ;; *) continue;; esac
  for side in --orig-dst --reply-dst; do
    conntrack -D "$side" "$address" > /dev/null || [ $? = 1 ] || status=2
  done
done
exit $status
`
