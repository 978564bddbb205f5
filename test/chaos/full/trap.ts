import type { Passage } from '../../lab/scaleway/index.ts'
import type { FullPoint } from './points.ts'

/** One call on its way. */
export interface Passing {
  readonly passage: Passage
  /** When it is done but not answered, or its connection is over. */
  leave(): Promise<void>
}

/** Kills the controller at the points of one operation after the other, one at a time. */
export interface Trap {
  enter(call: string): Promise<Passing>
  /** From now on points of this operation are waited for, and calls counted anew. */
  arm(operation: string): void
  /** Of the present operation, those that have not come. */
  missing(): readonly FullPoint[]
}

export const passes: Passing = { passage: 'pass', leave: async () => {} }
const vanishes: Passing = { passage: 'vanish', leave: async () => {} }

/** `kill` resolves when the controller is dead, and calls back when it is about to be started. */
export function createTrap(
  points: readonly FullPoint[],
  kill: (starting: () => void) => Promise<void>,
): Trap {
  let waiting: FullPoint[] = []
  let missing: FullPoint[] = []
  let dead = false
  /** While the controller is to die at a call that is on its way. */
  let dying: Promise<void> | undefined
  const counts = new Map<string, number>()

  /** Answers what kills it, once. */
  function close(point: FullPoint): () => Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    dying = promise
    waiting = waiting.filter((other) => other !== point)
    return async () => {
      if (!missing.includes(point)) return
      missing = missing.filter((other) => other !== point)
      dead = true
      await kill(() => {
        dead = false
      })
      dying = undefined
      resolve()
    }
  }

  return {
    arm(operation) {
      missing = points.filter(({ during }) => during === operation)
      waiting = [...missing]
      counts.clear()
    },
    missing: () => missing,
    async enter(call) {
      const count = (counts.get(call) ?? 0) + 1
      // A later call of that name does as well: another death may have come between.
      const point = waiting.find((one) => one.call === call && count >= (one.nth ?? 1))
      if (point && (dead || dying)) {
        // Sent by a controller that is no more, or will not be: its successor's call is the point.
        await dying
        return vanishes
      }
      if (!dead) counts.set(call, count)
      if (!point) return passes
      const spring = close(point)
      if (point.when === 'after') return { passage: 'pass', leave: spring }
      await spring()
      return vanishes
    },
  }
}
