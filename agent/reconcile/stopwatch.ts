import type { Clock } from '../../lib/clock/index.ts'

/** Where the time of a reconcile goes, for the log: milliseconds by phase. */
export interface Stopwatch<Phase extends string> {
  /** Runs `work` on the account of a phase. */
  lap<T>(phase: Phase, work: () => T | Promise<T>): Promise<T>
  /** Whole milliseconds since the start, and those of each phase: `observeMs: 12`. */
  read(): Readonly<Record<string, number>>
}

export function createStopwatch<Phase extends string>(clock: Clock): Stopwatch<Phase> {
  const startedMs = clock.elapsed()
  const spent = new Map<string, number>()
  return {
    async lap(phase, work) {
      const fromMs = clock.elapsed()
      try {
        return await work()
      } finally {
        spent.set(phase, (spent.get(phase) ?? 0) + clock.elapsed() - fromMs)
      }
    },
    read: () => ({
      elapsedMs: Math.round(clock.elapsed() - startedMs),
      ...Object.fromEntries([...spent].map(([phase, ms]) => [`${phase}Ms`, Math.round(ms)])),
    }),
  }
}
