import type { Passage } from '../../lab/scaleway/index.ts'
import type { Call, Watcher } from '../world/calls.ts'

/** A call of a clean run. */
export interface Recorded extends Call {
  /** Whether OpenNebula was waiting for a driver just then. */
  readonly driven: boolean
}

/** The calls of a clean run in their order. */
export interface Recording extends Watcher {
  readonly calls: readonly Recorded[]
}

export function createRecording(driven: () => boolean): Recording {
  const calls: Recorded[] = []
  return {
    calls,
    before(call) {
      calls.push({ ...call, driven: driven() })
      return 'pass'
    },
    after: () => 'pass',
  }
}

/** What may happen at a call. */
export const mishaps = [
  'controller killed before',
  'controller killed after',
  'driver killed before',
  'driver killed after',
  'answer lost',
  'answered 500, not done',
  'answered 500, done',
] as const
export type Mishap = (typeof mishaps)[number]

/** One mishap at one call of an operation. */
export interface Point {
  readonly call: Call
  /** Which of the calls of that name, from 1. */
  readonly nth: number
  readonly mishap: Mishap
}

export function pointName({ call, nth, mishap }: Point): string {
  return `${call.name}${nth > 1 ? ` (${nth})` : ''}: ${mishap}`
}

/** Every change, and every kind of question once, with all that may happen there. */
export function pointsOf(
  calls: readonly Recorded[],
  mayHappen: (call: Recorded, mishap: Mishap) => boolean = fits,
): Point[] {
  const seen = new Map<string, number>()
  return calls.flatMap((call) => {
    const nth = (seen.get(call.name) ?? 0) + 1
    seen.set(call.name, nth)
    if (!call.changes && nth > 1) return []
    return mishaps
      .filter((mishap) => mayHappen(call, mishap))
      .map((mishap) => ({ call, nth, mishap }))
  })
}

/** A host is told, not asked; by whom it is told, the driver or the controller's own look, may vary. */
function fits({ to, changes, driven }: Recorded, mishap: Mishap): boolean {
  if (to === 'host') return /^controller/.test(mishap)
  if (/^driver/.test(mishap)) return driven
  return changes || mishap !== 'answered 500, done'
}

export interface Trap extends Watcher {
  /** Whether the call came. */
  readonly sprung: boolean
}

export interface Killer {
  controller(): Promise<void>
  /** False when none runs. */
  driver(): boolean
}

/** Lets every call pass but one. */
export function trapAt({ call, nth, mishap }: Point, kill: Killer): Trap {
  let seen = 0
  let sprung = false
  let inside = false
  const killController = async (): Promise<Passage> => {
    await kill.controller()
    // What was sent is done, though nobody is left to hear of it.
    return mishap === 'controller killed after' ? 'pass' : 'vanish'
  }
  const killDriver = (): Passage => {
    sprung = kill.driver()
    return 'pass'
  }
  const deeds: Record<Mishap, readonly ['before' | 'after', () => Passage | Promise<Passage>]> = {
    'controller killed before': ['before', killController],
    'controller killed after': ['before', killController],
    'driver killed before': ['before', killDriver],
    'driver killed after': ['after', killDriver],
    'answer lost': ['after', () => 'vanish'],
    'answered 500, not done': ['before', () => 'fail'],
    'answered 500, done': ['after', () => 'fail'],
  }
  const [when, deed] = deeds[mishap]
  return {
    get sprung() {
      return sprung
    },
    before({ name }) {
      if (name !== call.name || ++seen !== nth) return 'pass'
      sprung = inside = true
      return when === 'before' ? deed() : 'pass'
    },
    after({ name }) {
      if (!inside || name !== call.name) return 'pass'
      inside = false
      return when === 'after' ? deed() : 'pass'
    },
  }
}
