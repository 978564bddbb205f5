import { setTimeout as delay } from 'node:timers/promises'

/** All waiting goes through a clock, so that the lab can run faster than the world. */
export interface Clock {
  /** Wall time in milliseconds since 1970. */
  now(): number
  /** Monotonic milliseconds, for measuring and for deadlines. */
  elapsed(): number
  /** Waits `ms`, shrunk by `scale`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Waits between two looks at the same thing, shrunk by `watch`; rejects likewise. */
  rest(ms: number, signal?: AbortSignal): Promise<void>
  /** How long `ms` of patience lasts on this clock, in real milliseconds. */
  patience(ms: number): number
}

export interface Timing {
  /** Factor on every pause; 1 in production. */
  readonly scale?: number
  /**
   * Factor on the pauses between looks at the same thing; `scale` unless given. A lab that runs 250
   * times as fast as the world would spend its machine on looking.
   */
  readonly watch?: number | undefined
  /** Factor on every deadline; 1 in production. Real SSH and systemd do not get faster with `scale`. */
  readonly patience?: number
}

export function createClock({ scale = 1, watch = scale, patience = 1 }: Timing = {}): Clock {
  const pause = async (ms: number, signal?: AbortSignal) => {
    await delay(Math.max(0, ms), undefined, signal ? { signal } : {})
  }
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    sleep: (ms, signal) => pause(ms * scale, signal),
    rest: (ms, signal) => pause(ms * watch, signal),
    patience: (ms) => ms * patience,
  }
}
