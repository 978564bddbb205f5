import { setTimeout as pause } from 'node:timers/promises'
import type { Controller } from '../../lab/whole/controller.ts'

/** The controller under a supervisor that starts it again, as its unit says. */
export interface Supervised {
  readonly url: string
  /** Resolves when it answers; also after a death. */
  up(): Promise<void>
  /**
   * kill -9; resolves when it is dead. It is started again by itself, after `meanwhile` if that is
   * given.
   */
  kill(meanwhile?: () => Promise<void>): Promise<void>
  alive(): boolean
  deaths(): number
  tail(lines: number): Promise<string>
  /** For good. */
  end(): Promise<void>
}

/** RestartSec of the unit. */
const restartMs = 2_000

export function supervised(controller: Controller, timeScale: number): Supervised {
  let over = false
  let deaths = 0
  let rising: Promise<void> = Promise.resolve()
  const rise = async () => {
    if (!over) await controller.start()
  }
  return {
    url: controller.url,
    up: async () => {
      await rising.catch(() => undefined)
      await rise()
    },
    async kill(meanwhile = async () => {}) {
      deaths++
      await controller.end('SIGKILL')
      rising = pause(restartMs * timeScale)
        .then(meanwhile)
        .then(rise)
      rising.catch(() => undefined)
    },
    alive: () => controller.running,
    deaths: () => deaths,
    tail: (lines) => controller.tail(lines),
    async end() {
      over = true
      await rising.catch(() => undefined)
      await controller.end('SIGKILL')
    },
  }
}
