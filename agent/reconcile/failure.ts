import type { ExecFacts } from '../exec/index.ts'
import type { NetworkStep } from '../plan/index.ts'

/** What a batch was to do, in words; a full host's would fill pages. */
export function sentences(steps: readonly NetworkStep[]): string {
  const told = steps.slice(0, 5).map(({ sentence }) => sentence)
  return [...told, ...(steps.length > 5 ? [`${steps.length - 5} more`] : [])].join('; ')
}

/** One sentence for what did not succeed, and why. */
export function failure(sentence: string, { code, stderr, timedOut }: ExecFacts): string {
  const why = timedOut ? 'it took too long' : stderr.trim().slice(0, 300) || `exit code ${code}`
  return `${sentence} failed: ${why}`
}
