import { type Exec, fixedProgram } from '../exec/index.ts'
import { inside, linesOf, rulesOf, type Share } from './inside.ts'

/**
 * Rules and routes of several stacks in one process: those of namespaces at the same time, the host's
 * rules as well, and the host's routes when all that is done. What failed is not told: whoever is in a
 * hurry looks afterwards.
 */
export async function swiftly(exec: Exec, shares: readonly Share[]): Promise<void> {
  const words = shares.flatMap(({ at, steps }) => [at ?? '', rulesOf(steps), linesOf(steps)])
  if (words.every(isShort)) {
    await exec.run(fixedProgram(program, words))
    return
  }
  for (const share of shares) await inside(exec, [share])
}

/** The kernel takes 128 kB in one argument (MAX_ARG_STRLEN). */
const shortBytes = 100_000
const isShort = (text: string): boolean => Buffer.byteLength(text) < shortBytes

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
