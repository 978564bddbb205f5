import type { Clock } from '../../lib/clock/index.ts'
import { addressFault } from './faults.ts'

/** A younger address may belong to a register whose range is not in oned yet. */
export const reuseAfterMs = 10 * 60_000

/**
 * Which addresses this process handed out lately, and which are just being given back because nobody
 * uses them: never both, though what lists say is older than either.
 */
export interface Custody {
  /** Notes that it is handed out now. Throws EDGE_IP_LEAVING while it is being given back. */
  handOut(id: string): void
  /** Whether it may be given to somebody new. */
  isSpare(id: string): boolean
  /** Keeps it from being handed out while `work` runs. Throws EDGE_IP_HANDED_OUT if it just was. */
  withhold<T>(id: string, work: () => Promise<T>): Promise<T>
}

export function createCustody(clock: Pick<Clock, 'now'>): Custody {
  const handedOut = new Map<string, number>()
  const leaving = new Set<string>()
  const isYoung = (id: string) => (handedOut.get(id) ?? 0) + reuseAfterMs >= clock.now()
  return {
    handOut(id) {
      if (leaving.has(id))
        throw addressFault('EDGE_IP_LEAVING', `Flexible IP ${id} is being given back`)
      handedOut.set(id, clock.now())
    },
    isSpare: (id) => !leaving.has(id) && !isYoung(id),
    async withhold(id, work) {
      if (isYoung(id) || leaving.has(id))
        throw addressFault('EDGE_IP_HANDED_OUT', `Flexible IP ${id} is in somebody’s hands`)
      leaving.add(id)
      try {
        return await work()
      } finally {
        leaving.delete(id)
      }
    },
  }
}
