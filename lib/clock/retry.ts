import { Fault } from '../fault/fault.ts'
import { backoff } from './backoff.ts'
import type { Clock } from './clock.ts'

export interface RetryPolicy {
  readonly firstMs: number
  readonly capMs: number
  /** Patience for all attempts together, in milliseconds. */
  readonly withinMs: number
  /** Whether this failure may pass by itself; Faults of kind `transient` unless given. */
  readonly again?: (error: unknown) => boolean
  readonly signal?: AbortSignal
}

/** Runs `attempt` until it succeeds, fails for good, or patience ends; then throws the last failure. */
export async function retry<T>(
  clock: Clock,
  policy: RetryPolicy,
  attempt: () => Promise<T>,
): Promise<T> {
  const until = clock.elapsed() + clock.patience(policy.withinMs)
  const again = policy.again ?? isTransient
  for (const pause of backoff(policy.firstMs, policy.capMs)) {
    try {
      return await attempt()
    } catch (error) {
      policy.signal?.throwIfAborted()
      if (!again(error) || clock.elapsed() >= until) throw error
      const wanted = error instanceof Fault ? error.details.retryAfterMs : undefined
      await clock.sleep(wanted ?? pause, policy.signal)
    }
  }
  throw new Error('unreachable: backoff never ends')
}

/** True for a Fault that says of itself that it would work later. */
export function isTransient(error: unknown): boolean {
  return error instanceof Fault && error.kind === 'transient'
}
