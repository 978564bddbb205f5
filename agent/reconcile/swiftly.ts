import { type Exec, fixedProgram } from '../exec/index.ts'
import { ipLines } from '../link/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { inside, isShort, rulesOf } from './inside.ts'

/** Steps of one stack: a router namespace's, or the host's (null). */
export interface Share {
  readonly at: string | null
  readonly steps: readonly NetworkStep[]
}

/**
 * Rules and routes of several stacks in one process: those of namespaces at the same time, the host's
 * rules as well, and the host's routes when all that is done. What failed is not told: whoever is in a
 * hurry looks afterwards.
 */
export async function swiftly(exec: Exec, shares: readonly Share[]): Promise<void> {
  const words = shares.flatMap(({ at, steps }) => [
    at ?? '',
    rulesOf(steps),
    steps
      .flatMap(ipLines)
      .map((line) => `${line}\n`)
      .join(''),
  ])
  if (words.every(isShort)) {
    await exec.run(fixedProgram(program, words))
    return
  }
  for (const { at, steps } of shares) await inside(exec, steps, at)
}

/** Whatever is of the host waits for what runs. */
const program = `
here() { if [ -n "$at" ]; then nsenter --net="/run/netns/$at" -- "$@"; else "$@"; fi; }
while [ $# -gt 0 ]; do
  at=$1 rules=$2 lines=$3; shift 3
  [ -z "$rules" ] || printf '%s\\n' "$rules" | here nft -f - &
  [ -n "$at" ] || wait
  [ -z "$lines" ] || printf '%s' "$lines" | here ip -force -batch - &
  [ -n "$at" ] || wait
done
`
