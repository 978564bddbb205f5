import type { Fault } from '../fault/index.ts'
import type { Clock } from './clock.ts'
import { clockFault } from './faults.ts'

export interface PollOptions {
  /** What is waited for, for the timeout's message: "server host-0 to be installed". */
  readonly what: string
  readonly everyMs: number
  readonly withinMs: number
  readonly signal?: AbortSignal
}

/**
 * Looks until `look` returns something other than undefined. The first look is immediate; pauses are
 * spread ±20 %. Throws EDGE_WAITED_TOO_LONG when patience ends; what `look` throws ends the wait.
 */
export async function poll<T>(
  clock: Clock,
  options: PollOptions,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const until = clock.elapsed() + clock.patience(options.withinMs)
  while (true) {
    options.signal?.throwIfAborted()
    const seen = await look()
    if (seen !== undefined) return seen
    if (clock.elapsed() >= until) throw waitedTooLong(options)
    await clock.rest(options.everyMs * (0.8 + Math.random() * 0.4), options.signal)
  }
}

function waitedTooLong({ what, withinMs }: PollOptions): Fault {
  const minutes = Math.round(withinMs / 6000) / 10
  return clockFault('EDGE_WAITED_TOO_LONG', `Waited ${minutes} min for ${what}, in vain`)
}
