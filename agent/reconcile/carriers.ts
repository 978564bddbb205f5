import {
  type Exec,
  type ExecFacts,
  fixedProgram,
  insideNamespace,
  throughPipe,
  underLock,
} from '../exec/index.ts'
import { bridgeLines, ipLines } from '../link/index.ts'
import { renderChanges, renderRemoval, renderTables } from '../nat/index.ts'
import type { NetworkStep } from '../plan/index.ts'

export type CarrierName =
  | 'module'
  | 'sysctl'
  | 'ip'
  | 'netns'
  | 'bridge'
  | 'nft'
  | 'inside'
  | 'flush'
  | 'announce'

type Carrier = (exec: Exec, steps: readonly NetworkStep[], at: string | null) => Promise<string[]>

const ipBatch = ['ip', '-force', '-batch', '-']
/** The stock vxlan driver makes and deletes bridges and VXLAN devices while it holds this. */
const driverLock = '/tmp/onevnm-vxlandriver-lock'
const isShared = (steps: readonly NetworkStep[]): boolean =>
  steps.some(({ kind }) => kind.startsWith('link-'))

/** How steps of each kind are carried out: failures come back as sentences. */
export const carriers: Readonly<Record<CarrierName, Carrier>> = {
  module: each((step) => (step.kind === 'module' ? ['modprobe', step.name] : [])),
  sysctl: (exec, steps) => inside(exec, steps, null),
  inside: (exec, steps, at) => inside(exec, steps, at),
  ip: (exec, steps) =>
    batch(exec, steps, isShared(steps) ? underLock(driverLock, ipBatch) : ipBatch, ipLines),
  netns: (exec, steps) => batch(exec, steps, ipBatch, ipLines),
  bridge: (exec, steps) => batch(exec, steps, ['bridge', '-force', '-batch', '-'], bridgeLines),
  nft: async (exec, steps) => {
    const facts = await exec.run(throughPipe(['nft', '-f', '-']), { input: rulesOf(steps) })
    return facts.code === 0 ? [] : [failure(sentences(steps), facts)]
  },
  // Two views of one connection table: flows that came in, and flows that went out.
  flush: async (exec, steps) => {
    const faults: string[] = []
    for (const step of steps) {
      if (step.kind !== 'flush') continue
      for (const side of ['--orig-dst', '--reply-dst']) {
        const facts = await exec.run(
          insideNamespace(step.namespace, ['conntrack', '-D', side, step.address]),
        )
        // 1: there was none.
        if (facts.code !== 0 && facts.code !== 1) faults.push(failure(step.sentence, facts))
      }
    }
    return faults
  },
  announce: each((step) =>
    step.kind === 'announce'
      ? [
          'arping',
          '-q',
          '-U',
          '-c',
          '1',
          '-w',
          '1',
          '-I',
          step.device,
          '-s',
          step.address,
          step.address,
        ]
      : [],
  ),
}

function each(argvOf: (step: NetworkStep) => readonly string[]): Carrier {
  return async (exec, steps) => {
    const faults: string[] = []
    for (const step of steps) {
      const facts = await exec.run(argvOf(step))
      if (facts.code !== 0) faults.push(failure(step.sentence, facts))
    }
    return faults
  }
}

/** `-force` goes on after a line that fails and names it on stderr: `Command failed -:3`. */
async function batch(
  exec: Exec,
  steps: readonly NetworkStep[],
  argv: readonly string[],
  linesOf: (step: NetworkStep) => string[],
): Promise<string[]> {
  const lines = steps.flatMap((step) => linesOf(step).map((line) => ({ line, step })))
  const facts = await exec.run(argv, { input: lines.map(({ line }) => `${line}\n`).join('') })
  if (facts.code === 0) return []
  const failed = [...facts.stderr.matchAll(/^(.*)\nCommand failed -:(\d+)/gm)].map(
    ([, why = '', at = '0']) =>
      `${lines[Number(at) - 1]?.step.sentence ?? 'a step'} failed: ${why}`,
  )
  return failed.length > 0 ? failed : [failure(sentences(steps), facts)]
}

/**
 * Everything of one namespace in one process: its sysctls, its nft transaction, its ip lines, fed as
 * three sections on stdin. A fixed program; values never become text of it. Pipes, because a long
 * here-string is a file in /tmp, which a full disk refuses.
 */
async function inside(
  exec: Exec,
  steps: readonly NetworkStep[],
  at: string | null,
): Promise<string[]> {
  const settings = steps.flatMap((step) =>
    step.kind === 'sysctl-set' ? [`${step.optional ? '?' : '!'}${step.key}=${step.value}\n`] : [],
  )
  const lines = steps.flatMap(ipLines).map((line) => `${line}\n`)
  const input = [settings.join(''), rulesOf(steps), lines.join('')].join('\0')
  const facts = await exec.run(insideNamespace(at, fixedProgram(program)), { input })
  return facts.code === 0
    ? []
    : [failure(at === null ? sentences(steps) : `bring about the inside of ${at}`, facts)]
}

const program = `
IFS= read -r -d '' settings; IFS= read -r -d '' rules; IFS= read -r -d '' lines
status=0
while IFS== read -r key value; do
  [ -n "$key" ] || continue
  { printf '%s\\n' "$value" > "/proc/sys/\${key#?}"; } 2>/dev/null && continue
  case $key in !*) echo "\${key#?} cannot be set" >&2; status=1;; esac
done <<< "$settings"
if [ -n "$rules" ]; then printf '%s' "$rules" | nft -f - || status=1; fi
if [ -n "$lines" ]; then printf '%s' "$lines" | ip -force -batch - || status=1; fi
exit $status
`

function rulesOf(steps: readonly NetworkStep[]): string {
  return steps
    .map((step) => {
      if (step.kind === 'table-set') return renderTables([step.table])
      if (step.kind === 'table-change') return renderChanges(step, step.changes)
      return step.kind === 'table-delete' ? renderRemoval(step) : ''
    })
    .join('')
}

const sentences = (steps: readonly NetworkStep[]): string =>
  steps.map(({ sentence }) => sentence).join('; ')

function failure(sentence: string, { code, stderr, timedOut }: ExecFacts): string {
  const why = timedOut ? 'it took too long' : stderr.trim().slice(0, 300) || `exit code ${code}`
  return `${sentence} failed: ${why}`
}
