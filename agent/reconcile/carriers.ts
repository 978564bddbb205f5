import { type Exec, fixedProgram, underLock } from '../exec/index.ts'
import { forwardRule } from '../host/index.ts'
import { bridgeLines, ipLines } from '../link/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { failure, sentences } from './failure.ts'
import { inside } from './inside.ts'
import { patienceMs } from './patience.ts'

export type CarrierName =
  | 'module'
  | 'sysctl'
  | 'announce'
  | 'ip'
  | 'netns'
  | 'bridge'
  | 'nft'
  | 'iptables'

/** Failures come back as sentences. */
type Carrier = (exec: Exec, steps: readonly NetworkStep[]) => Promise<string[]>

const ipBatch = ['ip', '-force', '-batch', '-']
/** The stock vxlan driver makes and deletes bridges and VXLAN devices while it holds this. */
const driverLock = '/tmp/onevnm-vxlandriver-lock'
const isShared = (steps: readonly NetworkStep[]): boolean =>
  steps.some(({ kind }) => kind.startsWith('link-'))

/** Other programs hold the lock of legacy iptables for moments. Adding twice would be two rules. */
const appendOnce = 'tool=$1; shift; "$tool" -w 5 -C "$@" 2>/dev/null || exec "$tool" -w 5 -A "$@"'
const deleteOne = 'tool=$1; shift; exec "$tool" -w 5 -D "$@"'

/** How steps of each kind are carried out. */
export const carriers: Readonly<Record<CarrierName, Carrier>> = {
  module: each((step) => (step.kind === 'module' ? ['modprobe', step.name] : [])),
  sysctl: byCalls,
  announce: byCalls,
  ip: (exec, steps) =>
    batch(exec, steps, isShared(steps) ? underLock(driverLock, ipBatch) : ipBatch, ipLines),
  netns: (exec, steps) => batch(exec, steps, ipBatch, ipLines),
  bridge: (exec, steps) => batch(exec, steps, ['bridge', '-force', '-batch', '-'], bridgeLines),
  nft: byCalls,
  iptables: each((step) => {
    if (step.kind !== 'forward-add' && step.kind !== 'forward-delete') return []
    const program = step.kind === 'forward-add' ? appendOnce : deleteOne
    return fixedProgram(program, [`iptables-${step.backend}`, 'FORWARD', ...forwardRule(step.way)])
  }),
}

async function byCalls(exec: Exec, steps: readonly NetworkStep[]): Promise<string[]> {
  return (await inside(exec, [{ at: null, steps }])).map(({ sentence }) => sentence)
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
  const facts = await exec.run(argv, {
    input: lines.map(({ line }) => `${line}\n`).join(''),
    deadlineMs: patienceMs(steps),
  })
  if (facts.code === 0) return []
  const failed = [...facts.stderr.matchAll(/^(.*)\nCommand failed -:(\d+)/gm)].map(
    ([, why = '', at = '0']) =>
      `${lines[Number(at) - 1]?.step.sentence ?? 'a step'} failed: ${why}`,
  )
  return failed.length > 0 ? failed : [failure(sentences(steps), facts)]
}
